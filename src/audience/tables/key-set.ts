/** A set of 64-bit keys in one typed array, with open addressing: 10 to 16 bytes per key. Keys must be random. */
export class KeySet {
  #words = new Int32Array(32);
  #places = 16;
  /** The key 0 marks an empty place, so it is kept here. */
  #zero = false;
  size = 0;

  /** Adds a key; false when it was there. */
  add(low: number, high: number): boolean {
    if (low === 0 && high === 0) {
      if (this.#zero) return false;
      this.#zero = true;
      this.size += 1;
      return true;
    }
    const words = this.#words;
    let place = Math.floor(((high >>> 0) / 2 ** 32) * this.#places);
    for (;;) {
      const a = words[place * 2] as number;
      const b = words[place * 2 + 1] as number;
      if (a === low && b === high) return false;
      if (a === 0 && b === 0) break;
      place = place + 1 === this.#places ? 0 : place + 1;
    }
    words[place * 2] = low;
    words[place * 2 + 1] = high;
    this.size += 1;
    if (this.size > this.#places * 0.8) this.#resize(Math.ceil(this.#places * 1.5));
    return true;
  }

  has(low: number, high: number): boolean {
    if (low === 0 && high === 0) return this.#zero;
    const words = this.#words;
    let place = Math.floor(((high >>> 0) / 2 ** 32) * this.#places);
    for (;;) {
      const a = words[place * 2] as number;
      const b = words[place * 2 + 1] as number;
      if (a === low && b === high) return true;
      if (a === 0 && b === 0) return false;
      place = place + 1 === this.#places ? 0 : place + 1;
    }
  }

  #resize(places: number): void {
    const old = this.#words;
    const words = new Int32Array(places * 2);
    for (let i = 0; i < old.length; i += 2) {
      const low = old[i] as number;
      const high = old[i + 1] as number;
      if (low === 0 && high === 0) continue;
      let place = Math.floor(((high >>> 0) / 2 ** 32) * places);
      while (words[place * 2] !== 0 || words[place * 2 + 1] !== 0)
        place = place + 1 === places ? 0 : place + 1;
      words[place * 2] = low;
      words[place * 2 + 1] = high;
    }
    this.#words = words;
    this.#places = places;
  }

  /** Calls `each` with every key. */
  forEach(each: (low: number, high: number) => void): void {
    if (this.#zero) each(0, 0);
    const words = this.#words;
    for (let i = 0; i < words.length; i += 2) {
      const low = words[i] as number;
      const high = words[i + 1] as number;
      if (low !== 0 || high !== 0) each(low, high);
    }
  }

  /** All keys, two words each, the lower first. */
  dump(): Int32Array {
    const words = new Int32Array(this.size * 2);
    let at = 0;
    this.forEach((low, high) => {
      words[at++] = low;
      words[at++] = high;
    });
    return words;
  }

  /** Bytes of its array. */
  get bytes(): number {
    return this.#words.byteLength;
  }
}
