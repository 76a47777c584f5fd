import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { testTag } from '../../../test/segment-tag.ts';
import { markedFragment, markedFrames, syntheticBox } from '../../../test/synthetic.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs, FRAGMENT_MS } from '../../base/time.ts';
import { LoudnessMeter } from '../../media/loudness-meter.ts';
import { EMPTY } from '../../wire/feed.ts';
import type { Mark } from '../../wire/mark.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { RoomCard, RoomStatus } from '../../wire/room.ts';
import { open, type Piece, type Recording } from '../index.ts';
import { endedPlaylist } from '../playlist/ended-playlist.ts';
import { GAIN_STEP_DB, withGain } from './aac-gain.ts';
import { chaptersOf, MAX_CHAPTERS } from './chapters.ts';
import { gainSteps, openLoudness } from './loudness.ts';
import { readRange } from './range.ts';
import type { ReplayMaker } from './replay-maker.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const at = (seq: number): number => ZERO + seq * FRAGMENT_MS;
const stsd = syntheticBox('stsd', Buffer.alloc(8));
const INIT = syntheticBox(
  'moov',
  syntheticBox('trak', syntheticBox('mdia', syntheticBox('minf', syntheticBox('stbl', stsd)))),
);

function recordingOf(pieces: Piece[], marks: Mark[]): Recording {
  const kept = RENDITIONS.filter(({ id }) => id === 'aac96' || id === 'opus64');
  return {
    title: 'A room',
    zero: ZERO,
    renditions: kept,
    pieces: new Map(kept.map(({ id }) => [id, pieces])),
    gaps: [],
    marks,
  };
}

const LIVE: Mark = { kind: 'status', status: 'live', at: at(16) + 10 };
const PIECES = [
  { first: 0, count: 16 },
  { first: 16, count: 16 },
  { first: 40, count: 8 },
];

function origin(
  recording: Recording | undefined,
  status: RoomStatus,
  charge?: (cost: number) => boolean,
  more: Partial<RoomCard> = {},
) {
  const opened = open({
    clock: manualClock(ZERO),
    log: silentLog,
    archive: {
      recording: async () => recording,
      init: async () => INIT,
      read: async (_, rendition, { first, count }) =>
        Buffer.concat(Array.from({ length: count }, (_, n) => markedFragment(rendition, first + n))),
    },
    holdWhileAway: true,
    tag: testTag,
  });
  const card = { slug: 'room', title: 'A room', hosts: [], status, clocks: {}, zero: ZERO, ...more };
  opened.receive({ head: { kind: 'rooms', rooms: [card] }, body: EMPTY });
  return async (path: string, headers: Record<string, string> = {}) => {
    const url = new URL(`http://door/r/room/${path}`);
    const reply = await opened.answer(
      url.pathname,
      url.searchParams,
      headers,
      AbortSignal.timeout(5000),
      charge,
    );
    if (!reply) throw new Error(`${path} is not ours`);
    const chunks: Buffer[] = [];
    if (typeof reply.body === 'string' || reply.body instanceof Uint8Array)
      chunks.push(Buffer.from(reply.body));
    else for await (const chunk of reply.body) chunks.push(chunk as Buffer);
    return { ...reply, bytes: Buffer.concat(chunks), text: Buffer.concat(chunks).toString('latin1') };
  };
}

