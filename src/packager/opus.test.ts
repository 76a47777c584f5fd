import { beforeAll, describe, expect, test } from 'vitest';
import { decodeOpus, framesOf, packageSound } from '../../test/packaged.ts';
import { chord, delayOf, difference, power, snr, speechLike, tone } from '../../test/sound.ts';
import { worstExcess } from '../../test/splice-excess.ts';
import type { Rendition } from '../base/media.ts';
import { PRIMING } from '../media/priming.ts';
import { RENDITIONS } from '../wire/renditions.ts';
import type { Codecs } from './frame-encoder.ts';
import { openOpus } from './opus.ts';

const OPUS = RENDITIONS.filter(({ codec, container }) => codec === 'opus' && container === 'fmp4');
const none = (): Promise<never> => Promise.reject(new Error('not in this test'));
const codecs: Codecs = { opus: openOpus, aac: none, mp3: none };
const speech = speechLike(7, 3);
const isCelt = (packet: Uint8Array): boolean => packet[0]! >> 3 >= 16;
const isStereo = (packet: Uint8Array): boolean => (packet[0]! & 4) !== 0;

/** Packets per rendition, 16 per fragment. */
async function code(left: Float32Array, right = left, renditions: readonly Rendition[] = OPUS) {
  const coded = await packageSound(codecs, renditions, left, { right });
  return new Map(
    [...coded].map(([id, fragments]) => [id, fragments.flatMap(({ bytes }) => framesOf(bytes))]),
  );
}

describe('Opus renditions of speech', () => {
  let packets: Map<string, Uint8Array[]>;
  const decoded = new Map<string, Float32Array>();
  beforeAll(async () => {
    packets = await code(speech);
    for (const [id, list] of packets) decoded.set(id, (await decodeOpus(list)).left);
  });

  test('every packet is CELT and has one channel, and every fragment has sixteen', () => {
    for (const list of packets.values()) {
      expect(list).toHaveLength(Math.floor(speech.length / 15_360) * 16);
      expect(list.every(isCelt)).toBe(true);
      expect(list.some(isStereo)).toBe(false);
    }
  });

  test('the sound comes back later by exactly the priming', () => {
    for (const sound of decoded.values()) expect(delayOf(sound, speech)).toBe(PRIMING.opus);
  });

  test.each([
    ['opus64', 15],
    ['opus32', 11],
    ['opus24', 10],
    ['opus16', 8],
  ])('%s has at least %i dB of signal over error', (id, least) => {
    expect(snr(decoded.get(id)!, speech, PRIMING.opus)).toBeGreaterThan(least);
  });

  test('the bitrates are within 8 % of their nominal values', () => {
    for (const { id, bitrate } of OPUS) {
      const bytes = packets.get(id)!.reduce((sum, packet) => sum + packet.length, 0);
      const rate = (bytes * 8) / (packets.get(id)!.length * 0.02);
      expect(Math.abs(rate / bitrate - 1), `${id} ${rate}`).toBeLessThan(0.08);
    }
  });

  test.each(OPUS.flatMap((a) => OPUS.filter((b) => b !== a).map((b) => [a.id, b.id] as const)))(
    'a splice from %s to %s and back adds at most 6 dB in any 5 ms',
    async (a, b) => {
      const spliced: Uint8Array[] = [];
      const boundaries: number[] = [];
      for (let at = 0; at < packets.get(a)!.length; at += 32) {
        spliced.push(...packets.get((at / 32) % 2 ? b : a)!.slice(at, at + 32));
        if (at > 0) boundaries.push(at * 960);
      }
      const sound = (await decodeOpus(spliced)).left;
      const excess = worstExcess(speech, PRIMING.opus, sound, [decoded.get(a)!, decoded.get(b)!], boundaries);
      expect(boundaries.length).toBeGreaterThan(8);
      expect(excess).toBeLessThanOrEqual(6);
    },
  );

  test('a listener who joins at any fragment hears the same as the others after 40 ms', async () => {
    const all = decoded.get('opus24')!;
    for (let at = 16; at + 32 <= packets.get('opus24')!.length; at += 16) {
      const joined = (await decodeOpus(packets.get('opus24')!.slice(at, at + 32))).left;
      const error = difference(joined, all.subarray(at * 960), 0, 1920, 32 * 960 - 1920);
      expect(power(error)).toBeLessThan(1e-4 * (power(joined) + 1e-4));
    }
  });
});

