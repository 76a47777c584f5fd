import { createDecoder, createEncoder } from 'libopus-wasm';
import { describe, expect, it } from 'vitest';
import { difference, power, seeded, speechLike, tone } from '../../test/sound.ts';
import { Leveller, MAX_GAIN_DB, TARGET_LUFS } from './leveller.ts';
import { CEILING_DBTP, LIMITER_DELAY, Limiter } from './limiter.ts';
import { integratedLufs } from './loudness.ts';

const interleave = (mono: Float32Array): Float32Array =>
  Float32Array.from({ length: mono.length * 2 }, (_, i) => mono[i >> 1] ?? 0);

const VOICE = speechLike(25, 3);
const LONG = speechLike(50, 3);

const scaled = (sound: Float32Array, db: number): Float32Array => sound.map((x) => x * 10 ** (db / 20));

/** Runs a sound through a processor that works on blocks in place. */
function through(sound: Float32Array, run: (left: Float32Array, right: Float32Array) => void): Float32Array {
  const out = new Float32Array(sound.length);
  for (let at = 0; at + 960 <= sound.length; at += 960) {
    const left = sound.slice(at, at + 960);
    const right = left.slice();
    run(left, right);
    if (right[480] !== left[480]) throw new Error('left and right differ');
    out.set(left, at);
  }
  return out;
}

/** True peak in dBTP by an interpolator independent of the limiter's: eight times oversampled, 64 taps. */
function truePeak(sound: Float32Array): number {
  let peak = 0;
  for (let phase = 0; phase < 8; phase += 1) {
    const taps = Array.from({ length: 64 }, (_, k) => {
      const x = k - 31 - phase / 8;
      const window = 0.42 + 0.5 * Math.cos((Math.PI * x) / 32.5) + 0.08 * Math.cos((2 * Math.PI * x) / 32.5);
      return Math.abs(x) < 1e-9 ? 1 : (Math.sin(Math.PI * x) / (Math.PI * x)) * window;
    });
    for (let at = 64; at < sound.length; at += 1) {
      let sum = 0;
      for (let k = 0; k < 64; k += 1) sum += (taps[k] as number) * (sound[at - 63 + k] as number);
      peak = Math.max(peak, Math.abs(sum));
    }
  }
  return 20 * Math.log10(peak);
}

describe('loudness', () => {
  it('reads a 997 Hz tone as the standard demands: 0 dBFS on one channel is −3.01 LUFS', () => {
    const mono = tone(4, 997, 1);
    const oneChannel = Float32Array.from({ length: mono.length * 2 }, (_, i) =>
      i % 2 ? 0 : (mono[i / 2] ?? 0),
    );
    expect(integratedLufs(oneChannel)).toBeCloseTo(-3.01, 1);
  });

  it('does not count pauses', () => {
    const speech = new Float32Array(48_000 * 12);
    speech.set(tone(4, 997, 0.1), 0);
    speech.set(tone(4, 997, 0.1), 48_000 * 8);
    expect(integratedLufs(interleave(speech))).toBeCloseTo(integratedLufs(interleave(tone(4, 997, 0.1))), 0);
  });
});

describe('the leveller', () => {
  it.each([-26, -20, -10, 0])('brings a voice %i dB from its own level to −16 ± 1 LUFS', (db) => {
    const voice = scaled(VOICE, db);
    const leveller = new Leveller();
    const out = through(voice, (left, right) => leveller.run(left, right, false));
    // The limiter is not in this path. Only the gain is judged, after the first twelve seconds.
    expect(Math.abs(integratedLufs(interleave(out.subarray(12 * 48_000))) - TARGET_LUFS)).toBeLessThan(1);
  });

  it('is near its level after three seconds of voice', () => {
    const leveller = new Leveller();
    const out = through(scaled(speechLike(10, 4), -24), (l, r) => leveller.run(l, r, false));
    expect(Math.abs(integratedLufs(interleave(out.subarray(4 * 48_000))) - TARGET_LUFS)).toBeLessThan(2.5);
  });

  it('does not raise a pause: hiss stays where it was for half a minute', () => {
    const random = seeded(2);
    const hiss = Float32Array.from({ length: 48_000 * 30 }, () => random() * 0.001);
    const leveller = new Leveller();
    through(scaled(VOICE, -10), (l, r) => leveller.run(l, r, false));
    // The last windows still contain voice.
    const before = leveller.gainDb;
    through(hiss, (l, r) => leveller.run(l, r, false));
    expect(Math.abs(leveller.gainDb - before)).toBeLessThan(0.3);
  });

  it('hears a quiet voice after a loud bang, and never adds more than its limit', () => {
    const leveller = new Leveller();
    through(tone(0.5, 300, 0.9), (l, r) => leveller.run(l, r, false));
    through(scaled(LONG, -24), (l, r) => leveller.run(l, r, false));
    expect(Math.abs(leveller.loudness + leveller.gainDb - TARGET_LUFS)).toBeLessThan(1.5);
    const faint = new Leveller();
    through(scaled(VOICE, -36), (l, r) => faint.run(l, r, false));
    expect(faint.gainDb).toBeLessThanOrEqual(MAX_GAIN_DB);
  });
});

