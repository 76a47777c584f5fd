/** A difference larger than the known one by more than this, twice in a row, means that a clock was set; ms. */
const SET_MS = 30_000;
/** The smallest difference is taken over the last one or two periods of this length, because clocks drift; ms. */
const STRETCH_MS = 600_000;

/**
 * How far this device's clock is ahead of the server's, in ms. The smallest difference seen is the truest: the rest is
 * time on the way and in caches. It may be hours, and it changes while a page is open: clocks drift and are set.
 */
export class Skew {
  #now: number | undefined;
  #before: number | undefined;
  #ends = 0;
  #far = 0;

  /** The difference; undefined before the first news. */
  get value(): number | undefined {
    return this.#now === undefined ? this.#before : Math.min(this.#now, this.#before ?? this.#now);
  }

  /**
   * Takes news made at `server`, received at `here` by this device's wall clock; `at` is a monotonic clock. All in ms.
   */
  saw(server: number, here: number, at: number): void {
    const off = here - server;
    const known = this.value;
    this.#far = known !== undefined && off - known > SET_MS ? this.#far + 1 : 0;
    if (this.#far > 1) {
      this.#before = undefined;
      this.#now = off;
      this.#far = 0;
    } else if (at > this.#ends) {
      this.#before = this.#now;
      this.#now = off;
      this.#ends = at + STRETCH_MS;
    } else this.#now = Math.min(this.#now ?? off, off);
  }
}
