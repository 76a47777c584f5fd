/** The addresses of sound, live and recorded: what a crowd asks for most. */
import type { Address } from './address.ts';
import { REPLAY_ADDRESSES } from './replay-addresses.ts';

const READ = { methods: ['GET'], cors: 'reads' } as const;
/** Made by the part that has the sound. */
const SOUND = { ...READ, owner: 'origin' } as const;
const PAGE = { ...READ, owner: 'door' } as const;

/** Rows of the table in `addresses.ts`. */
export const SOUND_ADDRESSES: readonly Address[] = [
  // What is asked for most stands first. Live sound:
  {
    ...{ id: 'stream', what: 'fragmented MP4 without end', pattern: '/r/:room/stream' },
    ...{ ...SOUND, urgency: 'hearing', endless: true, examples: ['/r/hall/stream'] },
  },
  {
    ...{ id: 'radio', what: 'for radios and audio elements', pattern: '/r/:room/radio.(aac|opus|mp3)' },
    ...{ ...SOUND, urgency: 'hearing', endless: true, examples: ['/r/hall/radio.mp3'] },
  },
  {
    ...{ id: 'state', what: 'what happens in a room now', pattern: '/r/:room/state.json' },
    ...{ ...SOUND, urgency: 'reading', cache: 'state', shared: true, examples: ['/r/hall/state.json'] },
  },
  {
    ...{ id: 'numbers-file', what: 'what is known of its audience', pattern: '/r/:room/numbers.json' },
    ...{ ...SOUND, urgency: 'reading', cache: 'state', shared: true, examples: ['/r/hall/numbers.json'] },
  },
  {
    ...{ id: 'live-segment', what: 'a segment of 5.12 s', pattern: '/r/:room/live/:rendition/:number.m4s' },
    ...{ ...SOUND, urgency: 'playing', cache: 'segment', shared: true },
    examples: ['/r/hall/live/opus64/1234.m4s'],
  },
  {
    ...{ id: 'live-part', what: 'a part of 640 ms', pattern: '/r/:room/live/:rendition/:number.:small.m4s' },
    ...{ ...SOUND, urgency: 'playing', cache: 'part', shared: true },
    examples: ['/r/hall/live/opus64/1234.7.m4s'],
  },
  {
    ...{ id: 'live-init', what: 'what a decoder needs first', pattern: '/r/:room/live/:rendition/init.mp4' },
    ...{ ...SOUND, urgency: 'playing', cache: 'segment', shared: true },
    examples: ['/r/hall/live/opus64/init.mp4'],
  },
  {
    ...{ id: 'live-list', what: 'a low-latency playlist', pattern: '/r/:room/live/:rendition.m3u8' },
    ...{ ...SOUND, urgency: 'playing', cache: 'playlist', shared: true },
    examples: ['/r/hall/live/opus64.m3u8'],
  },
  {
    ...{ id: 'live-slow', what: 'whole segments', pattern: '/r/:room/live/:rendition.(slow|ring).m3u8' },
    ...{ ...SOUND, urgency: 'playing', cache: 'slow-playlist', shared: true },
    examples: ['/r/hall/live/aac96.slow.m3u8', '/r/hall/live/aac96.ring.m3u8'],
  },
  {
    ...{ id: 'live-main', what: 'where players begin', pattern: '/r/:room/live/(main|opus).m3u8' },
    ...{ ...SOUND, urgency: 'hearing', cache: 'slow-playlist', shared: true },
    examples: ['/r/hall/live/main.m3u8', '/r/hall/live/opus.m3u8'],
  },
  {
    ...{ id: 'live-slow-main', what: 'the same, whole segments' },
    pattern: '/r/:room/live/(slow|opus.slow).m3u8',
    ...{ ...SOUND, urgency: 'playing', cache: 'slow-playlist', shared: true },
    examples: ['/r/hall/live/slow.m3u8', '/r/hall/live/opus.slow.m3u8'],
  },
  {
    ...{ id: 'live-steering', what: 'which cache to use', pattern: '/r/:room/live/steering.json' },
    ...{ ...SOUND, urgency: 'playing', cache: 'slow-playlist', shared: true },
    examples: ['/r/hall/live/steering.json'],
  },

  // The recording.
  {
    ...{ id: 'replay-segment', what: 'recorded sound', pattern: '/r/:room/replay/:rendition/:number.m4s' },
    ...{ ...SOUND, urgency: 'reading', cache: 'segment', examples: ['/r/hall/replay/aac96/160.m4s'] },
  },
  {
    ...{ id: 'replay-piece', what: 'so many fragments from one on' },
    pattern: '/r/:room/replay/:rendition/:number-:small.m4s',
    ...{ ...SOUND, urgency: 'reading', cache: 'segment', examples: ['/r/hall/replay/aac96/160-16.m4s'] },
  },
  {
    ...{ id: 'replay-init', what: 'what a decoder needs', pattern: '/r/:room/replay/:rendition/init.mp4' },
    ...{ ...SOUND, urgency: 'reading', cache: 'segment', examples: ['/r/hall/replay/aac96/init.mp4'] },
  },
  {
    ...{ id: 'replay-main', what: 'where a replay begins', pattern: '/r/:room/replay/(main|opus).m3u8' },
    ...{ ...SOUND, urgency: 'reading', cache: 'slow-playlist' },
    examples: ['/r/hall/replay/main.m3u8', '/r/hall/replay/opus.m3u8'],
  },
  {
    ...{ id: 'replay-list', what: 'its playlist', pattern: '/r/:room/replay/:rendition.m3u8' },
    ...{ ...SOUND, urgency: 'reading', cache: 'slow-playlist', examples: ['/r/hall/replay/aac96.m3u8'] },
  },
  {
    ...{ id: 'download', what: 'the recording as one file', pattern: '/r/:room/replay.m4a' },
    ...{ ...SOUND, urgency: 'reading', examples: ['/r/hall/replay.m4a'] },
  },
  {
    ...{
      id: 'radio-list',
      what: 'a file with the address of the radio',
      pattern: '/r/:room/radio.(m3u|pls)',
    },
    ...{ ...PAGE, urgency: 'joining', examples: ['/r/hall/radio.m3u', '/r/hall/radio.pls'] },
  },
  ...REPLAY_ADDRESSES,
  // What no row above knows is refused by the part that knows why: over, not begun, or nothing of that name.
  {
    ...{ id: 'live-other', what: 'nothing, in words', pattern: '/r/:room/live/:file' },
    ...{ ...SOUND, urgency: 'playing', exact: true, examples: ['/r/hall/live/nothing.txt'] },
  },
  {
    ...{ id: 'replay-other', what: 'nothing, in words', pattern: '/r/:room/replay/:file' },
    ...{ ...SOUND, urgency: 'reading', exact: true, examples: ['/r/hall/replay/nothing.txt'] },
  },
];
