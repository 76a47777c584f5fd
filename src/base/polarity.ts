/** What is left of a mono sum, as a share of the power of both channels, below which they are opposite, and above which they are not. */
const OPPOSITE_BELOW = 0.3;
const ALIKE_ABOVE = 0.6;
/** Share of a block of 20 ms in what is measured: half a second decides. */
const QUICK = 0.04;
/** Mean square below which a block says nothing: −70 dBFS. */
const FLOOR = 1e-7;
/** Turning takes so many blocks: the right channel goes through silence in 40 ms, without a step. */
const TURN_BLOCKS = 2;

/**
 * Watches whether left and right of one source are opposite, as with a balanced line in a stereo input, and then turns
 * the right channel over, so that they do not cancel each other wherever somebody hears their sum. One channel alone and
 * ordinary stereo stay as they are.
 */
export class Polarity {
  #sum = 0;
  #whole = 0;
  #opposite = false;
  /** The right channel's gain: 1, or −1 when turned over. */
  #gain = 1;

  /** Whether left and right are opposite now, and the right one is turned over. */
  get opposite(): boolean {
    return this.#opposite;
  }

  /** Measures a block of 20 ms and turns `right` over in place where it must be. */
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

  /** `whole` is what the sum would have if both channels were the same. */
  #judge(sum: number, whole: number): void {
    // The first block decides at once: nobody should miss the first word.
    const first = this.#whole === 0;
    const share = first ? 1 : QUICK;
    this.#sum += (sum - this.#sum) * share;
    this.#whole += (whole - this.#whole) * share;
    const left = this.#sum / this.#whole;
    if (left < OPPOSITE_BELOW) this.#opposite = true;
    else if (left > ALIKE_ABOVE) this.#opposite = false;
    // Nothing was heard before: there is no step to avoid.
    if (first && this.#opposite) this.#gain = -1;
  }
}
