import type { AudienceRoom } from '../room.ts';
import { PARTS } from '../tables/session-table.ts';

const WORDS = 8;
const FIRST_RECORDS = 4_096;
/** 32 MB, and as much again for the same in another order. */
const MOST_RECORDS = 1_048_576;

/**
 * Records of one room that wait until they are many. They are then taken part by part of its table: a part fits into the
 * cache of a processor, which would otherwise wait for its memory at each record. The order of one session's records stays.
 */
export class RowBatch {
  readonly #room: AudienceRoom;
  #words = new Int32Array(FIRST_RECORDS * WORDS);
  #sorted = new Int32Array(0);
  #parts = new Uint8Array(0);
  readonly #ends = new Int32Array(PARTS + 1);
  #size = 0;

  constructor(room: AudienceRoom) {
    this.#room = room;
  }

  /** Adds the records whose room has this index; returns how many. */
  add(words: Int32Array, index: number, isAlone: boolean): number {
    let added = 0;
    for (let from = 0; from < words.length; ) {
      if (this.#size === this.#words.length) this.#makePlace();
      const room = this.#words.length - this.#size;
      const some = words.subarray(from, Math.min(words.length, from + room));
      added += isAlone ? this.#addAll(some) : this.#addSome(some, index);
      from += some.length;
    }
    return added;
  }

  #makePlace(): void {
    if (this.#size >= MOST_RECORDS * WORDS) {
      this.take();
      return;
    }
    const words = new Int32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
  }

  #addAll(words: Int32Array): number {
    this.#words.set(words, this.#size);
    this.#size += words.length;
    return words.length / WORDS;
  }

  #addSome(words: Int32Array, index: number): number {
    const before = this.#size;
    const to = this.#words;
    for (let at = 0; at + WORDS <= words.length; at += WORDS) {
      if (((words[at + 5] as number) & 0xffff) !== index) continue;
      for (let i = 0; i < WORDS; i++) to[this.#size + i] = words[at + i] as number;
      this.#size += WORDS;
    }
    return (this.#size - before) / WORDS;
  }

  /** Gives all that wait to the room. */
  take(): void {
    const [words, size] = this.#size < FIRST_RECORDS * WORDS ? [this.#words, this.#size] : this.#sort();
    for (let at = 0; at < size; at += WORDS) this.#room.record(words, at);
    this.#size = 0;
  }

  /** Copies the records by their part: a counting sort. */
  #sort(): readonly [Int32Array, number] {
    const { count } = this.#room;
    const [words, size, ends] = [this.#words, this.#size, this.#ends];
    if (this.#sorted.length < words.length) {
      this.#sorted = new Int32Array(words.length);
      this.#parts = new Uint8Array(words.length / WORDS);
    }
    const [sorted, parts] = [this.#sorted, this.#parts];
    ends.fill(0);
    for (let at = 0, i = 0; at < size; at += WORDS, i++) {
      const part = count.partOf(words, at);
      parts[i] = part;
      ends[part + 1] = (ends[part + 1] as number) + WORDS;
    }
    for (let part = 1; part <= PARTS; part++)
      ends[part] = (ends[part] as number) + (ends[part - 1] as number);
    for (let at = 0, i = 0; at < size; at += WORDS, i++) {
      const part = parts[i] as number;
      const to = ends[part] as number;
      ends[part] = to + WORDS;
      sorted[to] = words[at] as number;
      sorted[to + 1] = words[at + 1] as number;
      sorted[to + 2] = words[at + 2] as number;
      sorted[to + 3] = words[at + 3] as number;
      sorted[to + 4] = words[at + 4] as number;
      sorted[to + 5] = words[at + 5] as number;
      sorted[to + 6] = words[at + 6] as number;
      sorted[to + 7] = words[at + 7] as number;
    }
    return [sorted, size];
  }
}
