import { mostOf, SLOTS_MASK } from '../tables/session-row.ts';
import { hashOf } from '../tables/session-table.ts';
import type { CompactMinute, CompactRows } from './compact-file.ts';
import type { RawBlock, RawHead } from './raw-file.ts';

/** Beyond it a file stays as it is: 4 million sessions at a door, records of 16 minutes. */
const MOST_ROWS = 4_000_000;
const MOST_MINUTES = 16;
const FIRST_ROWS = 1_024;

type Growing<T> = { -readonly [Name in keyof T]: T[Name] };

/** Makes of all records of a raw file one for each session, door and minute: they are absolute, so the last ones hold all. */
export class RawMerge {
  from = Number.POSITIVE_INFINITY;
  to = 0;
  records = 0;
  readonly rooms: string[] = [];
  readonly #events = new Map<string, { head: RawHead; events: Record<string, unknown> }>();
  #capacity = 0;
  #index = new Int32Array(0);
  readonly #rows: Growing<Omit<CompactRows, 'minutes'>> = {
    ...{ count: 0, idLow: new Uint32Array(0), idHigh: new Uint32Array(0) },
    ...{ keyLow: new Uint32Array(0), keyHigh: new Uint32Array(0) },
    ...{ room: new Uint16Array(0), door: new Uint8Array(0) },
  };
  readonly #minutes = new Map<number, Growing<CompactMinute>>();

  constructor() {
    this.#grow(FIRST_ROWS);
  }

  /** Takes a block. @throws RangeError when there are too many sessions or minutes. */
  take({ head, words }: RawBlock): void {
    this.from = Math.min(this.from, head.at);
    this.to = Math.max(this.to, head.at);
    if (head.events) {
      const name = `${head.door} ${head.life ?? ''}`;
      const events = { ...this.#events.get(name)?.events, ...head.events };
      this.#events.delete(name);
      this.#events.set(name, { head, events });
    }
    const rooms = (head.rooms ?? []).map((slug) => this.#room(slug));
    for (let at = 0; at + 8 <= words.length; at += 8) this.#record(words, at, rooms);
  }

  /** What was taken. */
  get rows(): CompactRows {
    return { ...this.#rows, minutes: this.#minutes };
  }

  /** The newest sums of each door's life. */
  get events(): RawHead[] {
    return [...this.#events.values()].map(
      ({ head, events }) => ({ ...head, events, at: this.to }) as RawHead,
    );
  }

  #room(slug: string): number {
    const known = this.rooms.indexOf(slug);
    return known >= 0 ? known : this.rooms.push(slug) - 1;
  }

  #record(words: Int32Array, at: number, rooms: readonly number[]): void {
    const w5 = words[at + 5] as number;
    const room = rooms[w5 & 0xffff];
    if (room === undefined) return;
    this.records += 1;
    const w7 = words[at + 7] as number;
    const row = this.#find(words, at, room, w7 >>> 24);
    const of = this.#minute(words[at + 4] as number);
    const w6 = words[at + 6] as number;
    const delivered = w6 & SLOTS_MASK;
    const proven = (w6 >>> 24) | ((w7 & 0xffff) << 8);
    const before = of.proven[row] as number;
    of.has[row] = 1;
    of.kind[row] = (w5 >>> 16) & 0xff;
    of.exclusion[row] = w5 >>> 24;
    of.delivered[row] = mostOf(of.delivered[row] as number, delivered);
    of.proven[row] = mostOf(before & SLOTS_MASK, proven) | (((before >>> 24) | ((w7 >>> 16) & 0xff)) << 24);
  }

  #find(words: Int32Array, from: number, room: number, door: number): number {
    const rows = this.#rows;
    const [low, high] = [(words[from] as number) >>> 0, (words[from + 1] as number) >>> 0];
    const mask = this.#index.length - 1;
    let place = (hashOf(low, high) + door) & mask;
    for (let found = this.#index[place] as number; found !== 0; found = this.#index[place] as number) {
      const row = found - 1;
      const same = rows.idLow[row] === low && rows.idHigh[row] === high;
      if (same && rows.door[row] === door && rows.room[row] === room) return row;
      place = (place + 1) & mask;
    }
    if (rows.count === this.#capacity) {
      this.#grow(this.#capacity * 2);
      return this.#find(words, from, room, door);
    }
    const row = rows.count;
    rows.count += 1;
    rows.idLow[row] = low;
    rows.idHigh[row] = high;
    rows.keyLow[row] = words[from + 2] as number;
    rows.keyHigh[row] = words[from + 3] as number;
    rows.room[row] = room;
    rows.door[row] = door;
    this.#index[place] = row + 1;
    return row;
  }

  #minute(minute: number): Growing<CompactMinute> {
    const known = this.#minutes.get(minute);
    if (known) return known;
    if (this.#minutes.size >= MOST_MINUTES) throw new RangeError(`more than ${MOST_MINUTES} minutes`);
    const count = this.#capacity;
    const made: Growing<CompactMinute> = {
      ...{ has: new Uint8Array(count), kind: new Uint8Array(count), exclusion: new Uint8Array(count) },
      ...{ delivered: new Uint32Array(count), proven: new Uint32Array(count) },
    };
    this.#minutes.set(minute, made);
    return made;
  }

  #grow(capacity: number): void {
    if (this.#capacity >= MOST_ROWS) throw new RangeError(`more than ${MOST_ROWS} sessions`);
    const grown = <T extends Uint8Array | Uint16Array | Uint32Array>(from: T): T => {
      const to = new (from.constructor as new (length: number) => T)(capacity);
      to.set(from);
      return to;
    };
    const rows = this.#rows;
    for (const name of ['idLow', 'idHigh', 'keyLow', 'keyHigh'] as const) rows[name] = grown(rows[name]);
    rows.room = grown(rows.room);
    rows.door = grown(rows.door);
    for (const of of this.#minutes.values()) {
      for (const name of ['has', 'kind', 'exclusion'] as const) of[name] = grown(of[name]);
      for (const name of ['delivered', 'proven'] as const) of[name] = grown(of[name]);
    }
    this.#capacity = capacity;
    this.#index = new Int32Array(capacity * 2);
    const mask = this.#index.length - 1;
    for (let row = 0; row < rows.count; row++) {
      let place =
        (hashOf(rows.idLow[row] as number, rows.idHigh[row] as number) + (rows.door[row] as number)) & mask;
      while (this.#index[place] !== 0) place = (place + 1) & mask;
      this.#index[place] = row + 1;
    }
  }
}
