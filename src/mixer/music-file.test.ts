import { Application, createEncoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { seeded } from '../../test/sound.ts';
import { oggFile, wavFile } from '../../test/sound-file.ts';
import { LONGEST_MUSIC_SECONDS } from '../base/media.ts';
import { musicFromLevelled, readMusic } from './index.ts';
import { integratedLufs } from './loudness.ts';
import { musicChange } from './music-change.ts';
import type { Standby } from './standby.ts';

/** Stereo noise whose left and right differ. */
function noise(seconds: number, level: number): Float32Array {
  const random = seeded(7);
  return Float32Array.from({ length: seconds * 96_000 }, () => (random() - 0.5) * 2 * level);
}
/** The head of an Ogg Opus file whose packets hold several streams, followed by an empty second page. */
function surroundOpus(channels: number, streams: number): Buffer {
  const bytes = Buffer.from(oggFile([Buffer.alloc(200)]));
  bytes[37] = channels;
  bytes[46] = channels > 2 ? 1 : 255;
  bytes[47] = streams;
  return bytes;
}
/** A WAV file with six channels. */
function wavOfSix(): Buffer {
  const bytes = Buffer.from(wavFile(noise(6, 0.1), 2));
  bytes.writeUInt16LE(6, 22);
  return bytes;
}
const toFloat = (pcm: Int16Array): Float32Array => Float32Array.from(pcm, (sample) => sample / 32_768);

test.each([
  ['quiet', 0.01],
  ['loud', 0.3],
])('%s music comes to -23 LUFS', async (_, level) => {
  const pcm = await readMusic(wavFile(noise(8, level), 2));
  expect(integratedLufs(toFloat(pcm))).toBeCloseTo(-23, 0);
});

test('WAV of 16 bits and of floats, one channel and two, is the same sound', async () => {
  const sound = noise(6, 0.2);
  const short = await readMusic(wavFile(sound, 2));
  const float = await readMusic(wavFile(sound, 2, 'float'));
  expect(short.length).toBe(sound.length);
  for (let i = 0; i < short.length; i += 997) expect(Math.abs(short[i]! - float[i]!)).toBeLessThanOrEqual(2);
  const mono = await readMusic(
    wavFile(
      sound.filter((_, i) => i % 2 === 0),
      1,
    ),
  );
  expect(mono.length).toBe(sound.length);
  for (let i = 0; i < mono.length; i += 998) expect(mono[i]).toBe(mono[i + 1]);
});

test.each([8_000, 11_025, 44_100, 44_101, 96_000])(
  'WAV of %d samples a second is the same sound, as long and as high',
  async (rate) => {
    const tone = Float32Array.from(
      { length: 6 * rate * 2 },
      (_, i) => (i % 2 ? 0.3 : 0.2) * Math.sin(((i >> 1) * 2 * Math.PI * 1000) / rate),
    );
    const pcm = await readMusic(wavFile(tone, 2, 'float', rate));
    expect(Math.abs(pcm.length / 2 - 6 * 48_000)).toBeLessThanOrEqual(8);
    const from = 48_000;
    let [sine, other, energy] = [0, 0, 0];
    for (let i = 0; i < 48_000; i += 1) {
      const left = pcm[2 * (from + i)] as number;
      const angle = (i * 2 * Math.PI * 1000) / 48_000;
      sine += left * Math.sin(angle);
      other += left * Math.cos(angle);
      energy += left * left;
    }
    // All of the energy is the tone; the rest is 60 dB below.
    const toneEnergy = (2 * (sine ** 2 + other ** 2)) / 48_000;
    expect(1 - toneEnergy / energy).toBeLessThan(1e-5);
    expect(pcm[2 * from + 20]! / pcm[2 * from + 21]!).toBeCloseTo(2 / 3, 1);
  },
);

test('Ogg Opus is decoded, and a damaged packet costs no more than itself', async () => {
  using encoder = await createEncoder({ channels: 2, application: Application.Audio, bitrate: 96_000 });
  const sound = noise(6, 0.2);
  const packets = Array.from({ length: 300 }, (_, n) =>
    encoder.encodeFloat(sound.subarray(n * 1920, (n + 1) * 1920)),
  );
  packets[100] = Uint8Array.of(0xff, 0xff, 0xff);
  const pcm = await readMusic(oggFile(packets));
  expect(pcm.length).toBeGreaterThan(5.9 * 96_000);
  expect(integratedLufs(toFloat(pcm))).toBeCloseTo(-23, 0);
});

test.each([
  [
    'something else',
    Buffer.from('ID3 is not what we take, however long it goes on'),
    'unsupported-media-type',
    /Ogg Opus/,
  ],
  ['an empty file', Buffer.alloc(0), 'unsupported-media-type', /Ogg Opus/],
  ['two samples a second', wavFile(noise(6, 0.1), 2, 'short', 2), 'unprocessable', /2 samples a second/],
  ['six channels', wavOfSix(), 'unprocessable', /6 channels \(5\.1\)/],
  ['surround Opus', surroundOpus(6, 4), 'unprocessable', /6 channels \(5\.1\)/],
  ['two streams of one channel', surroundOpus(2, 2), 'unprocessable', /2 channels/],
  ['a WAV file that broke off', wavFile(noise(6, 0.1), 2).subarray(0, 40), 'unprocessable', /cut off/],
  ['three seconds', wavFile(noise(3, 0.1), 2), 'unprocessable', /at least 5 seconds/],
  ['silence', wavFile(noise(6, 0), 2), 'unprocessable', /silent/],
])('%s is refused, with what to do', async (_, bytes, code, message) => {
  await expect(readMusic(bytes)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
});

test('samples that are no numbers become silence', async () => {
  const sound = noise(6, 0.1);
  sound[5000] = Number.NaN;
  sound[5001] = Number.POSITIVE_INFINITY;
  const pcm = await readMusic(wavFile(sound, 2, 'float'));
  expect([pcm[5000], pcm[5001]]).toEqual([0, 0]);
  expect(integratedLufs(toFloat(pcm))).toBeCloseTo(-23, 0);
});

test('of a long file the first two minutes are kept', async () => {
  const pcm = await readMusic(wavFile(noise(LONGEST_MUSIC_SECONDS + 4, 0.1).subarray(0, 124 * 96_000), 2));
  expect(pcm.length).toBe(LONGEST_MUSIC_SECONDS * 96_000);
});

test('one music gives way to another within a second, without a step', () => {
  const constant = (value: number): Standby => ({ render: (_, out) => void out.fill(value) });
  const change = musicChange(constant(0.2), constant(-0.1), 10);
  const out = new Float32Array(1920);
  const at = (n: number, i: number): number => {
    change.render(n, out);
    return out[i]!;
  };
  expect(at(10, 0)).toBeCloseTo(0.2, 5);
  expect(at(60, 0)).toBeCloseTo(-0.1, 5);
  let before = 0.2;
  for (let n = 10; n < 61; n++)
    for (const i of [0, 500, 1918]) {
      const now = at(n, i);
      expect(Math.abs(now - before)).toBeLessThan(0.01);
      before = now;
    }
});

test('levelled music loops without a seam', () => {
  const period = 6 * 48_000;
  const tone = Int16Array.from(
    { length: 2 * period },
    (_, i) => 8000 * Math.sin(((i >> 1) * 2 * Math.PI * 100) / 48_000),
  );
  const music = musicFromLevelled(tone);
  const out = new Float32Array(1920);
  let last: number | undefined;
  for (let n = 0; n < 400; n++) {
    music.render(n, out);
    for (let i = 0; i < 1920; i += 2) {
      if (last !== undefined) expect(Math.abs(out[i]! - last)).toBeLessThan(0.01);
      last = out[i]!;
    }
  }
});