describe('the replay playlist', () => {
  it('begins when the room went live, and steps over a hole', async () => {
    const { text } = await origin(recordingOf(PIECES, [LIVE]), 'ended')('replay/aac96.m3u8');
    const lines = text.trim().split('\n');
    expect(lines.filter((line) => !line.startsWith('#'))).toEqual(['aac96/16-16.m4s', 'aac96/40-8.m4s']);
    expect(lines.indexOf('#EXT-X-DISCONTINUITY')).toBe(lines.indexOf('aac96/16-16.m4s') + 1);
    expect(lines.filter((line) => line.startsWith('#EXTINF'))).toEqual(['#EXTINF:5.120,', '#EXTINF:2.560,']);
    expect(lines.at(-1)).toBe('#EXT-X-ENDLIST');
    expect(lines).toContain('#EXT-X-PLAYLIST-TYPE:VOD');
  });

  it('grows while the room is live', async () => {
    const { text } = await origin(recordingOf(PIECES, [LIVE]), 'live')('replay/aac96.m3u8');
    expect(text).toContain('#EXT-X-PLAYLIST-TYPE:EVENT');
    expect(text).not.toContain('#EXT-X-ENDLIST');
  });

  it('begins at its beginning while it grows, and waits for three target durations: Chromium gives up on less', async () => {
    const get = origin(recordingOf([...PIECES, { first: 48, count: 16 }], [LIVE]), 'live');
    expect((await get('replay/aac96.m3u8')).text).toContain('#EXT-X-START:TIME-OFFSET=0');
    for (const [list, uri] of [
      ['main', 'aac96.m3u8'],
      ['opus', 'opus64.m3u8'],
    ]) {
      const uris = (await get(`replay/${list}.m3u8`)).text
        .split('\n')
        .filter((line) => line && !line.startsWith('#'));
      expect(uris).toEqual([uri]);
    }
    expect((await origin(recordingOf(PIECES, [LIVE]), 'live')('replay/main.m3u8')).status).toBe(409);
    expect((await origin(recordingOf(PIECES, [LIVE]), 'ended')('replay/main.m3u8')).status).toBe(200);
  });

  it('has nothing before the room is live, and says so', async () => {
    expect((await origin(recordingOf(PIECES, []), 'open')('replay/main.m3u8')).status).toBe(409);
    expect((await origin(undefined, 'ended')('replay/main.m3u8')).status).toBe(404);
    expect((await origin(undefined, 'ended')('replay.m4a')).status).toBe(404);
  });

  it('serves pieces as they are on the disk, for ever', async () => {
    const get = origin(recordingOf(PIECES, [LIVE]), 'ended');
    const piece = await get('replay/opus64/40-8.m4s');
    expect(piece.bytes.subarray(0, 100).equals(markedFragment('opus64', 40).subarray(0, 100))).toBe(true);
    expect(piece.headers['cache-control']).toContain('immutable');
    for (const path of [
      'replay/none/40-8.m4s',
      'replay/opus64/x.m4s',
      'replay/opus64/40-8.m4s/1',
      'replay/none.m3u8',
    ])
      expect((await get(path)).status).toBe(404);
  });

  it('says in words that the recording was removed, by whom and when', async () => {
    const removed = { at: Date.UTC(2026, 10, 29, 12, 5), by: 'host' as const };
    const get = origin({ ...recordingOf([], []), removed }, 'ended');
    for (const path of ['replay/main.m3u8', 'replay/aac96.m3u8', 'replay/aac96/16-16.m4s', 'replay.m4a']) {
      const { status, text } = await get(path);
      expect([status, JSON.parse(text).detail]).toEqual([
        410,
        'The recording was removed on 2026-11-29 at 12:05 UTC by its host.',
      ]);
    }
    const state = JSON.parse((await get('state.json')).text);
    expect(state.recording).toEqual({ seconds: 0, removedAt: removed.at, removedBy: 'host' });
  });

  it('says that the recording is gone when somebody has spoken and the folder is missing', async () => {
    const get = origin(undefined, 'ended', undefined, { clocks: { firstSpeech: ZERO } });
    const { status, text } = await get('replay/main.m3u8');
    expect([status, JSON.parse(text).code]).toEqual([410, 'recording-removed']);
    expect((await origin(undefined, 'ended')('replay/main.m3u8')).text).toContain('was not recorded');
  });

  it('is where the live address leads after the end', async () => {
    const reply = await origin(recordingOf(PIECES, [LIVE]), 'ended')('live/main.m3u8');
    expect([reply.status, reply.headers.location]).toEqual([302, '/r/room/replay/main.m3u8']);
    const opus = await origin(recordingOf(PIECES, [LIVE]), 'ended')('live/opus.slow.m3u8');
    expect([opus.status, opus.headers.location]).toEqual([302, '/r/room/replay/opus.m3u8']);
  });

  it.each(['aac96.m3u8', 'aac96.slow.m3u8', 'aac96.ring.m3u8', 'aac64.m3u8?_HLS_msn=2&_HLS_part=3'])(
    'a player of live/%s that returns long after the end finds the rest, by the numbers it knows',
    async (list) => {
      const get = origin(recordingOf(PIECES, [LIVE]), 'ended');
      const { text, status, headers } = await get(`live/${list}`);
      expect([status, headers['content-type']]).toEqual([200, 'application/vnd.apple.mpegurl']);
      // Segment 0 was before the room went live; half of segment 2 was recorded.
      expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:1\n');
      expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).toEqual([
        'aac96/1.m4s',
        '../replay/aac96/40-8.m4s',
      ]);
      expect(text.trimEnd().endsWith('#EXTINF:2.560,\n../replay/aac96/40-8.m4s\n#EXT-X-ENDLIST')).toBe(true);
      const last = await get('replay/aac96/40-8.m4s');
      expect(last.bytes.subarray(0, 100).equals(markedFragment('aac96', 40).subarray(0, 100))).toBe(true);
      expect((await get('live/aac64/1.m4s')).bytes.equals((await get('live/aac96/1.m4s')).bytes)).toBe(true);
      expect((await get('live/aac96/init.mp4')).bytes.equals(INIT)).toBe(true);
      expect((await get('live/nothing.m3u8')).status).toBe(410);
    },
  );

  it('keeps counting over what was not recorded, and lists a limited number of segments', () => {
    const pieces = Array.from({ length: 300 }, (_, n) => ({ first: 16 * n, count: 16 })).filter(
      (_, n) => n !== 280,
    );
    const recording = recordingOf(pieces, [LIVE]);
    const aac = RENDITIONS.find(({ id }) => id === 'aac96');
    const text = (aac && endedPlaylist(recording, aac)) ?? '';
    expect(text).toContain('#EXT-X-GAP\n#EXTINF:5.120,\naac96/280.m4s');
    expect(text.split('\n').filter((line) => line && !line.startsWith('#'))).toHaveLength(129);
    expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:171\n');
  });

  it('says that the room has ended where nothing was recorded', async () => {
    expect((await origin(undefined, 'ended')('live/aac96.m3u8')).status).toBe(410);
  });
});

