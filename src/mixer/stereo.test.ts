import { Application, createDecoder, createEncoder, EncoderCtl, Signal } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { carried, openBench, type Sent, spoken } from '../../test/mixing.ts';
import { decibels, power, seeded, speechLike } from '../../test/sound.ts';
import type { SpeakerId } from '../base/ids.ts';
import { Polarity } from '../base/polarity.ts';
import { openDecoder } from './decoder.ts';

const ANN = 'ann' as SpeakerId;
const MUSIC = { channels: 2, application: Application.Audio, bitrate: 128_000, complexity: 0 } as const;

/** Stereo sound: left is `sound`, right is `right` applied to it. */
const stereo = (sound: Float32Array, right: (sample: number, i: number) => number): Float32Array =>
  Float32Array.from({ length: 2 * sound.length }, (_, i) =>
    i % 2 ? right(sound[i >> 1] ?? 0, i >> 1) : (sound[i >> 1] ?? 0),
  );

async function mixed(sound: Float32Array) {
  const bench = await openBench();
  await bench.join(ANN);
  bench.pass(100);
  bench.pass((sound.length / 96) | 0, carried(ANN, await spoken(sound, MUSIC), 100));
  const opposite = bench.mixer.stats(ANN)?.opposite;
  await bench.mixer[Symbol.asyncDispose]();
  const both = bench.both();
  const mono = Float32Array.from(
    { length: both.length / 2 },
    (_, i) => ((both[2 * i] ?? 0) + (both[2 * i + 1] ?? 0)) / 2,
  );
  return { mono, opposite, level: decibels(power(mono, 3 * 48_000)) };
}

describe('one voice on two channels', () => {
  const voice = speechLike(6, 4);
  const random = seeded(3);
  const room = Float32Array.from(voice, () => random() * 0.01);
  it.each([
    ['turned over', (s: number) => -s, true],
    ['turned over, and quieter', (s: number) => -0.6 * s, true],
    ['turned over, with the noise of its own input', (s: number, i: number) => -s + (room[i] ?? 0), true],
    ['alone on the left', () => 0, false],
    ['the same', (s: number) => s, false],
    ['the same, and quieter', (s: number) => 0.3 * s, false],
  ])('%s, is heard in a mono sum as loud as any', async (_, right, opposite) => {
    const plain = await mixed(stereo(voice, (s) => s));
    const got = await mixed(stereo(voice, right));
    expect(got.opposite).toBe(opposite);
    expect(Math.abs(got.level - plain.level)).toBeLessThan(6);
  });

  it('is turned over without a step, and back, within a second', () => {
    const polarity = new Polarity();
    const level = (n: number, sign: number): { step: number; sum: number } => {
      const left = Float32Array.from({ length: 960 }, (_, i) =>
        Math.sin((2 * Math.PI * 200 * (n * 960 + i)) / 48_000),
      );
      const right = left.map((x) => sign * x);
      polarity.run(left, right);
      let step = Math.abs((right[0] ?? 0) - before);
      for (let i = 1; i < 960; i += 1) step = Math.max(step, Math.abs((right[i] ?? 0) - (right[i - 1] ?? 0)));
      before = right[959] ?? 0;
      return { step, sum: power(left.map((x, i) => (x + (right[i] ?? 0)) / 2)) };
    };
    let before = 0;
    for (let n = 0; n < 50; n += 1) level(n, 1);
    // The source itself has a step when it inverts, at a zero of the tone.
    for (let n = 50; n < 100; n += 1) {
      const { step, sum } = level(n, -1);
      expect(step).toBeLessThan(0.04);
      if (n > 97) expect(decibels(sum)).toBeGreaterThan(-4);
    }
    for (let n = 100; n < 200; n += 1) {
      const { step, sum } = level(n, 1);
      expect(step).toBeLessThan(0.04);
      if (n > 197) expect(decibels(sum)).toBeGreaterThan(-4);
    }
    expect(polarity.opposite).toBe(false);
  });

  it('of ordinary wide stereo stays as it came', () => {
    const polarity = new Polarity();
    const noise = [seeded(1), seeded(2)];
    for (let n = 0; n < 500; n += 1) {
      const [left, right] = noise.map((draw) => Float32Array.from({ length: 960 }, () => draw() * 0.1));
      const copy = right?.slice();
      polarity.run(left as Float32Array, right as Float32Array);
      expect(right).toEqual(copy);
    }
  });
});

/** A filter of second order at 6 kHz. */
function filter(high: boolean): (sample: number) => number {
  const w = (2 * Math.PI * 6_000) / 48_000;
  const [cos, alpha] = [Math.cos(w), Math.sin(w) / Math.SQRT2];
  const a0 = 1 + alpha;
  const b1 = (high ? -(1 + cos) : 1 - cos) / a0;
  const b0 = Math.abs(b1) / 2;
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  return (x) => {
    const y = b0 * x + b1 * x1 + b0 * x2 + ((2 * cos) / a0) * y1 - ((1 - alpha) / a0) * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    return y;
  };
}

