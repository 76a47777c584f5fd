import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Application, createEncoder, Signal } from 'libopus-wasm';
import { EarshotError } from '../../base/errors.ts';
import { Polarity } from '../../base/polarity.ts';
import { resample } from '../../base/resample.ts';
import { BLOCK_TICKS, TICKS_PER_SECOND } from '../../base/time.ts';
import { channelsInWords, isOggOpus, readOgg, surroundChannels } from '../../media/ogg-packets.ts';
import { packetTicks } from '../../media/opus-packet.ts';
import { levelOf } from '../rtp/meter.ts';
import { isWav, readWav } from './wav.ts';

/** One Opus packet ready to be sent. */
export interface OpusPacket {
  readonly payload: Uint8Array;
  /** Its duration in samples at 48 kHz. */
  readonly samples: number;
  /** −dBov, if known. Spec: RFC 6464. */
  readonly level?: number;
}

/** The sound of a bot: 20 ms blocks of 960 samples (48 kHz, mono, ±1), or packets, or both. */
export type BotSound = Iterable<Float32Array | OpusPacket> | AsyncIterable<Float32Array | OpusPacket>;

/** Bitrate of the bot's own encoder, bit/s. */
const BITRATE = 32_000;
/** Limit of a sound file's size: about 100 minutes of 16-bit stereo. */
const MAX_FILE_BYTES = 1_200_000_000;

/**
 * Reads a sound file for `speak`; the result can be used more than once. WAV is encoded. Ogg Opus with one or two
 * channels is passed on packet by packet. Everything else is decoded by FFmpeg, if it is installed.
 * @throws EarshotError `bad-request` when there is no such file, `unsupported-media-type` when the file cannot be read
 * here, `too-large` above 1.2 GB.
 */
export async function readSound(file: string): Promise<AsyncIterable<OpusPacket>> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new EarshotError('bad-request', `${file} cannot be read: ${cause.message}`, { cause });
  });
  if (bytes.length > MAX_FILE_BYTES) throw new EarshotError('too-large', `${file} is larger than 1.2 GB`);
  const surround = isOggOpus(bytes) ? surroundChannels(bytes) : undefined;
  if (isOggOpus(bytes) && surround === undefined) return { [Symbol.asyncIterator]: () => packets(bytes) };
  const wav = isWav(bytes) ? readWav(bytes) : undefined;
  if (typeof wav === 'object') {
    const samples = resample(wav, TICKS_PER_SECOND);
    return { [Symbol.asyncIterator]: () => encoded(blocks([samples])) };
  }
  const why =
    wav ??
    (surround === undefined
      ? 'This is neither WAV nor Ogg Opus.'
      : `This file has ${channelsInWords(surround)}. Send it with one or two.`);
  await findDecoder(`${file} cannot be read, and no ffmpeg is on the PATH to decode it. ${why}`);
  return { [Symbol.asyncIterator]: () => encoded(blocks(decoded(file))) };
}

/** Encodes blocks on demand: 20 ms, mono, with in-band FEC. */
export async function* encoded(sound: BotSound): AsyncGenerator<OpusPacket> {
  using encoder = await createEncoder({
    channels: 1,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: BITRATE,
    complexity: 8,
    fec: true,
    packetLossPercent: 10,
  });
  for await (const item of sound) {
    if (item instanceof Float32Array)
      yield { payload: encoder.encodeFloat(item), samples: BLOCK_TICKS, level: levelOf(item) };
    else yield item;
  }
}

async function* packets(bytes: Uint8Array): AsyncGenerator<OpusPacket> {
  for (const payload of readOgg(bytes)) {
    const samples = packetTicks(payload);
    if (samples > 0) yield { payload, samples };
  }
}

/** Cuts sound of any length into blocks of 960; the last is filled up with silence. */
async function* blocks(
  chunks: Iterable<Float32Array> | AsyncIterable<Float32Array>,
): AsyncGenerator<Float32Array> {
  let block = new Float32Array(BLOCK_TICKS);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(BLOCK_TICKS - filled, chunk.length - at);
      block.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < BLOCK_TICKS) continue;
      yield block;
      block = new Float32Array(BLOCK_TICKS);
      filled = 0;
    }
  }
  if (filled > 0) yield block;
}

async function findDecoder(otherwise: string): Promise<void> {
  const found = await new Promise<boolean>((done) => {
    const child = spawn('ffmpeg', ['-version'], { stdio: 'ignore' });
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });
  if (!found) throw new EarshotError('unsupported-media-type', otherwise);
}

async function* decoded(file: string): AsyncGenerator<Float32Array> {
  const args = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file', '-i', `file:${resolve(file)}`];
  const child = spawn(
    'ffmpeg',
    [...args, '-map', '0:a:0', '-f', 'f32le', '-ac', '2', '-ar', '48000', 'pipe:1'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = new Promise<number | null>((done) => child.once('close', done));
  let complaint = '';
  child.stderr.on('data', (text) => {
    complaint = `${complaint}${text}`.slice(0, 500);
  });
  try {
    const polarity = new Polarity();
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      const bytes = Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % STEREO_BLOCK_BYTES);
      rest = bytes.subarray(whole);
      for (let at = 0; at < whole; at += STEREO_BLOCK_BYTES)
        yield monoBlock(bytes.subarray(at, at + STEREO_BLOCK_BYTES), polarity);
    }
    if (rest.length > 0) yield monoBlock(Buffer.concat([rest], STEREO_BLOCK_BYTES), polarity);
    if ((await ended) !== 0)
      throw new EarshotError('unsupported-media-type', `ffmpeg cannot decode ${file}: ${complaint.trim()}`);
  } finally {
    child.kill();
  }
}

/** 20 ms of two channels as floats. */
const STEREO_BLOCK_BYTES = 8 * BLOCK_TICKS;

/** The mono sum of both channels; channels in opposite phase do not cancel. */
function monoBlock(bytes: Buffer, polarity: Polarity): Float32Array {
  const left = Float32Array.from({ length: BLOCK_TICKS }, (_, i) => bytes.readFloatLE(8 * i));
  const right = Float32Array.from({ length: BLOCK_TICKS }, (_, i) => bytes.readFloatLE(8 * i + 4));
  polarity.run(left, right);
  return left.map((sample, i) => (sample + (right[i] as number)) / 2);
}
