import { BLOCK_TICKS } from '../base/time.ts';
import { MAX_OVERSHOOT, PEAK_TAPS, peakAt } from './true-peak.ts';

/** Ceiling of the program before coding: 0.5 dB below −1 dBTP, for peaks that the interpolation misses. */
export const CEILING_DBTP = -1.5;
/** Time before a peak at which the gain begins to fall: 5 ms. */
const LOOK_AHEAD = 240;
/** Delay of the program through the limiter, in samples. */
export const LIMITER_DELAY = LOOK_AHEAD + PEAK_TAPS / 2;

const CEILING = 10 ** (CEILING_DBTP / 20);
/** Recovery by 63 % in 120 ms: slower than the pitch period of a voice, faster than a word. */
const RELEASE = 1 - Math.exp(-1 / (0.12 * 48_000));
const SIZE = LIMITER_DELAY + PEAK_TAPS + BLOCK_TICKS;
const KEPT = SIZE - BLOCK_TICKS;

/** Samples examined together. Where none of them is near the ceiling, the peaks between them need not be computed. */
const STRETCH = 48;

/** Holds the program's true peak below the ceiling without clipping: the gain falls before the peak arrives. */
export class Limiter {
  #left = new Float32Array(SIZE);
  #right = new Float32Array(SIZE);
  /** Required gains of the last look-ahead, as a queue of candidates for their minimum. */
  #lows = new Float64Array(LOOK_AHEAD + 4);
  #lowAt = new Float64Array(LOOK_AHEAD + 4);
  #head = 0;
  #length = 0;
  #now = 0;
  #envelope = 1;
  #smooth = new Float64Array(LOOK_AHEAD).fill(1);
  #sum = LOOK_AHEAD;
  #slot = 0;
  #calm = LOOK_AHEAD * 2;

  /** Limits one block in place. The output is the input of `LIMITER_DELAY` samples ago. */
  run(left: Float32Array, right: Float32Array): void {
    const l = this.#left;
    const r = this.#right;
    l.copyWithin(0, BLOCK_TICKS);
    r.copyWithin(0, BLOCK_TICKS);
    l.set(left, KEPT);
    r.set(right, KEPT);
    let loudest = 0;
    let stereo = false;
    for (let i = KEPT - PEAK_TAPS; i < SIZE; i += 1) {
      const a = Math.abs(l[i] as number);
      const b = Math.abs(r[i] as number);
      if (a > loudest) loudest = a;
      if (b > loudest) loudest = b;
      if (l[i] !== r[i]) stereo = true;
    }
    const from = KEPT - LIMITER_DELAY;
    if (loudest * MAX_OVERSHOOT <= CEILING && this.#calm >= 2 * LOOK_AHEAD) {
      left.set(l.subarray(from, from + BLOCK_TICKS));
      right.set(r.subarray(from, from + BLOCK_TICKS));
      return;
    }
    for (let begin = 0; begin < BLOCK_TICKS; begin += STRETCH) {
      const loud = loudestOf(l, r, KEPT + begin) * MAX_OVERSHOOT > CEILING;
      for (let i = begin; i < begin + STRETCH; i += 1) {
        const at = KEPT + i;
        const peak = loud ? (stereo ? Math.max(peakAt(l, at), peakAt(r, at)) : peakAt(l, at)) : 0;
        const gain = this.#bend(peak > CEILING ? CEILING / peak : 1);
        left[i] = (l[from + i] as number) * gain;
        right[i] = (r[from + i] as number) * gain;
      }
    }
  }

  /** Minimum over the look-ahead, released slowly, averaged over the look-ahead; never above what any peak needs. */
  #bend(needed: number): number {
    const size = this.#lows.length;
    this.#now += 1;
    while (this.#length > 0 && (this.#lows[(this.#head + this.#length - 1) % size] as number) >= needed)
      this.#length -= 1;
    const tail = (this.#head + this.#length) % size;
    this.#lows[tail] = needed;
    this.#lowAt[tail] = this.#now;
    this.#length += 1;
    if ((this.#lowAt[this.#head] as number) <= this.#now - LOOK_AHEAD - 2) {
      this.#head = (this.#head + 1) % size;
      this.#length -= 1;
    }
    const low = this.#lows[this.#head] as number;
    this.#envelope = low < this.#envelope ? low : this.#envelope + (low - this.#envelope) * RELEASE;
    if (this.#envelope > 0.99999) this.#envelope = 1;
    this.#sum += this.#envelope - (this.#smooth[this.#slot] as number);
    this.#smooth[this.#slot] = this.#envelope;
    this.#slot = (this.#slot + 1) % LOOK_AHEAD;
    this.#calm = this.#envelope === 1 ? this.#calm + 1 : 0;
    if (this.#calm >= LOOK_AHEAD) this.#sum = LOOK_AHEAD;
    return this.#sum / LOOK_AHEAD;
  }
}

/** Largest sample of the stretch that begins at `at`, including the earlier samples that its interpolation uses. */
function loudestOf(left: Float32Array, right: Float32Array, at: number): number {
  let loudest = 0;
  for (let i = at - PEAK_TAPS + 1; i < at + STRETCH; i += 1) {
    const a = Math.abs(left[i] as number);
    const b = Math.abs(right[i] as number);
    if (a > loudest) loudest = a;
    if (b > loudest) loudest = b;
  }
  return loudest;
}
