/**
 * Sessions of one room in typed arrays: 28 bytes each, and 2 to 3 in an index by hash. The bytes mean nothing here; see
 * `session-row.ts`.
 */

/** 32-bit words per entry; the first word and the low half of the second hold the session's id. */
export const SESSION_WORDS = 7;
/** A table that grows beyond this many sessions is divided, so that a place in an index fits into 16 bits. */
const SHARD_AT = 49_152;
/** Parts of a divided table. */
export const PARTS = 256;
/** Bits of a hash that say in which. */
const SHARD_BITS = 8;
/** The most sessions of one part: places in an index have 16 bits, and 0 is an empty one. */
const MOST_IN_SHARD = 65_535;
/** Most sessions in one room; further ones are not counted as listeners, but their number is. */
export const MOST_SESSIONS = PARTS * 60_000;

/** A part of the table. */
export class Shard {
  entries = new Int32Array(16 * SESSION_WORDS);
  index = new Uint16Array(24);
  count = 0;

  /** Makes place for one more entry. */
  grow(): void {
    const bigger = new Int32Array((this.count + (this.count >> 4) + 16) * SESSION_WORDS);
    bigger.set(this.entries);
    this.entries = bigger;
  }

  /** Rebuilds the index, for `count` entries and some more. */
  reindex(): void {
    const { entries, count } = this;
    const size = Math.ceil(count * 1.2) + 24;
    const index = this.index.length === size ? this.index.fill(0) : new Uint16Array(size);
    for (let i = 0; i < count; i++) {
      const at = i * SESSION_WORDS;
      let place = placeOf(hashOf(entries[at] as number, (entries[at + 1] as number) & 0xffff), size);
      while (index[place] !== 0) place = place + 1 === size ? 0 : place + 1;
      index[place] = i + 1;
    }
    this.index = index;
  }
}

