import { Polarity } from '../../base/polarity.ts';
import type { Mono } from '../../base/resample.ts';

/** True when the bytes begin a WAV file. */
export const isWav = (bytes: Uint8Array): boolean =>
  (tag(bytes, 0) === 'RIFF' || tag(bytes, 0) === 'RF64') && tag(bytes, 8) === 'WAVE';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** There is no common order for more channels than these. */
const MAX_CHANNELS = 8;
/** Frames per step of the detection of opposite channels: 20 ms at 48 kHz. */
const TURN = 960;

type Sample = (view: DataView, at: number) => number;

/** Readers of samples, ±1, by format and width in bytes. Samples of eight bits are unsigned. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  [`${PCM} 1`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${PCM} 2`]: (view, at) => view.getInt16(at, true) / 32_768,
  [`${PCM} 3`]: (view, at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8_388_608,
  [`${PCM} 4`]: (view, at) => view.getInt32(at, true) / 2_147_483_648,
  [`${FLOAT} 4`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT} 8`]: (view, at) => view.getFloat64(at, true),
};

/**
 * Share of each channel in left and right, in the channel order of WAV files: front left and right, centre, bass, back,
 * sides. The bass channel is left out. Spec: ITU-R BS.775, annex 4.
 */
const LAYOUTS: Readonly<Record<number, readonly (readonly [left: number, right: number])[]>> = {
  1: [[1, 1]],
  2: [
    [1, 0],
    [0, 1],
  ],
  3: [
    [1, 0],
    [0, 1],
    [0.71, 0.71],
  ],
  4: [
    [1, 0],
    [0, 1],
    [0.71, 0],
    [0, 0.71],
  ],
  5: [
    [1, 0],
    [0, 1],
    [0.71, 0.71],
    [0.71, 0],
    [0, 0.71],
  ],
  6: [
    [1, 0],
    [0, 1],
    [0.71, 0.71],
    [0, 0],
    [0.71, 0],
    [0, 0.71],
  ],
  7: [
    [1, 0],
    [0, 1],
    [0.71, 0.71],
    [0, 0],
    [0.5, 0.5],
    [0.71, 0],
    [0, 0.71],
  ],
  8: [
    [1, 0],
    [0, 1],
    [0.71, 0.71],
    [0, 0],
    [0.71, 0],
    [0, 0.71],
    [0.71, 0],
    [0, 0.71],
  ],
};

/**
 * Reads WAV of 8, 16, 24 and 32 bits or floats with one to eight channels, mixed to one. Left and right in opposite
 * phase do not cancel. A truncated file is read as far as it goes. A string says in words why the file cannot be read.
 * Spec: Multimedia Programming Interface and Data Specifications 1.0; EBU Tech 3306 (RF64).
 */
export function readWav(bytes: Uint8Array): Mono | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [format, channels, rate, width] = [0, 0, 0, 0];
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = tag(bytes, at);
    const body = at + 8;
    const said = view.getUint32(at + 4, true);
    const size = Math.min(said, bytes.length - body);
    if (name === 'fmt ' && size >= 16) {
      format = view.getUint16(body, true);
      channels = view.getUint16(body + 2, true);
      rate = view.getUint32(body + 4, true);
      const frame = view.getUint16(body + 12, true);
      const bits = view.getUint16(body + 14, true);
      // 24 bits may be stored in the upper part of four bytes.
      width = channels > 0 && frame % channels === 0 && frame > 0 ? frame / channels : Math.ceil(bits / 8);
      if (format === EXTENSIBLE && size >= 26) format = view.getUint16(body + 24, true);
    }
    if (name === 'data') {
      if (format === 0)
        return 'This WAV file does not say how its sound is encoded: its beginning is damaged.';
      const layout = LAYOUTS[channels];
      if (!layout || channels > MAX_CHANNELS)
        return `This WAV file has ${channels} channels. Send it with one or two.`;
      const sample = SAMPLES[`${format} ${width}`];
      if (!sample)
        return `This WAV file is coded in format ${format} with ${width * 8} bits. Send 16-bit or 32-bit float.`;
      if (rate < 4_000 || rate > 384_000)
        return `This WAV file has ${rate} samples a second. Send it with 48,000.`;
      // A recorder that wrote to a pipe, or was killed, has left no size.
      const there = said === 0 || said >= 0xffffff00 ? bytes.length - body : size;
      return {
        rate,
        samples: mixedDown(view, body, Math.floor(there / (width * channels)), width, layout, sample),
      };
    }
    at = body + size + (size & 1);
  }
  return 'This WAV file has no sound in it: it may have been cut off.';
}

function mixedDown(
  view: DataView,
  body: number,
  frames: number,
  width: number,
  layout: readonly (readonly [left: number, right: number])[],
  sample: Sample,
): Float32Array {
  const mono = new Float32Array(frames);
  const polarity = new Polarity();
  const left = new Float32Array(TURN);
  const right = new Float32Array(TURN);
  const whole = Math.max(
    1,
    layout.reduce((sum, [l]) => sum + l, 0),
  );
  for (let from = 0; from < frames; from += TURN) {
    const count = Math.min(TURN, frames - from);
    left.fill(0);
    right.fill(0);
    for (let i = 0; i < count; i += 1) {
      let at = body + (from + i) * layout.length * width;
      for (const [l, r] of layout) {
        const value = sample(view, at);
        at += width;
        if (!Number.isFinite(value)) continue;
        left[i] = (left[i] as number) + value * l;
        right[i] = (right[i] as number) + value * r;
      }
    }
    if (layout.length > 1) polarity.run(left, right);
    for (let i = 0; i < count; i += 1)
      mono[from + i] = ((left[i] as number) + (right[i] as number)) / (2 * whole);
  }
  return mono;
}

const tag = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
