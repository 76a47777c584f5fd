/** More of one key than this are no people, and are looked at. */
const MOST = 3;
/** Bits of the filter that says which buckets are full: 16 kB, which a processor has at hand. */
const FILTER_BITS = 17;
const FILTER_MASK = 2 ** FILTER_BITS - 1;

/**
 * Finds keys that come more than three times among millions: counts up to three by a few bits of the key, in 2 bits each,
 * so that hardly any key is suspected by chance. Keys are gathered and counted in a row, because the processor then waits
 * for its memory once for several of them.
 */
export class KeyBuckets {
  #counts = new Uint8Array(0);
  #mask = 0;
  readonly #full = new Uint32Array(2 ** FILTER_BITS / 32);
  readonly #gathered: Int32Array;
  #size = 0;
  /** True when some keys may have come too often. */
  any = false;

  /** `most`: keys that are gathered at most before `count`. */
  constructor(most: number) {
    this.#gathered = new Int32Array(most);
  }

  /** Begins anew, for so many keys. */
  clear(keys: number): void {
    // Twice as many buckets and a few more: at most 2^22, which are 1 MB.
    const size = 2 ** Math.max(10, Math.min(22, Math.ceil(Math.log2(keys * 2 + 1))));
    if (this.#counts.length === size / 4) this.#counts.fill(0);
    else this.#counts = new Uint8Array(size / 4);
    this.#mask = size - 1;
    this.#full.fill(0);
    this.#size = 0;
    this.any = false;
  }

  /** Remembers a key for `count`. */
  gather(key: number): void {
    this.#gathered[this.#size++] = key;
  }

  /** Counts what was gathered. */
  count(): void {
    const counts = this.#counts;
    const gathered = this.#gathered;
    for (let i = 0; i < this.#size; i++) {
      const key = gathered[i] as number;
      const bucket = key & this.#mask;
      const shift = (bucket & 3) << 1;
      const four = counts[bucket >>> 2] as number;
      if (((four >>> shift) & MOST) !== MOST) counts[bucket >>> 2] = four + (1 << shift);
      else {
        this.#full[(key & FILTER_MASK) >>> 5] =
          (this.#full[(key & FILTER_MASK) >>> 5] as number) | (1 << (key & 31));
        this.any = true;
      }
    }
    this.#size = 0;
  }

  /** True for a key that may have come more than three times; false for one that surely has not. */
  isSuspect(key: number): boolean {
    if ((((this.#full[(key & FILTER_MASK) >>> 5] as number) >>> (key & 31)) & 1) === 0) return false;
    const bucket = key & this.#mask;
    return (((this.#counts[bucket >>> 2] as number) >>> ((bucket & 3) << 1)) & MOST) === MOST;
  }
}
