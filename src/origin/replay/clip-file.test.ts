import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeWithFfmpeg, ffmpeg } from '../../../test/ffmpeg.ts';
import { packageSound } from '../../../test/packaged.ts';
import { epochMs, FRAGMENT_MS } from '../../base/time.ts';
import { loadCodecs } from '../../packager/encoding.ts';
import { fmp4Init } from '../../packager/fmp4.ts';
import { RENDITIONS } from '../../wire/renditions.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import type { Recording, RecordingPort } from '../recording.ts';
import { clipFile } from './clip-file.ts';

const ZERO = epochMs(Date.UTC(2026, 0, 1));
const SECONDS = 24;
const FIRST = 1_000;
const KEPT = RENDITIONS.filter(({ id }) => id === 'aac96');
const START = ZERO + FIRST * FRAGMENT_MS;
/** Where the sound is other than silence, in seconds of the recording. */
const BURSTS = [2.0, 5.5, 9.1, 13.73, 17.2] as const;
const BURST_S = 0.5;

let fragments: Uint8Array[];
const pieces = [
  { first: FIRST, count: 8 },
  { first: FIRST + 8, count: 16 },
  { first: FIRST + 24, count: 16 },
  { first: FIRST + 40, count: 16 },
  { first: FIRST + 56, count: 16 },
];
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

beforeAll(async () => {
  const sound = new Float32Array(48_000 * SECONDS);
  for (const [index, at] of BURSTS.entries())
    for (let n = 0; n < 48_000 * BURST_S; n++)
      sound[Math.round(at * 48_000) + n] =
        0.4 * Math.sin((2 * Math.PI * (400 + 150 * index) * n) / 48_000) * Math.min(1, n / 48);
  const packaged = await packageSound(await loadCodecs(), KEPT, sound, { firstSeq: FIRST });
  fragments = (packaged.get('aac96') ?? []).map(({ bytes }) => bytes);
}, 60_000);

const port: RecordingPort = {
  recording: async () => undefined,
  init: async () => Buffer.from(fmp4Init('aac')),
  read: async (_, __, { first, count }) =>
    Buffer.concat(fragments.slice(first - FIRST, first - FIRST + count)),
};
const recording = (listed = pieces): Recording => ({
  ...{ title: 'A room', zero: ZERO, renditions: KEPT, gaps: [], marks: [] },
  pieces: new Map([['aac96', listed]]),
});
const clipOfSeconds = (from: number, to: number): Clip => ({
  ...{ id: 'abc', from: START + from * 1000, to: START + to * 1000, title: 'A good moment', made: 0 },
  text: 'Said in passing',
});
/** Seconds of the recording at which the coded frame ends that ends nearest. */
const atFrame = (seconds: number): number => {
  const ticks = Math.round(seconds * 48_000) + 2048;
  return (Math.round(ticks / 1024) * 1024 - 2048) / 48_000;
};
const made = async (from: number, to: number, listed = pieces, over = true) =>
  clipFile(
    port,
    'hall',
    recording(listed),
    clipOfSeconds(from, to),
    { room: 'A room', hosts: ['Ana'], cover: async () => PNG },
    over,
  );
/** The second at which something is first heard, and last. */
function heard(sound: Float32Array): [number, number] {
  const loud = [...sound.keys()].filter((n) => Math.abs(sound[n] ?? 0) > 0.05);
  return [(loud[0] ?? 0) / 48_000, (loud.at(-1) ?? 0) / 48_000];
}

describe('a clip as a file', () => {
  it('begins and ends at its moments, wherever these lie in fragments and frames', async () => {
    for (const [from, to] of [
      [5, 6.4],
      [5.123, 6.017],
      [13.5, 14.5],
      [1.9876, 2.9],
      [16.641, 17.9],
    ] as const) {
      const clip = await made(from, to);
      const sound = await decodeWithFfmpeg('mp4', clip?.bytes ?? new Uint8Array());
      expect(Math.abs(atFrame(to) - to)).toBeLessThan(0.011);
      expect(Math.abs(sound.length / 48_000 - (atFrame(to) - from))).toBeLessThan(0.0005);
      const at = BURSTS.find((burst) => burst > from) ?? 0;
      const [begins, ends] = heard(sound);
      expect(Math.abs(begins - (at - from))).toBeLessThan(0.005);
      expect(Math.abs(ends - (Math.min(at + BURST_S, atFrame(to)) - from))).toBeLessThan(0.005);
    }
  }, 30_000);

  it('has the very samples of the whole recording, from the first to the last', async () => {
    const whole = await made(1, 20);
    const part = await made(5.6, 5.9);
    const [long, short] = await Promise.all(
      [whole, part].map((clip) => decodeWithFfmpeg('mp4', clip?.bytes ?? new Uint8Array())),
    );
    const shift = Math.round(4.6 * 48_000);
    let most = 0;
    for (let n = 0; n < (short?.length ?? 0); n++)
      most = Math.max(most, Math.abs((short?.[n] ?? 0) - (long?.[n + shift] ?? 0)));
    expect(short?.length).toBe(Math.round((atFrame(5.9) - 5.6) * 48_000));
    expect(most).toBeLessThan(1e-5);
  });

  it('tells its title, room, hosts, chapter and cover to programs that share no code with us', async () => {
    const clip = await made(5, 6.4);
    const input = new Input({
      source: new BufferSource(clip?.bytes ?? new Uint8Array()),
      formats: ALL_FORMATS,
    });
    const tags = await input.getMetadataTags();
    expect(tags).toMatchObject({ title: 'A good moment', artist: 'Ana' });
    expect(tags.comment).toContain('A room. Said in passing');
    expect(Buffer.from(tags.images?.[0]?.data ?? []).equals(PNG)).toBe(true);
    const track = await input.getPrimaryAudioTrack();
    expect(await track?.computeDuration()).toBeGreaterThan(1.39);
    const first = track && (await new EncodedPacketSink(track).getFirstPacket());
    // What a decoder needs first lies before the beginning.
    expect(first?.timestamp).toBeLessThan(0);
    const said = await ffmpeg(
      clip?.bytes ?? new Uint8Array(),
      '-f',
      'mp4',
      '-i',
      'pipe:0',
      '-f',
      'ffmetadata',
    );
    expect(String(said)).toContain('title=A good moment');
    expect(String(said)).toContain('[CHAPTER]');
  });

  it('is not there before its last second is recorded, and is what there is once the room is over', async () => {
    const listed = pieces.slice(0, 3);
    expect(await made(11, 14, listed, false)).toBeUndefined();
    expect((await made(11, 14, listed, true))?.seconds).toBeLessThan(3);
    expect((await made(9, 11, listed, false))?.seconds).toBeCloseTo(2, 1);
    expect(await made(15, 17, listed, true)).toBeUndefined();
  });

  it('leaves a hole out', async () => {
    const listed = [...pieces.slice(0, 1), ...pieces.slice(2)];
    const clip = await made(1.5, 9, listed);
    // From 2.56 s on sixteen fragments are missing; sound is coded 42 ms later than it is made.
    expect(clip?.seconds).toBeCloseTo(atFrame(9) - 1.5 - 16 * 0.32, 3);
  });
});
