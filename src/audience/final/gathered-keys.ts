/** Listener keys as a pass meets them, in memory that threads share, and how many of them are different. */
import type { KeyTaker } from '../audience-count.ts';
import type { Slice } from '../records/compact-file.ts';

/** Words of the first chunk of keys, two a key; each further one has twice as many, up to 16 MB. */
const FIRST_WORDS = 2_048;
const MOST_WORDS = 4_194_304;
/** Different keys are told apart in parts of about so many, which a processor has at hand. */
const KEYS_A_PART = 16_384;

/** Keys of one day, two words each: of sessions that count, of those that do not, and of replays. */
export interface GatheredDay {
  readonly day: number;
  readonly counted: readonly Int32Array[];
  readonly excluded: readonly Int32Array[];
  readonly replayed: readonly Int32Array[];
}

/** How many different keys a day had. */
export interface DifferentKeys {
  readonly day: number;
  /** Of sessions that count; of all; of replays that count. */
  readonly net: number;
  readonly gross: number;
  readonly replays: number;
}

class KeyChunks {
  readonly #full: Int32Array[] = [];
  #words = new Int32Array(new SharedArrayBuffer(FIRST_WORDS * 4));
  #at = 0;

  add(low: number, high: number): void {
    if (this.#at === this.#words.length) {
      this.#full.push(this.#words);
      this.#words = new Int32Array(new SharedArrayBuffer(Math.min(MOST_WORDS, this.#at * 2) * 4));
      this.#at = 0;
    }
    this.#words[this.#at] = low;
    this.#words[this.#at + 1] = high;
    this.#at += 2;
  }

  get chunks(): Int32Array[] {
    return [...this.#full, this.#words.subarray(0, this.#at)];
  }
}

/** Keeps every key that it is told, with its day: 8 bytes each. */
export class GatheredKeys implements KeyTaker {
  readonly #days = new Map<number, { counted: KeyChunks; excluded: KeyChunks; replayed: KeyChunks }>();

  person(day: number, isExcluded: boolean, low: number, high: number): void {
    const of = this.#of(day);
    (isExcluded ? of.excluded : of.counted).add(low, high);
  }

  replay(day: number, low: number, high: number): void {
    this.#of(day).replayed.add(low, high);
  }

  #of(day: number) {
    const known = this.#days.get(day);
    if (known) return known;
    const made = { counted: new KeyChunks(), excluded: new KeyChunks(), replayed: new KeyChunks() };
    this.#days.set(day, made);
    return made;
  }

  /** The keys so far, by day. */
  get days(): GatheredDay[] {
    return [...this.#days].map(([day, { counted, excluded, replayed }]) => ({
      ...{ day, counted: counted.chunks, excluded: excluded.chunks, replayed: replayed.chunks },
    }));
  }
}

/** Different keys of each day, oldest first: of all of them the slice of which this thread is in charge. */
export function tellApart(gathered: readonly GatheredDay[], slice: Slice): DifferentKeys[] {
  const days = [...new Set(gathered.map(({ day }) => day))].toSorted((a, b) => a - b);
  return days.map((day) => {
    const of = gathered.filter((one) => one.day === day);
    const counted = of.flatMap((one) => one.counted);
    const { first: net, all: gross } = different(
      counted,
      of.flatMap((one) => one.excluded),
      slice,
    );
    const replays = different(
      of.flatMap((one) => one.replayed),
      [],
      slice,
    ).all;
    return { day, net, gross, replays };
  });
}

/** How many different keys of a slice are in the first lists, and in all: sorted into parts, then in a table for each. */
function different(
  lists: readonly Int32Array[],
  more: readonly Int32Array[],
  { number, of }: Slice,
): { readonly first: number; readonly all: number } {
  const mask = of - 1;
  const size = [...lists, ...more].reduce((sum, { length }) => sum + length / 2, 0);
  const bits = Math.min(16, Math.max(0, Math.ceil(Math.log2(size / of / KEYS_A_PART))));
  const shift = 31 - bits;
  const parts = 2 ** bits;
  const partOf = (high: number): number => (high >>> 1) >>> shift;
  // How many keys each part has, then where each begins; of the first lists, and of the others.
  const sorted = [lists, more].map((some) => {
    const ends = new Uint32Array(parts + 1);
    for (const words of some)
      for (let at = 0; at < words.length; at += 2) {
        if (((words[at] as number) & mask) !== number) continue;
        const part = partOf(words[at + 1] as number) + 1;
        ends[part] = (ends[part] as number) + 1;
      }
    for (let part = 1; part <= parts; part++)
      ends[part] = (ends[part] as number) + (ends[part - 1] as number);
    const keys = new Int32Array((ends[parts] as number) * 2);
    for (const words of some)
      for (let at = 0; at < words.length; at += 2) {
        if (((words[at] as number) & mask) !== number) continue;
        const part = partOf(words[at + 1] as number);
        const to = ends[part] as number;
        keys[to * 2] = words[at] as number;
        keys[to * 2 + 1] = words[at + 1] as number;
        ends[part] = to + 1;
      }
    return { keys, ends };
  });
  let table = new Int32Array(0);
  let [first, all] = [0, 0];
  for (let part = 0; part < parts; part++) {
    const runs = sorted.map(({ keys, ends }) =>
      keys.subarray(part === 0 ? 0 : (ends[part - 1] as number) * 2, (ends[part] as number) * 2),
    );
    const keys = runs.reduce((sum, { length }) => sum + length / 2, 0);
    const places = 2 ** Math.ceil(Math.log2(keys * 2 + 2));
    if (table.length < places * 2) table = new Int32Array(places * 2);
    else table.fill(0, 0, places * 2);
    runs.forEach((run, i) => {
      const found = addAll(table, places - 1, run);
      all += found;
      if (i === 0) first += found;
    });
  }
  return { first, all };
}

/** Adds keys to an open table; gives how many were not there. No key is 0. */
function addAll(table: Int32Array, mask: number, keys: Int32Array): number {
  let added = 0;
  for (let at = 0; at < keys.length; at += 2) {
    const low = keys[at] as number;
    const high = keys[at + 1] as number;
    let place = ((Math.imul(low ^ high, 0x9e3779b1) >>> 8) & mask) << 1;
    for (;;) {
      const a = table[place] as number;
      const b = table[place + 1] as number;
      if (a === low && b === high) break;
      if (a === 0 && b === 0) {
        table[place] = low;
        table[place + 1] = high;
        added += 1;
        break;
      }
      place = (place + 2) & (mask * 2 + 1);
    }
  }
  return added;
}
