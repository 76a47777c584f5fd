/** Keys that were seen lately; older ones are forgotten, half of them at a time. */
export class RecentKeys {
  #keys = new Set<string>();
  #older = new Set<string>();
  readonly #half: number;

  /** Remembers `most` keys at most, and at least half as many. */
  constructor(most: number) {
    this.#half = most / 2;
  }

  /** True when the key is not remembered; from then on it is. */
  isNew(key: string): boolean {
    if (this.#keys.has(key) || this.#older.has(key)) return false;
    if (this.#keys.size >= this.#half) {
      this.#older = this.#keys;
      this.#keys = new Set();
    }
    this.#keys.add(key);
    return true;
  }
}
