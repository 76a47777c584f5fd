/** A generation holds the prefixes of ten days; nine of them are ninety days, and the newest is being filled. */
const GENERATION_MS = 10 * 86_400_000;
const GENERATIONS = 10;
/** Bits of a generation: 200,000 prefixes with one in a hundred taken for known. */
const BITS = 2 ** 21;
const BYTES = BITS / 8;
const HASHES = 4;
const HEAD_BYTES = 16;
const MARK = 0x31_4d_50_45;

/**
 * Which prefixes were seen in the last ninety days: filters of bits, 2.6 MB in all whatever comes. It holds no prefix
 * and no address, only bits at places that a secret key gives; a new prefix is taken for a known one now and then, the
 * other way round never. Source: Bloom, 1970.
 */
export class PrefixMemory {
  /** Newest last; `from` is the number of its ten days. */
  #generations: { readonly number: number; readonly bits: Uint8Array }[] = [];
  /** Since when it looks, wall-clock ms. */
  since: number;

  constructor(since: number) {
    this.since = since;
  }

  /** True for a prefix that was not seen; from now on it is. `hash`: at least 12 hexadecimal letters. */
  isFresh(hash: string, wall: number): boolean {
    const current = this.#current(wall);
    const places = placesOf(hash);
    const known = this.#generations.some(({ bits }) =>
      places.every((place) => ((bits[place >>> 3] as number) & (1 << (place & 7))) !== 0),
    );
    for (const place of places) {
      const at = place >>> 3;
      current[at] = (current[at] as number) | (1 << (place & 7));
    }
    return !known;
  }

  #current(wall: number): Uint8Array {
    const number = Math.floor(wall / GENERATION_MS);
    const last = this.#generations.at(-1);
    if (last && number <= last.number) return last.bits;
    const bits = new Uint8Array(BYTES);
    this.#generations.push({ number, bits });
    this.#generations = this.#generations.filter((one) => one.number > number - GENERATIONS);
    return bits;
  }

  /** What it is restored from. */
  bytes(): Uint8Array {
    const bytes = new Uint8Array(HEAD_BYTES + this.#generations.length * (4 + BYTES));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, MARK);
    view.setFloat64(8, this.since);
    for (const [i, { number, bits }] of this.#generations.entries()) {
      const at = HEAD_BYTES + i * (4 + BYTES);
      view.setUint32(at, number);
      bytes.set(bits, at + 4);
    }
    return bytes;
  }

  /** Reads what `bytes` gave; anything else is an empty memory that begins at `since`. */
  static from(bytes: Uint8Array | undefined, since: number): PrefixMemory {
    const memory = new PrefixMemory(since);
    const whole = bytes !== undefined && (bytes.length - HEAD_BYTES) % (4 + BYTES) === 0;
    if (!whole || bytes.length < HEAD_BYTES) return memory;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if (view.getUint32(0) !== MARK) return memory;
    memory.since = Math.min(since, view.getFloat64(8));
    for (let at = HEAD_BYTES; at < bytes.length; at += 4 + BYTES)
      memory.#generations.push({ number: view.getUint32(at), bits: bytes.slice(at + 4, at + 4 + BYTES) });
    return memory;
  }
}

/** Places by two halves of the hash. Source: Kirsch and Mitzenmacher, 2006. */
function placesOf(hash: string): number[] {
  const first = Number.parseInt(hash.slice(0, 6), 16);
  const second = Number.parseInt(hash.slice(6, 12), 16) | 1;
  return Array.from({ length: HASHES }, (_, i) => (first + i * second) % BITS);
}
