/**
 * Power of the mono sum as a share of the power of both channels. Below the first value they are in opposite phase,
 * above the second they are not.
 */
const OPPOSITE_BELOW = 0.3;
const ALIKE_ABOVE = 0.6;
/** Weight of a block of 20 ms in the estimate: half a second decides. */
const QUICK = 0.04;
/** Mean square below which a block is ignored: −70 dBFS. */
const FLOOR = 1e-7;
/** Blocks that an inversion takes: the right channel goes through silence in 40 ms, without a step. */
const TURN_BLOCKS = 2;

/**
 * Detects whether left and right of one source are in opposite phase, as with a balanced line in a stereo input. It
 * then inverts the right channel, so that the two do not cancel each other in a mono sum. A single channel and ordinary
 * stereo are not changed.
 */
export class Polarity {
  #sum = 0;
  #whole = 0;
  #opposite = false;
  /** Gain of the right channel: 1, or −1 when inverted. */
  #gain = 1;

  /** Whether left and right are in opposite phase now, so that the right one is inverted. */
  get opposite(): boolean {
    return this.#opposite;
  }

  /** Measures a block of 20 ms and inverts `right` in place if necessary. */
  run(left: Float32Array, right: Float32Array): void {
    let sum = 0;
    let whole = 0;
    for (let i = 0; i < left.length; i += 1) {
      const l = left[i] as number;
      const r = right[i] as number;
      sum += (l + r) * (l + r);
      whole += l * l + r * r;
    }
    if (whole > FLOOR * left.length && Number.isFinite(whole)) this.#judge(sum, 2 * whole);
    const target = this.#opposite ? -1 : 1;
    const from = this.#gain;
    if (from === 1 && target === 1) return;
    const way = 2 / TURN_BLOCKS;
    const to = Math.abs(target - from) <= way ? target : from + Math.sign(target - from) * way;
    const step = (to - from) / right.length;
    let gain = from;
    for (let i = 0; i < right.length; i += 1) {
      gain += step;
      right[i] = (right[i] as number) * gain;
    }
    this.#gain = to;
  }

  /** `whole` is the power that the sum would have if both channels were equal. */
  #judge(sum: number, whole: number): void {
    // The first block decides at once, so that nobody misses the first word.
    const first = this.#whole === 0;
    const share = first ? 1 : QUICK;
    this.#sum += (sum - this.#sum) * share;
    this.#whole += (whole - this.#whole) * share;
    const left = this.#sum / this.#whole;
    if (left < OPPOSITE_BELOW) this.#opposite = true;
    else if (left > ALIKE_ABOVE) this.#opposite = false;
    // Nothing was heard before, so there is no step to avoid.
    if (first && this.#opposite) this.#gain = -1;
  }
}