describe('the download', () => {
  const get = origin(recordingOf(PIECES, [LIVE]), 'ended');
  /** Every frame from the moment it went live. */
  const frames = Buffer.concat(
    [...Array.from({ length: 16 }, (_, n) => 16 + n), ...Array.from({ length: 8 }, (_, n) => 40 + n)].flatMap(
      (seq) => markedFrames('aac96', seq, 15),
    ),
  );

  it('holds exactly the frames since the room went live', async () => {
    const { bytes, headers } = await get('replay.m4a');
    expect(bytes.length).toBe(Number(headers['content-length']));
    expect(bytes.subarray(-frames.length).equals(frames)).toBe(true);
    expect(bytes.toString('latin1', 4, 12)).toBe('ftypM4A ');
  });

  it('gives every range the same bytes as the whole', async () => {
    const { bytes, headers } = await get('replay.m4a');
    const ranges: [string, number, number][] = [
      ['bytes=0-0', 0, 1],
      ['bytes=100-12000', 100, 12_001],
      [`bytes=${bytes.length - 5000}-`, bytes.length - 5000, bytes.length],
      ['bytes=-77', bytes.length - 77, bytes.length],
      ['bytes=9000-999999999', 9000, bytes.length],
    ];
    for (const [range, from, to] of ranges) {
      const part = await get('replay.m4a', { range });
      expect([range, part.status]).toEqual([range, 206]);
      expect(part.bytes.equals(bytes.subarray(from, to))).toBe(true);
      expect(part.headers['content-range']).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
    }
    expect((await get('replay.m4a', { range: `bytes=${bytes.length}-` })).status).toBe(416);
    expect((await get('replay.m4a', { range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
    expect((await get('replay.m4a', { 'if-none-match': headers.etag ?? '' })).status).toBe(304);
  });

  it('carries the title and the hosts of this moment, and is saved under that title', async () => {
    const { bytes, headers } = await origin(recordingOf(PIECES, [LIVE]), 'ended', undefined, {
      title: 'Gespräch: “Käse”',
      hosts: ['Ada', 'Bo'],
    })('replay.m4a');
    const text = bytes.toString('utf8');
    expect(text).toContain('Gespräch: “Käse”');
    expect(text).toContain('Ada, Bo');
    expect(text).not.toContain('A room');
    expect(headers['content-disposition']).toBe(
      `inline; filename="room.m4a"; filename*=UTF-8''Gespr%C3%A4ch%20%E2%80%9CK%C3%A4se%E2%80%9D.m4a`,
    );
  });

  it('refuses a loudness that it does not know', async () => {
    expect((await get('replay.m4a?loudness=loud')).status).toBe(400);
  });
});

describe('readRange', () => {
  it.each([
    ['bytes=5-1', undefined],
    ['bytes=0-1,3-4', undefined],
    ['items=0-1', undefined],
    ['bytes=-', undefined],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=-500', [0, 100]],
    ['bytes=99-', [99, 100]],
  ])('%s of 100 bytes is %j', (header, expected) => {
    expect(readRange(header, 100)).toEqual(expected);
  });
});

describe('chapters', () => {
  const talk = (name: string, from: number, to: number): Mark => ({
    kind: 'speaking',
    id: name,
    name,
    from: at(from),
    to: at(to),
  });
  const one = [
    { first: 0, count: 16 },
    { first: 16, count: 16 },
    { first: 32, count: 16 },
    { first: 64, count: 16 },
  ];

  it('are who spoke, without interjections, the first from the beginning', () => {
    const marks = [talk('Ada', 3, 20), talk('Bo', 18, 19), talk('Ada', 21, 30), talk('Cy', 31, 47)];
    expect(chaptersOf(recordingOf(one, marks), one)).toEqual([
      { at: 0, title: 'Ada' },
      { at: 31 * FRAGMENT_MS, title: 'Cy' },
    ]);
  });

  it('leave out what was not recorded', () => {
    const marks = [talk('Ada', 0, 20), talk('Lost', 49, 63), talk('Cy', 60, 80)];
    expect(chaptersOf(recordingOf(one, marks), one)).toEqual([
      { at: 0, title: 'Ada' },
      { at: 48 * FRAGMENT_MS, title: 'Cy' },
    ]);
  });

  it('are never more than a list can hold', () => {
    const long = Array.from({ length: 2000 }, (_, n) => ({ first: n * 16, count: 16 }));
    const marks = Array.from({ length: 2000 }, (_, n) => talk(`P${n % 2}`, n * 16, n * 16 + 15));
    const found = chaptersOf(recordingOf(long, marks), long);
    expect(found.length).toBeLessThanOrEqual(MAX_CHAPTERS);
  });
});

describe('loudness', () => {
  it('of a sine of -23 dBFS on two loudspeakers is -23 LUFS, followed by silence or not', () => {
    // Spec: EBU Tech 3341, a sine at -23 dBFS on both channels reads -23 LUFS.
    const meter = new LoudnessMeter();
    const samples = new Float32Array(2 * 48_000 * 5);
    const peak = 10 ** (-23 / 20);
    for (let n = 0; n < samples.length / 2; n++)
      samples[2 * n] = samples[2 * n + 1] = peak * Math.sin((2 * Math.PI * 997 * n) / 48_000);
    meter.push(samples);
    expect(meter.integrated()).toBeCloseTo(-23, 1);
    meter.push(new Float32Array(2 * 48_000 * 20));
    expect(meter.integrated()).toBeCloseTo(-23, 0);
    expect(20 * Math.log10(meter.peak)).toBeCloseTo(-23, 2);
    expect(new LoudnessMeter().integrated()).toBeUndefined();
  });

  it('continues in another meter from its written state', () => {
    const tone = (level: number, seconds: number): Float32Array => {
      const samples = new Float32Array(2 * 48_000 * seconds);
      for (let n = 0; n < samples.length / 2; n++)
        samples[2 * n] = samples[2 * n + 1] = level * Math.sin((2 * Math.PI * 997 * n) / 48_000);
      return samples;
    };
    const [whole, first] = [new LoudnessMeter(), new LoudnessMeter()];
    for (const meter of [whole, first]) meter.push(tone(0.05, 6), false);
    const second = new LoudnessMeter(JSON.parse(JSON.stringify(first.state)));
    for (const meter of [whole, second]) meter.push(tone(0.2, 6));
    expect(second.integrated()).toBeCloseTo(whole.integrated() ?? 0, 1);
    expect([second.seconds, second.peak]).toEqual([whole.seconds, whole.peak]);
    expect(JSON.stringify(second.state).length).toBeLessThan(400);
  });

  it('of recordings without a figure is measured one at a time; eight more wait, further ones are told to come later', async () => {
    const wishes: string[] = [];
    const release = Promise.withResolvers<void>();
    const maker: ReplayMaker = {
      async make(wish) {
        wishes.push(wish.slug);
        await release.promise;
        return { lufs: -20, peak: -3, seconds: 9 };
      },
    };
    await using loudness = openLoudness(maker, silentLog);
    const rooms = Array.from({ length: 10 }, (_, n) => `room-${n}`);
    expect(rooms.map((slug) => loudness.ask(slug))).toEqual([...Array(8).fill('measuring'), 'busy', 'busy']);
    expect(loudness.ask('room-0')).toBe('measuring');
    await Promise.resolve();
    expect(wishes).toEqual(['room-0']);
    release.resolve();
    await expect.poll(() => loudness.ask('room-7')).toEqual({ lufs: -20, peak: -3, seconds: 9 });
    expect(wishes).toEqual(rooms.slice(0, 8));
  });

  it('of a recording without measurable sound is none, and the download continues', async () => {
    const maker: ReplayMaker = { make: async () => undefined };
    await using loudness = openLoudness(maker, silentLog);
    expect(loudness.ask('room')).toBe('measuring');
    await expect.poll(() => loudness.ask('room')).toEqual({ peak: 0, seconds: 0 });
    expect(gainSteps(undefined, 0)).toBe(0);
  });

  it('is corrected in whole steps, and never into clipping', () => {
    expect(gainSteps(-16.4, -1)).toBe(0);
    expect(gainSteps(-12, 0)).toBe(-3);
    expect(gainSteps(-25, -20)).toBe(6);
    expect(gainSteps(-25, -5)).toBe(2);
    expect(gainSteps(-25, 0)).toBe(0);
    expect(gainSteps(undefined, -200)).toBe(0);
    expect(GAIN_STEP_DB).toBeCloseTo(1.505, 3);
  });

  it('changes eight bits of a frame, wherever they lie', () => {
    // SCE, tag 0, global_gain 100: 000 0000 01100100 ...
    const plain = Uint8Array.of(0b0000_0000, 0b1100_1001, 0xff, 0xff);
    const louder = withGain(plain, 3);
    expect([...louder]).toEqual([0b0000_0000, 0b1100_1111, 0xff, 0xff]);
    expect([...withGain(plain, -100)]).toEqual([0, 1, 0xff, 0xff]);
    expect([...withGain(plain, 400)]).toEqual([1, 0xff, 0xff, 0xff]);
    // A fill element of one byte before it: 110 0001 xxxxxxxx.
    const filled = Uint8Array.of(0b1100_0010, 0b0000_0000, 0b0000_0000, 0b1100_1001, 0xff);
    expect(withGain(filled, 3)).not.toEqual(filled);
    // A channel pair is not ours.
    const pair = Uint8Array.of(0b0010_0000, 1, 2, 3);
    expect(withGain(pair, 3)).toBe(pair);
  });
});

it('expensive work is charged once, before it starts, and refused to clients over their share', async () => {
  const charged: number[] = [];
  let share = 0;
  const get = origin(recordingOf(PIECES, [LIVE]), 'ended', (cost) => charged.push(cost) <= share);
  expect((await get('replay.m4a')).status).toBe(429);
  // What is known of the recording, and the file.
  share = 3;
  expect((await get('replay.m4a')).status).toBe(200);
  expect((await get('replay.m4a')).status).toBe(200);
  expect(charged.length).toBe(3);
  expect(charged[0]).toBeGreaterThan(0);
});