describe('the limiter', () => {
  const run = (sound: Float32Array): Float32Array => {
    const limiter = new Limiter();
    return through(sound, (left, right) => limiter.run(left, right));
  };

  it.each([
    ['a voice 12 dB over full scale', scaled(speechLike(1.5, 2), 22)],
    [
      'a tone whose peaks lie between the samples',
      tone(1, 12_000, 1.4).map((_, i) => 1.4 * Math.sin(Math.PI * (i / 2 + 0.25))),
    ],
    ['single samples', new Float32Array(48_000).map((_, i) => (i % 4801 === 0 ? 3 : 0))],
  ])('keeps %s under −1 dBTP', (_name, sound) => {
    const out = run(sound);
    const peak = truePeak(out);
    expect(peak).toBeLessThanOrEqual(-1);
    expect(peak).toBeGreaterThan(CEILING_DBTP - 3);
  });

  it('keeps noise at full scale, as Opus delivers it, under −1 dBTP', async () => {
    const random = seeded(9);
    const noise = Float32Array.from({ length: 48_000 }, () => random());
    const encoder = await createEncoder({ channels: 1, bitrate: 128_000, complexity: 2 });
    const decoder = await createDecoder({ channels: 1 });
    const sound = new Float32Array(48_000);
    for (let at = 0; at < sound.length; at += 960)
      sound.set(decoder.decodeFloat(encoder.encodeFloat(noise.subarray(at, at + 960))), at);
    encoder.free();
    decoder.free();
    const out = run(scaled(sound, 6));
    expect(truePeak(out)).toBeLessThanOrEqual(-1);
  });

  it('does not make a hole around a peak', () => {
    const sound = tone(2, 440, 0.3);
    sound[48_000] = 4;
    const out = run(sound);
    expect(power(out, 52_000 + 24_000, 4800)).toBeGreaterThan(0.95 * power(sound, 0, 4800));
    expect(power(out, 40_000, 4800)).toBeGreaterThan(0.99 * power(sound, 0, 4800));
  });

  it('bends the gain over milliseconds and never with a jerk', () => {
    const sound = tone(1, 50, 0.5);
    sound[24_000] = 4;
    const out = run(sound);
    let before = 1;
    let jerk = 0;
    for (let i = 20_000; i < 40_000; i += 1) {
      const input = sound[i - LIMITER_DELAY] ?? 0;
      if (Math.abs(input) < 0.1 || Math.abs(input) > 1) continue;
      const gain = (out[i] ?? 0) / input;
      if (Math.abs((sound[i - LIMITER_DELAY - 1] ?? 0) - input) < 0.01)
        jerk = Math.max(jerk, Math.abs(gain - before));
      before = gain;
    }
    expect(jerk).toBeLessThan(0.15);
    // Two milliseconds before the peak the gain is already falling.
    expect((out[23_900 + LIMITER_DELAY] ?? 0) / (sound[23_900] ?? 1)).toBeLessThan(0.9);
  });

  it('leaves what needs no limiting alone but for its delay', () => {
    const sound = tone(1, 440, 0.4);
    const out = run(sound);
    expect(power(difference(out, sound, LIMITER_DELAY, 960, 46_000))).toBeLessThan(1e-14);
  });

  it('passes the same sound whether it was just limiting or not', () => {
    const quiet = tone(4, 440, 0.3);
    const sound = quiet.slice();
    for (let i = 24_000; i < 24_100; i += 1) sound[i] = 1.5;
    const out = run(sound);
    expect(power(difference(out, quiet, LIMITER_DELAY, 3 * 48_000, 4800))).toBeLessThan(1e-12);
  });
});