test('without the rule for first frames a join would not pass the check above', async () => {
  // The normal encoder, but no block is marked as the first of a fragment.
  const encoder = await openOpus(24_000);
  const packets: Uint8Array[] = [];
  for (let n = 0; n < 200; n++) {
    const stereo = new Float32Array(1920);
    for (let i = 0; i < 960; i++) stereo[2 * i] = stereo[2 * i + 1] = speech[n * 960 + i]!;
    packets.push(
      ...encoder.encode({ stereo, mono: new Float32Array(960), wide: false, index: 1 + (n % 15) }),
    );
  }
  encoder[Symbol.dispose]();
  const all = (await decodeOpus(packets)).left;
  let worst = 0;
  for (let at = 16; at + 32 <= packets.length; at += 16) {
    const joined = (await decodeOpus(packets.slice(at, at + 32))).left;
    const error = difference(joined, all.subarray(at * 960), 0, 1920, 32 * 960 - 1920);
    worst = Math.max(worst, power(error) / (power(joined) + 1e-4));
  }
  expect(worst).toBeGreaterThan(1e-4);
});

test('stereo is encoded from its first block on, kept through short pauses, and dropped a second after its end', async () => {
  const left = chord(6.4);
  const right = left.slice();
  const mark = (from: number, to: number) => right.set(tone((to - from) / 48_000, 700, 0.2), from);
  const [begin, end] = [20 * 960, 100 * 960];
  mark(begin, begin + 30 * 960);
  mark(end - 20 * 960, end);
  const packets = await code(left, right);
  const wide = packets.get('opus64')!.map(isStereo);
  expect(wide.indexOf(true)).toBe(20);
  expect(wide.slice(20, 100).every(Boolean)).toBe(true);
  // Block 99 is in fragment 6; 7, 8 and 9 have no stereo.
  expect(wide.lastIndexOf(true)).toBe(10 * 16 - 1);
  expect(packets.get('opus24')!.map(isStereo)).toEqual(wide);
  expect(packets.get('opus16')!.some(isStereo)).toBe(false);
  expect([...packets.values()].flat().every(isCelt)).toBe(true);

  const sound = await decodeOpus(packets.get('opus64')!);
  const [from, length] = [begin + 4_800, 20 * 960];
  expect(snr(sound.left, left, PRIMING.opus, from, length)).toBeGreaterThan(15);
  expect(snr(sound.right, right, PRIMING.opus, from, length)).toBeGreaterThan(15);
});

test('one channel to two and back makes no click', async () => {
  const left = chord(6.4);
  const right = left.slice();
  for (let i = 50 * 960; i < 100 * 960; i++)
    right[i] = left[i]! * (1 + 0.01 * Math.sin(((i - 48_000) * Math.PI) / 48_000));
  const packets = (await code(left, right)).get('opus64')!;
  const sound = (await decodeOpus(packets)).left;
  const wide = packets.map(isStereo);
  for (const at of [wide.indexOf(true), wide.lastIndexOf(true) + 1]) {
    const here = power(difference(sound, left, PRIMING.opus, at * 960, 1920));
    const before = power(difference(sound, left, PRIMING.opus, (at - 12) * 960, 1920));
    expect(here).toBeLessThan(4 * before + 1e-7);
  }
});

test('splices of stereo add at most 6 dB in either ear', async () => {
  const right = speechLike(7, 4);
  const packets = await code(speech, right);
  const [a, b] = [packets.get('opus64')!, packets.get('opus24')!];
  expect(a.every(isStereo) && b.every(isStereo)).toBe(true);
  const boundaries: number[] = [];
  const spliced = a.map((packet, n) => {
    if (n > 0 && n % 32 === 0) boundaries.push(n * 960);
    return Math.floor(n / 32) % 2 ? b[n]! : packet;
  });
  const [one, other, both] = [await decodeOpus(a), await decodeOpus(b), await decodeOpus(spliced)];
  for (const [ear, input] of [
    ['left', speech],
    ['right', right],
  ] as const) {
    const unspliced = [one[ear], other[ear]];
    expect(worstExcess(input, PRIMING.opus, both[ear], unspliced, boundaries)).toBeLessThanOrEqual(6);
  }
});
