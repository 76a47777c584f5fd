/** Sound with one channel. */
export interface Mono {
  readonly rate: number;
  readonly samples: Float32Array;
}

/** Taps on either side of a sample, in samples of the lower rate. */
const HALF_WIDTH = 24;
/**
 * Limit of fractional positions between two samples. Between usual rates there are fewer: 160 from 44.1 to 48 kHz. For
 * other rates the nearest position is used, with an error of −70 dB.
 */
const MOST_PLACES = 4_096;

/** Resamples sound to another rate: windowed sinc, everything above the lower Nyquist limit removed. */
export function resample(sound: Mono, rate: number): Float32Array {
  if (sound.rate === rate) return sound.samples;
  const ratio = sound.rate / rate;
  const cutoff = Math.min(1, 1 / ratio) * 0.96;
  const half = Math.ceil(HALF_WIDTH * Math.max(1, ratio));
  const { samples } = sound;
  const out = new Float32Array(Math.floor(samples.length / ratio));
  const places = Math.min(MOST_PLACES, rate / gcd(sound.rate, rate));
  // Each row of taps is computed once.
  const rows: (Float32Array | undefined)[] = [];
  for (let i = 0; i < out.length; i += 1) {
    const place = Math.round((((i * sound.rate) % rate) / rate) * places);
    // The position nearest to the next sample belongs to that sample.
    const first = Math.floor((i * sound.rate) / rate) + (place === places ? 1 : 0) - half + 1;
    const at = place === places ? 0 : place;
    const taps = rows[at] ?? row(at / places, half, cutoff);
    rows[at] = taps;
    let sum = 0;
    for (let k = 0; k < taps.length; k += 1) sum += (samples[first + k] ?? 0) * (taps[k] as number);
    out[i] = sum;
  }
  return out;
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function row(fraction: number, half: number, cutoff: number): Float32Array {
  return Float32Array.from({ length: 2 * half }, (_, k) => {
    const x = k - half + 1 - fraction;
    if (Math.abs(x) >= half) return 0;
    const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / half);
    const angle = Math.PI * cutoff * x;
    return window * (x === 0 ? cutoff : (cutoff * Math.sin(angle)) / angle);
  });
}
