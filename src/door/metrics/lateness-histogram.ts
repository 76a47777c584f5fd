/** Upper bounds of the classes in ms: 1, 2, 4, … 32,768; anything later counts as that. */
const CLASSES = 16;

/** A histogram of lateness with classes that double: a p99 good to a factor of two, in 64 bytes. */
export class Lateness {
  readonly #counts = new Uint32Array(CLASSES);
  #total = 0;

  /** Adds one event that was `late` ms late. */
  add(late: number) {
    const at = late <= 1 ? 0 : Math.min(CLASSES - 1, Math.ceil(Math.log2(late)));
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#total += 1;
  }

  /**
   * The 99th percentile in ms since the last call, 0 if there were no events; interpolated within its class. Resets
   * the histogram.
   */
  take(): number {
    const wanted = this.#total * 0.99;
    let seen = 0;
    let found = 0;
    for (const [at, count] of this.#counts.entries()) {
      if (count > 0 && seen + count >= wanted) {
        const low = at === 0 ? 0 : 2 ** (at - 1);
        found = low + (2 ** at - low) * ((wanted - seen) / count);
        break;
      }
      seen += count;
    }
    this.#counts.fill(0);
    this.#total = 0;
    return found;
  }
}
