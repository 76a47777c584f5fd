import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { createDecoder } from 'libopus-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../../test/webrtc.ts';
import { systemClock } from '../../base/clock.ts';
import type { Slug, SpeakerId } from '../../base/ids.ts';
import { silentLog } from '../../base/log.ts';
import type { Packet } from '../../base/media.ts';
import { resample } from '../../base/resample.ts';
import { openTokens } from '../../keys/token.ts';
import { type OpusPacket, open, readSound, speak } from '../index.ts';
import { readWav } from './wav.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-sound-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A tone of half amplitude as a WAV file. */
function wav(rate: number, channels: number, float: boolean, seconds: number, tone: number): Buffer {
  const width = float ? 4 : 2;
  const frames = Math.round(rate * seconds);
  const bytes = Buffer.alloc(44 + frames * channels * width);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(float ? 3 : 1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * channels * width, 28);
  bytes.writeUInt16LE(channels * width, 32);
  bytes.writeUInt16LE(width * 8, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(frames * channels * width, 40);
  for (let i = 0; i < frames; i += 1)
    for (let c = 0; c < channels; c += 1) {
      const sample = 0.5 * Math.sin((2 * Math.PI * tone * i) / rate);
      const at = 44 + (i * channels + c) * width;
      if (float) bytes.writeFloatLE(sample, at);
      else bytes.writeInt16LE(Math.round(sample * 32_767), at);
    }
  return bytes;
}

/** The amplitude of a tone within a sound. */
function amplitude(samples: Float32Array, tone: number, rate = 48_000): number {
  let [re, im] = [0, 0];
  samples.forEach((sample, i) => {
    re += sample * Math.cos((2 * Math.PI * tone * i) / rate);
    im += sample * Math.sin((2 * Math.PI * tone * i) / rate);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

async function decode(packets: Iterable<OpusPacket> | AsyncIterable<OpusPacket>): Promise<Float32Array> {
  using decoder = await createDecoder({ channels: 1, maxFrameSize: 5_760 });
  const parts: number[] = [];
  for await (const { payload, samples } of packets) {
    const pcm = decoder.decodeFloat(payload);
    expect(pcm.length).toBe(samples);
    for (const sample of pcm) parts.push(sample);
  }
  return Float32Array.from(parts);
}

describe('a sound file', () => {
  test.each([
    [48_000, 1, false],
    [44_100, 2, false],
    [8_000, 1, true],
    [96_000, 2, true],
  ])('of %i Hz, %i channels is encoded and sounds as it did', async (rate, channels, float) => {
    const file = join(folder, 'tone.wav');
    writeFileSync(file, wav(rate, channels, float, 1, 1_000));
    const sound = await readSound(file);
    const samples = await decode(sound);
    expect(Math.abs(samples.length - 48_000)).toBeLessThanOrEqual(960);
    expect(amplitude(samples.subarray(9_600, 38_400), 1_000)).toBeGreaterThan(0.4);
    expect(amplitude(samples.subarray(9_600, 38_400), 1_000)).toBeLessThan(0.6);
    // The same sound can be used again.
    expect((await decode(sound)).length).toBe(samples.length);
  });

  /** The tone as a WAV file of another coding, with one channel per entry of `gains`, scaled by it. */
  function coded(
    format: number,
    width: number,
    gains: readonly number[],
    more: { extensible?: boolean; size?: number } = {},
  ): Buffer {
    const head = Buffer.alloc(more.extensible ? 68 : 44);
    const frames = 9_600;
    const body = Buffer.alloc(frames * gains.length * width);
    head.write('RIFF', 0);
    head.write('WAVEfmt ', 8);
    head.writeUInt32LE(more.extensible ? 40 : 16, 16);
    head.writeUInt16LE(more.extensible ? 0xfffe : format, 20);
    head.writeUInt16LE(gains.length, 22);
    head.writeUInt32LE(48_000, 24);
    head.writeUInt16LE(gains.length * width, 32);
    head.writeUInt16LE(width * 8, 34);
    if (more.extensible) head.writeUInt16LE(format, 44);
    head.write('data', head.length - 8);
    head.writeUInt32LE(more.size ?? body.length, head.length - 4);
    for (let i = 0; i < frames; i += 1)
      for (const [c, gain] of gains.entries()) {
        const x = 0.5 * gain * Math.sin((2 * Math.PI * 1_000 * i) / 48_000);
        const at = (i * gains.length + c) * width;
        if (format === 3 && width === 4) body.writeFloatLE(x, at);
        else if (format === 3) body.writeDoubleLE(x, at);
        else if (width === 1) body.writeUInt8(Math.round(x * 127 + 128), at);
        else body.writeIntLE(Math.round(x * (2 ** (8 * width - 1) - 1)), at, width);
      }
    return Buffer.concat([head, body]);
  }

  test.each([
    ['8 bits', coded(1, 1, [1]), 0.5],
    ['24 bits', coded(1, 3, [1, 1]), 0.5],
    ['32 bits', coded(1, 4, [1]), 0.5],
    ['floats', coded(3, 4, [1, 1]), 0.5],
    ['long floats', coded(3, 8, [1]), 0.5],
    ['24 bits, in the extensible form', coded(1, 3, [1, 1], { extensible: true }), 0.5],
    ['floats, in the extensible form', coded(3, 4, [1, 1], { extensible: true }), 0.5],
    ['a size of nothing', coded(1, 2, [1], { size: 0 }), 0.5],
    ['a size without end', coded(1, 2, [1], { size: 0xffffffff }), 0.5],
    ['an end that broke off', coded(1, 2, [1]).subarray(0, 15_000), 0.5],
    ['one channel of two', coded(1, 2, [1, 0]), 0.25],
    ['opposite channels', coded(1, 2, [1, -1]), 0.5],
    ['opposite channels, one of them quieter', coded(3, 4, [1, -0.5]), 0.375],
    ['5.1', coded(1, 2, [1, 1, 1, 1, 1, 1]), 0.5],
    ['four channels', coded(1, 2, [1, 1, 1, 1]), 0.5],
    ['the centre alone of 5.1', coded(1, 2, [0, 0, 1, 0, 0, 0]), 0.147],
  ])('of %s is read as it sounds', (_, bytes, level) => {
    const sound = readWav(bytes);
    if (typeof sound === 'string') throw new Error(sound);
    expect(amplitude(sound.samples.subarray(0, 4_800), 1_000)).toBeCloseTo(level, 1);
    expect(sound.rate).toBe(48_000);
  });

  test.each([
    ['sixteen channels', coded(1, 2, new Array(16).fill(1)), /16 channels/],
    ['no channels', coded(1, 2, []), /0 channels/],
    ['a coding of telephones', coded(17, 1, [1]), /format 17 with 8 bits/],
    [
      'no format',
      Buffer.concat([Buffer.from('RIFF....WAVEdata....'), Buffer.alloc(400)]),
      /beginning is damaged/,
    ],
    ['nothing but a head', coded(1, 2, [1]).subarray(0, 40), /cut off/],
  ])('of %s is refused in words', (_, bytes, words) => {
    expect(readWav(bytes)).toMatch(words);
  });

  test('of a higher rate does not fold down when it is resampled', () => {
    const high = readWav(wav(96_000, 1, true, 0.5, 30_000));
    if (typeof high === 'string') throw new Error(high);
    const low = resample(high, 48_000);
    expect(Math.max(...low.subarray(2_000, 20_000))).toBeLessThan(0.005);
  });

  test('of Ogg Opus goes through packet by packet', async () => {
    const source = join(folder, 'source.wav');
    const file = join(folder, 'tone.opus');
    writeFileSync(source, wav(48_000, 1, false, 1, 700));
    const made = spawnSync('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-i',
      source,
      '-c:a',
      'libopus',
      '-frame_duration',
      '40',
      file,
    ]);
    expect(made.status).toBe(0);
    const packets: OpusPacket[] = [];
    for await (const packet of await readSound(file)) packets.push(packet);
    expect(packets.every((packet) => packet.samples === 1_920)).toBe(true);
    expect(amplitude((await decode(packets)).subarray(9_600, 38_400), 700)).toBeGreaterThan(0.4);
  });

  test('in any other format is decoded by FFmpeg; what is no sound is refused', async () => {
    const source = join(folder, 'source.wav');
    const file = join(folder, 'tone.flac');
    writeFileSync(source, wav(44_100, 2, false, 1, 700));
    expect(spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', source, file]).status).toBe(0);
    const samples = await decode(await readSound(file));
    expect(Math.abs(samples.length - 48_000)).toBeLessThanOrEqual(1_920);
    expect(amplitude(samples.subarray(9_600, 38_400), 700)).toBeGreaterThan(0.4);
    const text = join(folder, 'text.mp3');
    writeFileSync(text, 'this is not sound');
    await expect(decode(await readSound(text))).rejects.toMatchObject({ code: 'unsupported-media-type' });
    await expect(readSound(join(folder, 'none.wav'))).rejects.toMatchObject({ code: 'bad-request' });
  });

  test('that is cut short or lies about its size is read as far as it goes', () => {
    const bytes = wav(48_000, 1, false, 1, 700);
    expect(readWav(bytes.subarray(0, 20_044))).toMatchObject({ samples: { length: 10_000 } });
    expect(readWav(bytes.subarray(0, 40))).toMatch(/cut off/);
  });
});

describe('a bot', () => {
  test('speaks in real time through WHIP and leaves, also when told to stop; a refusal has the server’s code', async () => {
    const slug = 'bot-room' as Slug;
    const tokens = openTokens(Buffer.alloc(32, 4));
    await using stage = await open({
      clock: systemClock,
      log: silentLog,
      tokens,
      udpPort: 0,
      iceServers: [],
      maxSpeakers: 2,
    });
    const packets: Packet[] = [];
    const events: string[] = [];
    stage.openRoom(slug, {
      packet: (packet) => void packets.push(packet),
      joined: (id) => void events.push(`joined ${id}`),
      left: (id) => void events.push(`left ${id}`),
      muted() {},
      removed() {},
      changed() {},
    });
    const server = await new Promise<{ port: number; close(): void }>((done) => {
      const http = serve({ fetch: stage.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
        done({ port, close: () => void http.close() }),
      );
    });
    const whip = `http://127.0.0.1:${server.port}/r/bot-room/whip`;
    const token = await tokens.sign({ slug, speaker: 'bot' as SpeakerId, role: 'speaker', name: 'Bot' });
    const file = join(folder, 'bot.wav');
    writeFileSync(file, wav(48_000, 1, false, 1.5, 440));
    const began = systemClock.now();
    let heard = 0;
    const connected = (): void => {
      heard += 1;
    };
    const report = await speak({ whip, token, sound: await readSound(file), log: silentLog, connected });
    expect(heard).toBe(1);
    expect(report).toMatchObject({ packets: 75, seconds: 1.5 });
    expect(packets).toHaveLength(75);
    // Never ahead of real time. How far behind depends on the machine.
    expect((packets.at(-1)?.arrival ?? 0) - began).toBeGreaterThan(74 * 20 - 1);
    // −dBov of a sine at half amplitude: 9 dB below a full-scale square wave.
    expect(packets.slice(5).every((packet) => packet.level === 9)).toBe(true);
    const samples = await decode(packets.map(({ payload }) => ({ payload, samples: 960 })));
    expect(amplitude(samples.subarray(9_600, 57_600), 440)).toBeGreaterThan(0.4);
    expect(events).toEqual(['joined bot', 'left bot']);
    // An Opus file says nothing about loudness, though the bot offered to report levels.
    const mute: OpusPacket[] = [];
    for await (const { payload, samples } of await readSound(file)) mute.push({ payload, samples });
    packets.length = 0;
    await speak({ whip, token, sound: mute, log: silentLog });
    expect(packets.slice(-20).map(({ level = 127 }) => Math.abs(level - 9) <= 1)).toEqual(
      Array(20).fill(true),
    );
    packets.length = events.length = 0;
    const stop = new AbortController();
    const endless = (function* () {
      for (;;) yield new Float32Array(960);
    })();
    const cut = speak({ whip, token, sound: endless, signal: stop.signal, log: silentLog });
    await until('it speaks', () => packets.length > 5);
    stop.abort();
    expect((await cut).packets).toBeGreaterThan(4);
    await until('it has left', () => events.length === 2);
    expect((await speak({ whip, token, sound: endless, signal: stop.signal, log: silentLog })).packets).toBe(
      0,
    );
    await expect(speak({ whip, token: 'nonsense', sound: [], log: silentLog })).rejects.toMatchObject({
      code: 'token-invalid',
    });
    server.close();
  });
});
