/**
 * Events of posts that came lately, so that one that comes twice counts once: tables of numbers, nothing of them allocated
 * for an event. Keys are kept whole, so that two different events are never taken for one.
 */
import { randomInt } from 'node:crypto';

/** Words of a key: 30 bits of the view and the event; 30 of the view; the post; the rest of both. */
const WORDS = 4;
/** A chain that is longer than this is no chance: the table is given up early. */
const MOST_STEPS = 256;

/** The value of each letter of base64url, by its code. */
const VALUES = new Uint8Array(128);
for (const [value, letter] of [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
].entries())
  VALUES[letter.charCodeAt(0)] = value;

/** The 66 bits of a page view's eleven letters, in three numbers. */
export interface ViewWords {
  readonly first: number;
  readonly second: number;
  readonly last: number;
}

/** Reads a page view's name. */
export function viewWords(view: string): ViewWords {
  let [first, second] = [0, 0];
  for (let i = 0; i < 5; i += 1) first = (first << 6) | (VALUES[view.charCodeAt(i) & 127] as number);
  for (let i = 5; i < 10; i += 1) second = (second << 6) | (VALUES[view.charCodeAt(i) & 127] as number);
  return { first, second, last: VALUES[view.charCodeAt(10) & 127] as number };
}

/** A post's number in two words. */
export interface PostWords {
  readonly low: number;
  readonly high: number;
}

const odd = (): number => randomInt(2 ** 31) * 2 + 1;

/** Remembers events; older ones are forgotten, half of them at a time. */
export class RecentEvents {
  readonly #half: number;
  readonly #mask: number;
  /** Nobody outside can choose events that fall together. */
  readonly #odds = [odd(), odd(), odd(), odd()] as const;
  #keys: Uint32Array;
  #older: Uint32Array;
  #size = 0;

  /** Remembers `most` events at most, a power of two, and at least half as many. */
  constructor(most: number) {
    this.#half = most / 2;
    this.#mask = most - 1;
    this.#keys = new Uint32Array(most * WORDS);
    this.#older = new Uint32Array(most * WORDS);
  }

  /** True when the event, by its place in `POST_EVENTS`, is not remembered; from then on it is. */
  isNew(view: ViewWords, event: number, post: PostWords): boolean {
    const a = (view.first | (event << 30)) >>> 0;
    const b = view.second;
    const c = post.low;
    // A post's number has 53 bits.
    const d = (post.high | (view.last << 21)) >>> 0;
    const [m, n, o, p] = this.#odds;
    let hash = Math.imul(a, m) ^ Math.imul(b, n);
    hash = Math.imul(hash ^ (hash >>> 15), o) ^ Math.imul(c ^ (c >>> 16), p);
    hash = Math.imul(hash ^ (hash >>> 13) ^ d, m);
    hash = Math.imul(hash ^ (hash >>> 16), n);
    const from = (hash ^ (hash >>> 15)) & this.#mask;
    const free = this.#find(this.#keys, from, a, b, c, d);
    if (free < 0) return false;
    if (this.#find(this.#older, from, a, b, c, d) < 0) return false;
    if (free < this.#keys.length && this.#size < this.#half) {
      put(this.#keys, free, a, b, c, d);
    } else {
      [this.#keys, this.#older] = [this.#older.fill(0), this.#keys];
      this.#size = 0;
      put(this.#keys, from * WORDS, a, b, c, d);
    }
    this.#size += 1;
    return true;
  }

  /** Where the key may be put; beyond the table when there is no place near; -1 when it is there. */
  #find(keys: Uint32Array, from: number, a: number, b: number, c: number, d: number): number {
    for (let step = 0; step < MOST_STEPS; step += 1) {
      const at = ((from + step) & this.#mask) * WORDS;
      const [low, high] = [keys[at + 2] as number, keys[at + 3] as number];
      if (low === c && high === d && keys[at] === a && keys[at + 1] === b) return -1;
      // No post has the number 0.
      if (low === 0 && (high & 0x1fffff) === 0) return at;
    }
    return keys.length;
  }
}

function put(keys: Uint32Array, at: number, a: number, b: number, c: number, d: number): void {
  keys[at] = a;
  keys[at + 1] = b;
  keys[at + 2] = c;
  keys[at + 3] = d;
}
