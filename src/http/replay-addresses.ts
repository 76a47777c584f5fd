/** Addresses of what people add to recordings: outlines, clips and their pages. */
import type { Address } from './address.ts';

const READ = { methods: ['GET'], cors: 'reads', urgency: 'reading' } as const;
const SOUND = { ...READ, owner: 'origin' } as const;
const PAGE = { ...READ, owner: 'door', cache: 'page' } as const;

/** The rows; they stand before those that refuse what no row knows. */
export const REPLAY_ADDRESSES: readonly Address[] = [
  {
    ...{ id: 'replay-outline', what: 'chapters, turns, trims, clips', cache: 'slow-playlist' },
    ...{ ...SOUND, pattern: '/r/:room/replay/outline.json', examples: ['/r/hall/replay/outline.json'] },
  },
  {
    ...{ id: 'replay-chapters', what: 'the chapters for podcast programs', cache: 'slow-playlist' },
    ...{ ...SOUND, pattern: '/r/:room/replay/chapters.json', examples: ['/r/hall/replay/chapters.json'] },
  },
  {
    ...{ id: 'replay-waveform', what: 'how loud it is over time', cache: 'slow-playlist' },
    ...{ ...SOUND, pattern: '/r/:room/replay/waveform.json', examples: ['/r/hall/replay/waveform.json'] },
  },
  {
    ...{ id: 'clip-file', what: 'a clip as a file', pattern: '/r/:room/clip/:name.m4a', exact: true },
    ...{ ...SOUND, examples: ['/r/hall/clip/k3v9x2m4q8.m4a'] },
  },
  {
    ...{ id: 'clip-card', what: 'a clip as an image', pattern: '/r/:room/clip/:name.svg', exact: true },
    ...{ ...PAGE, examples: ['/r/hall/clip/k3v9x2m4q8.svg'] },
  },
  {
    ...{ id: 'clip-png', what: 'the same for previews of links', exact: true },
    ...{
      ...READ,
      owner: 'site',
      pattern: '/r/:room/clip/:name.png',
      examples: ['/r/hall/clip/k3v9x2m4q8.png'],
    },
  },
  {
    ...{ id: 'clip', what: 'the page of a clip', pattern: '/r/:room/clip/:name', exact: true },
    ...{ ...PAGE, urgency: 'joining', examples: ['/r/hall/clip/k3v9x2m4q8'] },
  },
];