/** A hash of an id's lower 48 bits; ids are already random, unless somebody chose them. */
export function hashOf(low: number, high: number): number {
  let h = Math.imul(low ^ (high << 16), 0x9e3779b1) ^ high;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

/** In which part of a divided table an id is. */
export const partOf = (low: number, high: number): number => hashOf(low, high & 0xffff) >>> (32 - SHARD_BITS);

const REST = 2 ** (32 - SHARD_BITS);
/** The lower bits of a hash as a place in an index: the upper ones are the same for all of a shard. */
const placeOf = (hash: number, size: number): number => Math.floor(((hash & (REST - 1)) / REST) * size);

/**
 * The table of sessions. It identifies a session by the lower 48 bits of its id: with 1.4 million random ids, two
 * collide in about one room in 300.
 */
export class SessionTable {
  shards: Shard[] = [new Shard()];
  size = 0;
  /** Grows when entries have moved to other places. */
  version = 0;
  /** Sessions that found no place. */
  refused = 0;
  /** Where `find` found or made the entry. */
  shard = this.shards[0] as Shard;
  /** True when `find` has just made it. */
  isNew = false;

  /** Offset in `shard.entries` of a session's entry, made when there is none; -1 when the table is full. */
  find(low: number, high: number): number {
    const short = high & 0xffff;
    const hash = hashOf(low, short);
    const shard = this.shards[this.shards.length === 1 ? 0 : hash >>> (32 - SHARD_BITS)] as Shard;
    this.shard = shard;
    const { index, entries } = shard;
    const size = index.length;
    let place = placeOf(hash, size);
    for (let found = index[place] as number; found !== 0; found = index[place] as number) {
      const at = (found - 1) * SESSION_WORDS;
      if (entries[at] === low && ((entries[at + 1] as number) & 0xffff) === short) {
        this.isNew = false;
        return at;
      }
      place = place + 1 === size ? 0 : place + 1;
    }
    return this.#add(shard, place, low, short);
  }

  /**
   * Reads what `find` will read of a session, and changes nothing: asked for some sessions in a row, the processor waits
   * for its memory once instead of once for each. The number means nothing; it must be used, or the reading is left out.
   */
  touch(low: number, high: number): number {
    const hash = hashOf(low, high & 0xffff);
    const shard = this.shards[this.shards.length === 1 ? 0 : hash >>> (32 - SHARD_BITS)] as Shard;
    const found = shard.index[placeOf(hash, shard.index.length)] as number;
    if (found === 0) return 0;
    // An entry may lie in two lines of the cache.
    const at = (found - 1) * SESSION_WORDS;
    return (shard.entries[at] as number) ^ (shard.entries[at + SESSION_WORDS - 1] as number);
  }

  #add(shard: Shard, place: number, low: number, short: number): number {
    if (this.shards.length === 1 && shard.count >= SHARD_AT) {
      this.#divide();
      return this.find(low, short);
    }
    if (shard.count >= MOST_IN_SHARD || this.size >= MOST_SESSIONS) {
      this.refused += 1;
      return -1;
    }
    if ((shard.count + 1) * SESSION_WORDS > shard.entries.length) shard.grow();
    const at = shard.count * SESSION_WORDS;
    shard.entries.fill(0, at, at + SESSION_WORDS);
    shard.entries[at] = low;
    shard.entries[at + 1] = short;
    shard.count += 1;
    this.size += 1;
    // Beyond nine tenths a probe would walk far.
    if (shard.count > shard.index.length * 0.9) shard.reindex();
    else shard.index[place] = shard.count;
    this.isNew = true;
    return at;
  }

  #divide(): void {
    const [whole] = this.shards as [Shard];
    const parts = Array.from({ length: PARTS }, () => new Shard());
    for (let i = 0; i < whole.count; i++) {
      const at = i * SESSION_WORDS;
      const low = whole.entries[at] as number;
      const part = parts[
        hashOf(low, (whole.entries[at + 1] as number) & 0xffff) >>> (32 - SHARD_BITS)
      ] as Shard;
      if ((part.count + 1) * SESSION_WORDS > part.entries.length) part.grow();
      part.entries.set(whole.entries.subarray(at, at + SESSION_WORDS), part.count * SESSION_WORDS);
      part.count += 1;
    }
    for (const part of parts) part.reindex();
    this.shards = parts;
    this.version += 1;
  }

  /** Removes the entries of which `goes` says so, from the words and the offset in them. */
  remove(goes: (entries: Int32Array, at: number) => boolean): void {
    for (const shard of this.shards) {
      let kept = 0;
      for (let i = 0; i < shard.count; i++) {
        const at = i * SESSION_WORDS;
        if (goes(shard.entries, at)) continue;
        if (kept < i) shard.entries.copyWithin(kept * SESSION_WORDS, at, at + SESSION_WORDS);
        kept += 1;
      }
      if (kept === shard.count) continue;
      this.version += 1;
      this.size -= shard.count - kept;
      shard.count = kept;
      shard.entries = shard.entries.slice(0, (kept + 16) * SESSION_WORDS);
      shard.reindex();
    }
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return this.shards.reduce((sum, { entries, index }) => sum + entries.byteLength + index.byteLength, 0);
  }

  /** All entries, one after the other. */
  dump(): Int32Array {
    const words = new Int32Array(this.size * SESSION_WORDS);
    let at = 0;
    for (const { entries, count } of this.shards) {
      words.set(entries.subarray(0, count * SESSION_WORDS), at);
      at += count * SESSION_WORDS;
    }
    return words;
  }

  /** Takes what `dump` gave; the table must be empty. */
  load(words: Int32Array): void {
    for (let from = 0; from + SESSION_WORDS <= words.length; from += SESSION_WORDS) {
      const at = this.find(words[from] as number, words[from + 1] as number);
      if (at >= 0) this.shard.entries.set(words.subarray(from, from + SESSION_WORDS), at);
    }
  }
}
