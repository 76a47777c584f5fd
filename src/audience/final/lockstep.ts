/**
 * Keeps the threads of a pass together. Each counts a slice of the sessions by itself; what needs all sessions (a sample,
 * the sessions of one listener key) they tell each other in shared memory, and wait until all have told.
 */
import { type Slice, WHOLE } from '../records/compact-file.ts';

/** Most sessions of a slice that listen at one instant, and most keys that have too many sessions then. */
const MOST_KEYS = 8_388_608;
const MOST_CROWDED = MOST_KEYS / 4;

/** Words that a slice tells the others, by name; `look` are seven, and `newest` two, which are used in turn. */
export const TOLD = { newest: 0, look: 2, keys: 9, crowded: 10, file: 11, form: 12, odd: 13 } as const;
const TOLD_WORDS = 16;
/** In front of them: how many wait, and how often all have met. */
const GATE = { waiting: 0, met: 1 } as const;

/** Keys in a row: in shared memory of a fixed size, or in an array that grows. */
export class KeyList {
  words: Int32Array;
  size = 0;
  readonly #isFixed: boolean;

  constructor(shared?: SharedArrayBuffer) {
    this.words = shared ? new Int32Array(shared) : new Int32Array(1_024);
    this.#isFixed = shared !== undefined;
  }

  /** Adds a key. @throws RangeError when there is no place. */
  gather(key: number): void {
    if (this.size === this.words.length) this.#grow();
    this.words[this.size++] = key;
  }

  #grow(): void {
    if (this.#isFixed) throw new RangeError(`more than ${this.size} listeners at one instant`);
    const words = new Int32Array(this.size * 2);
    words.set(this.words);
    this.words = words;
  }
}

/** The memory that the threads of a pass share. */
export interface LockstepMemory {
  readonly of: number;
  readonly told: SharedArrayBuffer;
  readonly keys: readonly SharedArrayBuffer[];
  readonly crowded: readonly SharedArrayBuffer[];
}

/** Memory for so many threads. Of what it reserves, only what is used takes up memory. */
export function lockstepMemory(of: number): LockstepMemory {
  const lists = (many: number): SharedArrayBuffer[] =>
    Array.from({ length: of }, () => new SharedArrayBuffer(many * 4));
  return {
    ...{ of, told: new SharedArrayBuffer((of + 1) * TOLD_WORDS * 4) },
    ...{ keys: lists(MOST_KEYS), crowded: lists(MOST_CROWDED) },
  };
}

/** One thread's place among the others; without shared memory it is alone. */
export class Lockstep {
  readonly slice: Slice;
  /** What each slice has told. */
  readonly told: readonly Int32Array[];
  /** Keys of the sessions that listen, by slice. */
  readonly keys: readonly KeyList[];
  /** Keys with too many sessions, by the slice that has found them. */
  readonly crowded: readonly KeyList[];
  readonly #gate: Int32Array;

  constructor(memory?: LockstepMemory, number = 0) {
    this.slice = memory ? { number, of: memory.of } : WHOLE;
    const told = memory?.told ?? new ArrayBuffer(2 * TOLD_WORDS * 4);
    const words = (i: number): Int32Array => new Int32Array(told, i * TOLD_WORDS * 4, TOLD_WORDS);
    this.#gate = words(0);
    this.told = Array.from({ length: this.slice.of }, (_, i) => words(i + 1));
    this.keys = this.told.map((_, i) => new KeyList(memory?.keys[i]));
    this.crowded = this.told.map((_, i) => new KeyList(memory?.crowded[i]));
  }

  /** What this slice tells. */
  get mine(): Int32Array {
    return this.told[this.slice.number] as Int32Array;
  }

  /** Waits until all have come here. */
  wait(): void {
    const { of } = this.slice;
    if (of === 1) return;
    const met = Atomics.load(this.#gate, GATE.met);
    if (Atomics.add(this.#gate, GATE.waiting, 1) === of - 1) {
      Atomics.store(this.#gate, GATE.waiting, 0);
      Atomics.add(this.#gate, GATE.met, 1);
      Atomics.notify(this.#gate, GATE.met);
      return;
    }
    while (Atomics.load(this.#gate, GATE.met) === met) Atomics.wait(this.#gate, GATE.met, met);
  }

  /** The sum of what all have told. */
  sum(word: number): number {
    return this.told.reduce((all, words) => all + (words[word] as number), 0);
  }
}
