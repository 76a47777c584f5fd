/**
 * Sound that is kept in the buffer at the start, seconds. Measured: changes of rate of 1 % with `preservesPitch =
 * false` cannot be heard.
 */
export const BASE_MARGIN = 0.3;
/** Largest margin that the player chooses by itself, seconds. */
export const MAX_MARGIN = 1.5;
const MARGIN_STEP = 0.15;
const DEAD_BAND = 0.04;
const FAR = 1;
/** If the buffer is short of the margin by more than this, it grows at twice the pace. */
const SHORT = 0.3;
/** Further behind than the margin by more than this, the player jumps instead of playing faster. */
const TOO_LATE = 3;
/** The slowest rate while the margin grows before writes become less frequent. */
const SLOWEST = 0.08;
/** The share of the available time within which the margin should have grown. */
const IN_TIME = 0.8;
const WINDOW = 1;
const CALM = 60;

/** What to do about the distance to the live edge. */
export interface Steering {
  readonly rate: number;
  /** Skip forward by this many seconds, 0 for none. */
  readonly jump: number;
}

/**
 * Keeps a margin of sound in the buffer, measured at the low-water mark: how much is left just before new
 * fragments arrive. (The level itself is a saw tooth with the period of the writes.)
 */
export class Edge {
  /** The least margin, whatever the buffer shows: for a network that stalls, or because the listener asked for it. */
  floor = 0;
  #margin: number;
  readonly #base: number;
  #rate = 1;
  #low: number | undefined;
  #lowest = Number.POSITIVE_INFINITY;
  #windowEnds = 0;
  #calmUntil = 0;
  /** What is kept beyond the margin, and from when on. */
  #extra = 0;
  #readyBy = 0;
  #surplus = 0;

  constructor(base = BASE_MARGIN) {
    this.#base = base;
    this.#margin = base;
  }

  /** How much should be left just before new fragments arrive. */
  get margin(): number {
    return Math.max(this.#margin, this.floor);
  }

  /** The smoothed low-water mark; undefined before the first measurement. */
  get low(): number | undefined {
    return this.#low;
  }

  /** Forgets the measurements, after a seek or with a new source. */
  reset(): void {
    this.#low = undefined;
    this.#lowest = Number.POSITIVE_INFINITY;
    this.#windowEnds = 0;
    this.#rate = 1;
  }

  /**
   * Announces that the time between writes grows by `extra` seconds, in `within` seconds at the earliest: raises the
   * low-water mark by that much.
   */
  prepare(extra: number, within: number, now: number): void {
    this.#extra = Math.max(0, extra);
    this.#readyBy = now + within;
  }

  /**
   * Writes have another period from now on: forgets the measurements, and allows `surplus` seconds beyond the margin.
   */
  arrived(surplus = 0): void {
    this.#extra = 0;
    this.#surplus = Math.max(0, surplus);
    this.reset();
  }

  /** The buffer ran dry: keeps more from now on. */
  starved(now: number): void {
    this.#margin = Math.max(this.#margin, Math.min(MAX_MARGIN, this.#margin + MARGIN_STEP));
    this.#calmUntil = now + CALM;
  }

  /** `left` seconds were buffered just before an append at `now` (seconds, monotonic), which came `late`. */
  sample(left: number, now: number, late = 0): Steering {
    this.#lowest = Math.min(this.#lowest, left + late);
    if (this.#windowEnds === 0) this.#windowEnds = now + WINDOW;
    if (now < this.#windowEnds) return { rate: this.#rate, jump: 0 };
    this.#windowEnds = now + WINDOW;
    const seen = this.#lowest;
    this.#low = this.#low === undefined ? this.#lowest : this.#low + (this.#lowest - this.#low) * 0.4;
    this.#lowest = Number.POSITIVE_INFINITY;
    if (now > this.#calmUntil && this.#margin > this.#base) {
      this.#margin = Math.max(this.#base, this.#margin - MARGIN_STEP / 3);
      this.#calmUntil = now + CALM;
    }
    const off = this.#low - this.margin - this.#extra;
    // Uses the last measurement, because the smoothed value lags while the buffer grows.
    const missing = this.margin + this.#extra - seen;
    if (this.#extra > 0 && (missing > 0 || off < 0)) {
      // One constant rate, changed only when it turns out to be too slow.
      const left = Math.max(1, (this.#readyBy - now) * IN_TIME);
      const slow = Math.min(SLOWEST, Math.ceil((missing / left) * 100) / 100);
      this.#rate = missing < DEAD_BAND ? 1 : Math.min(this.#rate, 1 - slow);
      return { rate: this.#rate, jump: 0 };
    }
    if (off < FAR) this.#surplus = 0;
    // Skips only sound that has arrived: what is missing may still be on its way, and behind it there is silence.
    const jump = Math.min(off, left - this.margin);
    if (off > TOO_LATE + this.#surplus && jump > TOO_LATE) {
      this.reset();
      return { rate: 1, jump };
    }
    // Keeps steering until the middle of the band is reached, so that the rate changes less often.
    const band = this.#rate === 1 ? DEAD_BAND : DEAD_BAND / 4;
    const step = Math.abs(off) > FAR ? (off > 0 ? 0.04 : 0.03) : off < -SHORT ? 0.02 : 0.01;
    this.#rate = Math.abs(off) <= band ? 1 : off > 0 ? 1 + step : 1 - step;
    return { rate: this.#rate, jump: 0 };
  }
}
