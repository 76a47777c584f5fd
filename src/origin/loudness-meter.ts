import { gatedLufs, K_HIGH_PASS, K_SHELF } from '../base/loudness.ts';
import { TICKS_PER_SECOND } from '../base/time.ts';

/** Gating blocks of 400 ms begin every 100 ms. */
const HOP = TICKS_PER_SECOND / 10;
const HOPS_PER_BLOCK = 4;

/** Integrated loudness of a stereo signal; grows by 40 bytes a second. Spec: ITU-R BS.1770-5, EBU R 128. */
export class LoudnessMeter {
  /** Largest sample, 0 to 1 and above. */
  peak = 0;
  /** Per channel the last two values of each filter's input and output, which they share in the middle. */
  readonly #states = [new Float64Array(6), new Float64Array(6)] as const;
  readonly #hops: number[] = [];
  #sum = 0;
  #count = 0;

  /** Takes interleaved left and right, 48 kHz, full scale ±1. */
  push(samples: Float32Array): void {
    for (let from = 0; from + 1 < samples.length; ) {
      const to = Math.min(samples.length & ~1, from + 2 * (HOP - this.#count));
      this.#sum +=
        this.#weigh(samples, from, to, this.#states[0]) + this.#weigh(samples, from + 1, to, this.#states[1]);
      this.#count += (to - from) / 2;
      from = to;
      if (this.#count === HOP) {
        this.#hops.push(this.#sum / HOP);
        this.#sum = 0;
        this.#count = 0;
      }
    }
  }

  /** The weighted power of every second sample; both filters in one loop, because two hours are 700 million samples. */
  #weigh(samples: Float32Array, from: number, to: number, state: Float64Array): number {
    const [b0, b1, b2, a1, a2] = K_SHELF;
    const [c0, c1, c2, d1, d2] = K_HIGH_PASS;
    let [x1 = 0, x2 = 0, y1 = 0, y2 = 0, z1 = 0, z2 = 0] = state;
    let peak = this.peak;
    let power = 0;
    for (let index = from; index < to; index += 2) {
      const x = samples[index] ?? 0;
      const size = x < 0 ? -x : x;
      if (size > peak) peak = size;
      const y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2;
      const z = c0 * y + c1 * y1 + c2 * y2 - d1 * z1 - d2 * z2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      power += z * z;
    }
    this.peak = peak;
    state.set([x1, x2, y1, y2, z1, z2]);
    return power;
  }

  /** LUFS of all so far; undefined while nothing was louder than −70. */
  integrated(): number | undefined {
    const blocks: number[] = [];
    for (let at = HOPS_PER_BLOCK; at <= this.#hops.length; at++)
      blocks.push(mean(this.#hops.slice(at - HOPS_PER_BLOCK, at)));
    const loudness = gatedLufs(blocks);
    return Number.isFinite(loudness) ? loudness : undefined;
  }
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
