/** Words of an entry: network, key, doors at which it is. */
const WORDS = 3;
const FIRST_PLACES = 64;

/** Hashes are random already; two networks or keys that share one of 32 bits are one. */
const placeOf = (network: number, key: number, places: number): number =>
  Math.imul(network ^ Math.imul(key, 0x9e3779b1), 0x85ebca6b) & (places - 1);

/** Listener keys by network, each with the doors at which it is: 15 to 30 bytes each, in one typed array. */
export class NetworkKeys {
  #words = new Int32Array(FIRST_PLACES * WORDS);
  #places = FIRST_PLACES;
  readonly #keysOf = new Map<number, number>();
  size = 0;

  /** Different keys of a network, over all doors. */
  keysOf(network: number): number {
    return this.#keysOf.get(network | 0) ?? 0;
  }

  /** A key is at a door. Doors are told apart by their number modulo 32. */
  add(network: number, key: number, door: number): void {
    let at = this.#find(network | 0, key | 0);
    if (this.#words[at + 2] === 0) {
      if ((this.size + 1) * 4 > this.#places * 3) {
        this.#grow();
        at = this.#find(network | 0, key | 0);
      }
      this.#words[at] = network;
      this.#words[at + 1] = key;
      this.size += 1;
      this.#keysOf.set(network | 0, this.keysOf(network) + 1);
    }
    this.#words[at + 2] = (this.#words[at + 2] as number) | (1 << (door & 31));
  }

  /** A key has left a door. */
  remove(network: number, key: number, door: number): void {
    const at = this.#find(network | 0, key | 0);
    const doors = this.#words[at + 2] as number;
    const left = doors & ~(1 << (door & 31));
    if (doors === 0 || left === doors) return;
    this.#words[at + 2] = left;
    if (left === 0) this.#leave(at);
  }

  /** A door is new: nothing is known of it. */
  forget(door: number): void {
    const words = this.#words;
    const old = this.#places;
    this.#words = new Int32Array(old * WORDS);
    this.#keysOf.clear();
    this.size = 0;
    for (let at = 0; at < old * WORDS; at += WORDS) {
      const doors = (words[at + 2] as number) & ~(1 << (door & 31));
      if (doors !== 0) this.#put(words[at] as number, words[at + 1] as number, doors);
    }
  }

  #put(network: number, key: number, doors: number): void {
    const at = this.#find(network, key);
    this.#words[at] = network;
    this.#words[at + 1] = key;
    this.#words[at + 2] = doors;
    this.size += 1;
    this.#keysOf.set(network, this.keysOf(network) + 1);
  }

  /** The offset of an entry, or of the empty place where it would be. */
  #find(network: number, key: number): number {
    const words = this.#words;
    let place = placeOf(network, key, this.#places);
    for (;;) {
      const at = place * WORDS;
      if (words[at + 2] === 0 || (words[at] === network && words[at + 1] === key)) return at;
      place = (place + 1) & (this.#places - 1);
    }
  }

  /** Takes an entry out, and closes the gap. */
  #leave(gone: number): void {
    const words = this.#words;
    const mask = this.#places - 1;
    const network = words[gone] as number;
    const left = this.keysOf(network) - 1;
    if (left > 0) this.#keysOf.set(network, left);
    else this.#keysOf.delete(network);
    this.size -= 1;
    let gap = gone / WORDS;
    for (let place = (gap + 1) & mask; words[place * WORDS + 2] !== 0; place = (place + 1) & mask) {
      const at = place * WORDS;
      const home = placeOf(words[at] as number, words[at + 1] as number, this.#places);
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      words.copyWithin(gap * WORDS, at, at + WORDS);
      gap = place;
    }
    words.fill(0, gap * WORDS, (gap + 1) * WORDS);
  }

  #grow(): void {
    const words = this.#words;
    const old = this.#places;
    this.#places = old * 2;
    this.#words = new Int32Array(this.#places * WORDS);
    this.#keysOf.clear();
    this.size = 0;
    for (let at = 0; at < old * WORDS; at += WORDS)
      if (words[at + 2] !== 0)
        this.#put(words[at] as number, words[at + 1] as number, words[at + 2] as number);
  }
}
