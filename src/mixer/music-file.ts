import { EarshotError } from '../base/errors.ts';
import { LONGEST_MUSIC_SECONDS } from '../base/media.ts';
import { Polarity } from '../base/polarity.ts';
import { resample } from '../base/resample.ts';
import { BLOCK_TICKS, TICKS_PER_SECOND } from '../base/time.ts';
import { channelsInWords, isOggOpus, readOgg, surroundChannels } from '../media/ogg-packets.ts';
import { MAX_PACKET_TICKS, packetTicks } from '../media/opus-packet.ts';
import { openDecoder } from './decoder.ts';
import { musicGain } from './looped-music.ts';

/** Minimum length. Shorter music repeats too often. */
const SHORTEST_MUSIC_SECONDS = 5;

const MOST_FRAMES = LONGEST_MUSIC_SECONDS * TICKS_PER_SECOND;
/** Peaks are kept below this, whatever the loudness. */
const CEILING = 0.9;

/**
 * Decodes a host's music: WAV (16-bit or float, one or two channels, any usual rate) or Ogg Opus. The result is
 * interleaved stereo at 48 kHz: the first two minutes, levelled for `musicFromLevelled`. Decoding takes up to a second
 * of CPU time, so it must not run on a thread that mixes.
 * @throws EarshotError `unsupported-media-type` or `unprocessable`, with what to do instead.
 */
export async function readMusic(bytes: Uint8Array): Promise<Int16Array<ArrayBuffer>> {
  const pcm = isOggOpus(bytes) ? await opus(bytes) : wav(bytes);
  if (!pcm)
    throw new EarshotError(
      'unsupported-media-type',
      'Send WAV (16-bit or float, one or two channels) or Ogg Opus. The studio page takes whatever your browser can play.',
    );
  if (pcm.length < 2 * SHORTEST_MUSIC_SECONDS * TICKS_PER_SECOND)
    throw new EarshotError('unprocessable', `Music must be at least ${SHORTEST_MUSIC_SECONDS} seconds long.`);
  let peak = 0;
  for (let i = 0; i < pcm.length; i += 1) {
    if (!Number.isFinite(pcm[i])) pcm[i] = 0;
    peak = Math.max(peak, Math.abs(pcm[i] as number));
  }
  unturned(pcm);
  if (peak < 1e-4) throw new EarshotError('unprocessable', 'This file is silent.');
  const gain = Math.min(musicGain(pcm), CEILING / peak) * 32_767;
  const out = new Int16Array(pcm.length);
  for (let i = 0; i < out.length; i += 1) out[i] = Math.round((pcm[i] as number) * gain);
  return out;
}

/** Inverts the right channel in place where it is opposite to the left, because the mono sum would be silent. */
function unturned(pcm: Float32Array): void {
  const polarity = new Polarity();
  const left = new Float32Array(BLOCK_TICKS);
  const right = new Float32Array(BLOCK_TICKS);
  for (let at = 0; at + 2 * BLOCK_TICKS <= pcm.length; at += 2 * BLOCK_TICKS) {
    for (let i = 0; i < BLOCK_TICKS; i += 1) {
      left[i] = pcm[at + 2 * i] as number;
      right[i] = pcm[at + 2 * i + 1] as number;
    }
    polarity.run(left, right);
    for (let i = 0; i < BLOCK_TICKS; i += 1) pcm[at + 2 * i + 1] = right[i] as number;
  }
}

async function opus(bytes: Uint8Array): Promise<Float32Array> {
  const surround = surroundChannels(bytes);
  if (surround !== undefined)
    throw new EarshotError(
      'unprocessable',
      `This file has ${channelsInWords(surround)}. Send it with one or two.`,
    );
  using decoder = await openDecoder();
  // Grows: most files are short, and two minutes are 46 MB.
  let pcm = new Float32Array(2 * MAX_PACKET_TICKS);
  let at = 0;
  for (const packet of readOgg(bytes)) {
    if (at >= 2 * MOST_FRAMES) break;
    const ticks = packetTicks(packet);
    if (ticks === 0) continue;
    if (at + 2 * MAX_PACKET_TICKS > pcm.length) {
      const larger = new Float32Array(2 * pcm.length);
      larger.set(pcm);
      pcm = larger;
    }
    try {
      const sound = decoder.decodeFloat(packet);
      pcm.set(sound, at);
      at += sound.length;
    } catch {
      at += 2 * Math.min(ticks, BLOCK_TICKS);
    }
  }
  return pcm.subarray(0, Math.min(at, 2 * MOST_FRAMES));
}

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Accepted sample rates, Hz. */
const [LOWEST_RATE, HIGHEST_RATE] = [8_000, 384_000];

/** Spec: Multimedia Programming Interface and Data Specifications 1.0, "Waveform Audio File Format". */
function wav(bytes: Uint8Array): Float32Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') return undefined;
  let [format, channels, rate, bits] = [0, 0, 0, 0];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const body = at + 8;
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - body);
    if (tag(at) === 'fmt ' && size >= 16) {
      format = view.getUint16(body, true);
      channels = view.getUint16(body + 2, true);
      rate = view.getUint32(body + 4, true);
      bits = view.getUint16(body + 14, true);
      if (format === EXTENSIBLE && size >= 26) format = view.getUint16(body + 24, true);
    }
    if (tag(at) === 'data') {
      const short = format === PCM && bits === 16;
      const refuse = (said: string): never => {
        throw new EarshotError('unprocessable', said);
      };
      if (channels !== 1 && channels !== 2)
        refuse(`This WAV file has ${channelsInWords(channels)}. Send it with one or two.`);
      if (rate < LOWEST_RATE || rate > HIGHEST_RATE)
        refuse(`This WAV file has ${rate.toLocaleString('en')} samples a second. Send it with 48,000.`);
      if (!short && !(format === FLOAT && bits === 32))
        refuse(`This WAV file is coded as ${bits} bits (format ${format}). Send 16-bit or 32-bit float.`);
      const width = short ? 2 : 4;
      const frames = Math.min(LONGEST_MUSIC_SECONDS * rate, Math.floor(size / (width * channels)));
      const channel = (from: number): Float32Array => {
        const samples = new Float32Array(frames);
        for (let i = 0; i < frames; i += 1) {
          const place = body + (i * channels + from) * width;
          const value = short ? view.getInt16(place, true) / 32_768 : view.getFloat32(place, true);
          // Resampling would spread a NaN or an infinity to its neighbours.
          samples[i] = Number.isFinite(value) ? value : 0;
        }
        return resample({ rate, samples }, TICKS_PER_SECOND);
      };
      const left = channel(0);
      const right = channels === 2 ? channel(1) : left;
      const pcm = new Float32Array(2 * left.length);
      for (let i = 0; i < left.length; i += 1) {
        pcm[2 * i] = left[i] as number;
        pcm[2 * i + 1] = right[i] as number;
      }
      return pcm;
    }
    at = body + size + (size & 1);
  }
  throw new EarshotError('unprocessable', 'This WAV file has no sound in it: it may have been cut off.');
}
