import { describe, expect, it } from 'vitest';
import { decibels, power, tone } from '../../test/sound.ts';
import { holdMusic } from './hold-music.ts';
import { musicFromPcm } from './looped-music.ts';
import { integratedLufs } from './loudness.ts';
import type { Standby } from './standby.ts';

function render(music: Standby, from: number, seconds: number): Float32Array {
  const out = new Float32Array(seconds * 96_000);
  for (let n = 0; n < seconds * 50; n += 1) music.render(from + n, out.subarray(n * 1920, (n + 1) * 1920));
  return out;
}

const left = (pcm: Float32Array): Float32Array => pcm.filter((_, i) => i % 2 === 0);

/** Mean square of a sound above a frequency, by a steep high pass (windowed sinc, 511 taps). */
function above(sound: Float32Array, hertz: number): number {
  const size = 511;
  const taps = Array.from({ length: size }, (_, k) => {
    const x = k - 255;
    const low = x === 0 ? hertz / 24_000 : Math.sin((Math.PI * x * hertz) / 24_000) / (Math.PI * x);
    const window = 0.42 - 0.5 * Math.cos((2 * Math.PI * k) / 510) + 0.08 * Math.cos((4 * Math.PI * k) / 510);
    return (x === 0 ? 1 : 0) - low * window;
  });
  let sum = 0;
  let count = 0;
  for (let at = size; at < sound.length; at += 13) {
    let y = 0;
    for (let k = 0; k < size; k += 1) y += (taps[k] as number) * (sound[at - k] as number);
    sum += y * y;
    count += 1;
  }
  return sum / count;
}

describe('hold music', () => {
  const music = holdMusic();
  const minute = render(music, 0, 40);
  const mono = left(minute);

  it('is as loud as a programme should be under talk, and never loud', () => {
    expect(Math.abs(integratedLufs(minute) + 23)).toBeLessThan(1.5);
    expect(mono.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)).toBeLessThan(0.4);
  });

  it('is never silent', () => {
    for (let at = 48_000; at + 4800 < mono.length; at += 4800)
      expect(power(mono, at, 4800)).toBeGreaterThan(1e-4);
  });

  it('has next to nothing above 6 kHz', () => {
    expect(decibels(above(mono.subarray(0, 10 * 48_000), 6000) / power(mono))).toBeLessThan(-60);
  });

  it('does not click: no sample is far from where its neighbours point', () => {
    let worst = 0;
    for (let i = 3; i < mono.length; i += 1) {
      const [a = 0, b = 0, c = 0, d = 0] = [mono[i], mono[i - 1], mono[i - 2], mono[i - 3]];
      worst = Math.max(worst, Math.abs(a - 3 * b + 3 * c - d));
    }
    expect(worst).toBeLessThan(0.003);
  });

  it('is equal left and right', () => {
    const right = minute.filter((_, i) => i % 2 === 1);
    expect(Buffer.compare(Buffer.from(right.buffer), Buffer.from(mono.buffer))).toBe(0);
  });

  it('does not repeat within minutes', () => {
    const later = left(render(holdMusic(), 3000, 20));
    let same = 0;
    let energy = 0;
    for (let i = 0; i < later.length; i += 1) {
      same += (mono[i] as number) * (later[i] as number);
      energy += (mono[i] as number) ** 2;
    }
    expect(Math.abs(same / energy)).toBeLessThan(0.5);
  });

  it('is the same for the same block, wherever the rendering began', () => {
    const again = left(render(holdMusic(), 1500, 2));
    let error = 0;
    for (let i = 0; i < again.length; i += 1)
      error += ((again[i] as number) - (mono[1500 * 960 + i] as number)) ** 2;
    expect(decibels(error / again.length / power(mono))).toBeLessThan(-60);
  });
});

describe("a host's own music", () => {
  it('is brought to −23 LUFS and loops without a click or a hole', () => {
    const pcm = Float32Array.from({ length: 2 * 10 * 48_000 }, (_, i) => {
      const t = (2 * Math.PI * (i >> 1)) / 48_000;
      return 0.5 * Math.sin((i % 2 ? 331.7 : 220.3) * t);
    });
    const out = render(musicFromPcm(pcm), 0, 30);
    expect(Math.abs(integratedLufs(out) + 23)).toBeLessThan(1);
    const mono = left(out);
    let worst = 0;
    for (let i = 2; i < mono.length; i += 1)
      worst = Math.max(worst, Math.abs((mono[i] ?? 0) - 2 * (mono[i - 1] ?? 0) + (mono[i - 2] ?? 0)));
    expect(worst).toBeLessThan(0.002);
    for (let at = 0; at + 4800 < mono.length; at += 4800) expect(power(mono, at, 4800)).toBeGreaterThan(1e-5);
  });

  it('may begin anywhere, before the program too, and refuses what is too short to loop', () => {
    const pcm = new Float32Array(2 * 48_000).fill(0.1);
    const out = new Float32Array(1920);
    musicFromPcm(pcm).render(-12_345, out);
    expect(out.every((sample) => sample > 0)).toBe(true);
    expect(() => musicFromPcm(tone(0.01))).toThrow(RangeError);
  });
});
