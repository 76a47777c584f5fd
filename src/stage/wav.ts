/** Sound of one channel. */
export interface Mono {
  readonly rate: number;
  readonly samples: Float32Array;
}

/** True when the bytes begin a WAV file. */
export const isWav = (bytes: Uint8Array): boolean => tag(bytes, 0) === 'RIFF' && tag(bytes, 8) === 'WAVE';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;

/** Reads 16-bit or 32-bit float WAV, channels averaged; undefined when it is coded otherwise or cut short. */
export function readWav(bytes: Uint8Array): Mono | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let format = 0;
  let channels = 0;
  let rate = 0;
  let bits = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(bytes, at);
    const body = at + 8;
    const size = Math.min(view.getUint32(at + 4, true), bytes.length - body);
    if (name === 'fmt ' && size >= 16) {
      format = view.getUint16(body, true);
      channels = view.getUint16(body + 2, true);
      rate = view.getUint32(body + 4, true);
      bits = view.getUint16(body + 14, true);
      if (format === EXTENSIBLE && size >= 26) format = view.getUint16(body + 24, true);
    }
    if (name === 'data') {
      const short = format === PCM && bits === 16;
      if (!short && !(format === FLOAT && bits === 32)) return undefined;
      if (channels < 1 || channels > 8 || rate < 8_000 || rate > 192_000) return undefined;
      const width = short ? 2 : 4;
      const samples = new Float32Array(Math.floor(size / (width * channels)));
      for (let i = 0; i < samples.length; i += 1) {
        let sum = 0;
        for (let c = 0; c < channels; c += 1) {
          const offset = body + (i * channels + c) * width;
          sum += short ? view.getInt16(offset, true) / 32_768 : view.getFloat32(offset, true);
        }
        samples[i] = sum / channels;
      }
      return { rate, samples };
    }
    at = body + size + (size & 1);
  }
  return undefined;
}

/** Taps on either side of a sample, in samples of the lower rate. */
const HALF_WIDTH = 24;

/** The same sound at another rate: windowed sinc, everything above the lower Nyquist limit removed. */
export function resample(sound: Mono, rate: number): Float32Array {
  if (sound.rate === rate) return sound.samples;
  const ratio = sound.rate / rate;
  const cutoff = Math.min(1, 1 / ratio) * 0.96;
  const half = Math.ceil(HALF_WIDTH * Math.max(1, ratio));
  const { samples } = sound;
  const out = new Float32Array(Math.floor(samples.length / ratio));
  for (let i = 0; i < out.length; i += 1) {
    const centre = i * ratio;
    const from = Math.max(0, Math.ceil(centre - half));
    const to = Math.min(samples.length - 1, Math.floor(centre + half));
    let sum = 0;
    for (let k = from; k <= to; k += 1) {
      const x = k - centre;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / half);
      const angle = Math.PI * cutoff * x;
      sum += (samples[k] ?? 0) * window * (x === 0 ? cutoff : (cutoff * Math.sin(angle)) / angle);
    }
    out[i] = sum;
  }
  return out;
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