/** Pink noise: both channels have the same bass, and each has its own treble. */
async function wide(invert: boolean): Promise<{ sent: Uint8Array[] }> {
  const pink = (seed: number): (() => number) => {
    const draw = seeded(seed);
    const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
    const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
    const held = new Array<number>(6).fill(0);
    return () => {
      const white = draw();
      let sum = white * 0.5362;
      for (const [k, pole] of poles.entries()) {
        held[k] = pole * (held[k] ?? 0) + white * (gains[k] ?? 0);
        sum += held[k] ?? 0;
      }
      return sum * 0.05;
    };
  };
  const [a, b] = [pink(1), pink(2)];
  const [low1, low2, high1, high2] = [filter(false), filter(false), filter(true), filter(true)];
  const sound = new Float32Array(10 * 96_000);
  for (let i = 0; i < sound.length; i += 2) {
    const [x, y] = [a(), b()];
    sound[i] = x;
    sound[i + 1] = low2(low1(x)) + high2(high1(y));
  }
  using encoder = await createEncoder({
    channels: 2,
    application: Application.Audio,
    signal: Signal.Music,
    bitrate: 48_000,
    vbr: false,
  });
  if (!invert) encoder.encoderCtl(EncoderCtl.SetPhaseInversionDisabled, 1);
  const sent: Uint8Array[] = [];
  for (let at = 0; at + 1920 <= sound.length; at += 1920)
    sent.push(encoder.encodeFloat(sound.subarray(at, at + 1920)));
  return { sent };
}

/** The power of the mono sum above 6 kHz. */
const treble = (interleaved: Float32Array): number => {
  const [once, twice] = [filter(true), filter(true)];
  let sum = 0;
  for (let i = 0; i < interleaved.length; i += 2)
    sum += twice(once(((interleaved[i] ?? 0) + (interleaved[i + 1] ?? 0)) / 2)) ** 2;
  return decibels((2 * sum) / interleaved.length);
};

it('a wide source that Opus coded with inverted bands keeps its treble in the sum', async () => {
  const decode = async (
    decoder: Awaited<ReturnType<typeof openDecoder>>,
    sent: Uint8Array[],
  ): Promise<number> => {
    using open = decoder;
    return treble(Float32Array.from(sent.flatMap((packet) => [...open.decodeFloat(packet)])));
  };
  const inverted = await wide(true);
  const reference = await decode(await createDecoder({ channels: 2 }), (await wide(false)).sent);
  const plain = await decode(await createDecoder({ channels: 2 }), inverted.sent);
  const ours = await decode(await openDecoder(), inverted.sent);
  expect(plain).toBeLessThan(reference - 1);
  expect(Math.abs(ours - reference)).toBeLessThan(1);
});

describe('a sender that is silent without packets', () => {
  const random = seeded(9);
  const sound = Float32Array.from({ length: 13 * 48_000 }, () => random() * 0.004);
  const talk = speechLike(1, 2);
  for (const at of [0, 6])
    for (let i = 0; i < talk.length; i += 1)
      sound[at * 48_000 + i] = (sound[at * 48_000 + i] ?? 0) + (talk[i] ?? 0);

  const run = async (sent: readonly Sent[]) => {
    const bench = await openBench();
    await bench.join(ANN);
    bench.pass(100);
    bench.pass(13_500, carried(ANN, sent, 100));
    const stats = bench.mixer.stats(ANN);
    await bench.mixer[Symbol.asyncDispose]();
    const heard = bench.sound();
    // Levels of the quiet stretches, 2 to 5 s after each talk, in tenths of a second.
    const floor: number[] = [];
    for (const at of [0, 6])
      for (let n = 20; n < 50; n += 1)
        floor.push(decibels(power(heard, Math.round((at + 0.32 + n / 10) * 48_000), 4_800)));
    return { stats, floor };
  };
  /**
   * The behaviour of GStreamer and telephones: frames of a pause are not sent, and sequence numbers do not count them.
   */
  const renumbered = (sent: readonly Sent[]): Sent[] =>
    sent
      .filter(({ payload }) => payload.length > 2)
      .map((packet, i) => ({ ...packet, sequence: (65_500 + i) & 0xffff }));

  it.each([960, 2_880])(
    'is as quiet as one who sends all, and nothing is invented (frames of %i)',
    async (frameSize) => {
      const all = await run(await spoken(sound, { complexity: 5, frameSize, bitrate: 24_000 }));
      const sent = await spoken(sound, { complexity: 5, frameSize, bitrate: 24_000, dtx: true });
      const some = await run(renumbered(sent));
      expect(some.stats).toMatchObject({ concealed: 0, lost: 0, late: 0 });
      // Before the fix: 244 concealed frames in 30 s, and a noise floor between −120 and −64 dB.
      const mean = (of: number[]): number => of.reduce((a, b) => a + b) / of.length;
      expect(Math.abs(mean(some.floor) - mean(all.floor))).toBeLessThan(3);
      expect(Math.min(...some.floor)).toBeGreaterThan(Math.min(...all.floor) - 6);
    },
  );
});
