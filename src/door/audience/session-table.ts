import { SLOT_S, SLOTS, TRANSPORTS, type Way } from '../../wire/session-record.ts';

/** ListeningSessions of one door at most; beyond it a session is heard but not counted, and that is counted. */
const MOST_SESSIONS = 262_144;
const FIRST_CAPACITY = 1_024;
/** Minutes that are kept for each session: after a reconnect to the tally the last ones are sent again. */
export const MINUTES_KEPT = 3;
const NONE = -1;
const FREE = 0;
/** The signature of a token has 12 bytes. */
const SEAL_WORDS = 3;
const NO_SEAL: readonly number[] = [0, 0, 0];
const ALL_DIRTY = (1 << MINUTES_KEPT) - 1;

/** The facts that are fixed when a session begins. */
export interface NewSession {
  /** Its id in two halves. */
  readonly id: readonly [low: number, high: number];
  /** By this the sessions of one listener are found at this door; it is told to nobody. */
  readonly key: readonly [low: number, high: number];
  /** The listener key of the day on which it began; zeros for those who are not to be tracked. */
  readonly told: readonly [low: number, high: number];
  readonly room: number;
  readonly way: Way;
  readonly flags: number;
  readonly exclusion: number;
  /** The row of its network in `NetworkCounts`; −1 for none. */
  readonly network: number;
  /** By this the listener is known among those of its network, at all doors; 32 bits. */
  readonly person: number;
}

/**
 * Bits of a row's state. `left`: its connection was closed, so that it is known when it left; `relayed`: it came through
 * a proxy.
 */
export const STATE = { used: 1, open: 2, left: 4, relayed: 8 } as const;

/**
 * All sessions of one door, in columns of typed arrays: 158 bytes per session. A row is found by session id or by
 * listener key; `remove` frees it.
 */
export class SessionRows {
  /** The rows in use, and the one behind the last of them. */
  size = 0;
  high = 0;
  #capacity = 0;
  #free = NONE;
  idLow = new Uint32Array(0);
  idHigh = new Uint32Array(0);
  keyLow = new Uint32Array(0);
  keyHigh = new Uint32Array(0);
  toldLow = new Uint32Array(0);
  toldHigh = new Uint32Array(0);
  room = new Uint16Array(0);
  /** Transport in the low 4 bits, `FLAG`s in the high ones. */
  kind = new Uint8Array(0);
  exclusion = new Uint8Array(0);
  state = new Uint8Array(0);
  network = new Int32Array(0);
  person = new Uint32Array(0);
  /**
   * Milliseconds of sound that were delivered so far, and of them those for which there was time to hear them. Then
   * whole seconds of the latter that are in slots.
   */
  heard = new Float64Array(0);
  played = new Float64Array(0);
  heardTold = new Uint32Array(0);
  /** Milliseconds that it was there and had nothing to hear; and since when its time was not looked at, NaN: never. */
  spare = new Float64Array(0);
  since = new Float64Array(0);
  /** Milliseconds of sound that were proven so far, and whole seconds of them that are in slots. */
  proven = new Float64Array(0);
  provenTold = new Uint32Array(0);
  /** Which of its records have to be told: bit i for the record of the newest minute − i. */
  dirty = new Uint8Array(0);
  /** The minute of the newest record, whole minutes since 1970, and the records of it and those before it: see `at`. */
  minute = new Uint32Array(0);
  delivered = new Uint32Array(0);
  confirmed = new Uint32Array(0);
  /** When it was heard of last, monotonic ms. */
  seen = new Float64Array(0);
  /** When it began, and when its last proof came, monotonic ms. */
  began = new Float64Array(0);
  provenAt = new Float64Array(0);
  /** The last window that was proven, or was tried in vain; and how many segments of it. */
  window = new Int32Array(0);
  segments = new Uint8Array(0);
  /** The last fragment that came in a file. */
  fragment = new Int32Array(0);
  /** The signature of the token that was checked last, in three words, and when that token ends. */
  seal = new Uint32Array(0);
  expires = new Uint32Array(0);
  /** Rows with the same listener key. */
  #nextOfKey = new Int32Array(0);
  #previousOfKey = new Int32Array(0);
  /** Open addressing: rows by id, and the first row by key. */
  #byId = new Int32Array(0);
  #byKey = new Int32Array(0);

  constructor() {
    this.#grow(FIRST_CAPACITY);
  }

  /** The row of a session; −1 when it is not known. */
  find(low: number, high: number): number {
    const mask = this.#byId.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const row = this.#byId[at] ?? NONE;
      if (row === NONE) return NONE;
      if (this.idLow[row] === low && this.idHigh[row] === high) return row;
    }
  }

  /** The first row with a listener key; −1 when there is none. */
  firstOf(low: number, high: number): number {
    const at = this.#placeOfKey(low, high);
    return this.#byKey[at] ?? NONE;
  }

  /** The next row with the same listener key; −1 after the last. */
  nextOf(row: number): number {
    return this.#nextOfKey[row] ?? NONE;
  }

  /** A row for a new session; −1 when there is no room for it. Its id must not be in the table. */
  add(session: NewSession, now: number): number {
    const row = this.#take();
    if (row === NONE) return NONE;
    const { id, key, told } = session;
    this.idLow[row] = id[0];
    this.idHigh[row] = id[1];
    this.keyLow[row] = key[0];
    this.keyHigh[row] = key[1];
    this.toldLow[row] = told[0];
    this.toldHigh[row] = told[1];
    this.room[row] = session.room;
    this.kind[row] = TRANSPORTS.indexOf(session.way) | (session.flags << 4);
    this.exclusion[row] = session.exclusion;
    this.state[row] = STATE.used;
    this.network[row] = session.network;
    this.person[row] = session.person;
    this.heard[row] = 0;
    this.played[row] = 0;
    this.spare[row] = 0;
    this.since[row] = Number.NaN;
    this.heardTold[row] = 0;
    this.proven[row] = 0;
    this.provenTold[row] = 0;
    this.dirty[row] = 0;
    this.minute[row] = 0;
    this.seen[row] = now;
    this.began[row] = now;
    this.provenAt[row] = Number.NEGATIVE_INFINITY;
    this.window[row] = NONE;
    this.segments[row] = 0;
    this.fragment[row] = NONE;
    this.sealed(row, 0, NO_SEAL);
    for (let at = row * MINUTES_KEPT; at < (row + 1) * MINUTES_KEPT; at += 1) {
      this.delivered[at] = 0;
      this.confirmed[at] = 0;
    }
    this.#enter(this.#byId, this.idLow, row);
    this.#link(row);
    this.size += 1;
    return row;
  }

  /** Gives a row back. */
  remove(row: number): void {
    this.#unlink(row);
    this.#leave(this.#byId, this.idLow, row);
    this.state[row] = FREE;
    this.size -= 1;
    // The chain of free rows runs through a column that they do not need.
    this.network[row] = this.#free;
    this.#free = row;
    if (this.size > 0) return;
    this.high = 0;
    this.#free = NONE;
  }

  /** Another `FLAG` holds for a session from now on. */
  raise(row: number, flag: number): void {
    this.kind[row] = (this.kind[row] ?? 0) | (flag << 4);
  }

  /** A session's token was checked: it is known again by `isSealed`. */
  sealed(row: number, expires: number, seal: readonly number[]): void {
    for (let i = 0; i < SEAL_WORDS; i += 1) this.seal[row * SEAL_WORDS + i] = seal[i] ?? 0;
    this.expires[row] = expires;
  }

  /** True for the token that was checked last. */
  isSealed(row: number, expires: number, seal: readonly number[]): boolean {
    const at = row * SEAL_WORDS;
    return (
      this.expires[row] === expires &&
      this.seal[at] === seal[0] &&
      this.seal[at + 1] === seal[1] &&
      this.seal[at + 2] === seal[2]
    );
  }

  /** True when the row is of this session: rows are used again. */
  holds(row: number, low: number, high: number): boolean {
    return row >= 0 && this.state[row] !== FREE && this.idLow[row] === low && this.idHigh[row] === high;
  }

  /** Where the record of a minute is kept, once `reach` was called for it; −1 when it is too old. */
  at(row: number, minute: number): number {
    const age = (this.minute[row] ?? 0) - minute;
    return age < 0 || age >= MINUTES_KEPT ? NONE : row * MINUTES_KEPT + (minute % MINUTES_KEPT);
  }

  /** Makes room for the record of a minute; an older one than the newest changes nothing. */
  reach(row: number, minute: number): void {
    const newest = this.minute[row] ?? 0;
    if (minute <= newest) return;
    const from = Math.max(newest + 1, minute - MINUTES_KEPT + 1);
    for (let one = from; one <= minute; one += 1) {
      const at = row * MINUTES_KEPT + (one % MINUTES_KEPT);
      this.delivered[at] = 0;
      this.confirmed[at] = 0;
    }
    this.dirty[row] = ((this.dirty[row] ?? 0) << Math.min(MINUTES_KEPT, minute - newest)) & ALL_DIRTY;
    this.minute[row] = minute;
  }

  /** The record of a minute has to be told. */
  touch(row: number, minute: number): void {
    const age = (this.minute[row] ?? 0) - minute;
    if (age >= 0 && age < MINUTES_KEPT) this.dirty[row] = (this.dirty[row] ?? 0) | (1 << age);
  }

  /** Writes the record of a minute: the layout of `wire/session-record.ts`. */
  write(view: DataView, to: number, row: number, minute: number, room: number, door: number): void {
    const at = this.at(row, minute);
    const delivered = this.delivered[at] ?? 0;
    const confirmed = this.confirmed[at] ?? 0;
    view.setUint32(to, this.idLow[row] ?? 0, true);
    view.setUint32(to + 4, this.idHigh[row] ?? 0, true);
    view.setUint32(to + 8, this.toldLow[row] ?? 0, true);
    view.setUint32(to + 12, this.toldHigh[row] ?? 0, true);
    view.setUint32(to + 16, minute, true);
    view.setUint16(to + 20, room, true);
    view.setUint8(to + 22, this.kind[row] ?? 0);
    view.setUint8(to + 23, this.exclusion[row] ?? 0);
    view.setUint16(to + 24, delivered & 0xffff, true);
    view.setUint8(to + 26, (delivered >>> 16) & 0xff);
    view.setUint16(to + 27, confirmed & 0xffff, true);
    view.setUint8(to + 29, (confirmed >>> 16) & 0xff);
    view.setUint8(to + 30, confirmed >>> 24);
    view.setUint8(to + 31, door);
  }

  #take(): number {
    let row = this.#free;
    if (row !== NONE) {
      this.#free = this.network[row] ?? NONE;
      return row;
    }
    if (this.high === this.#capacity) {
      if (this.#capacity >= MOST_SESSIONS) return NONE;
      this.#grow(this.#capacity * 2);
    }
    row = this.high;
    this.high += 1;
    return row;
  }

  #grow(capacity: number): void {
    const more = <T extends { readonly length: number; set(from: T): void }>(
      made: new (length: number) => T,
      from: T,
      length = capacity,
    ): T => {
      const to = new made(length);
      to.set(from);
      return to;
    };
    this.#capacity = capacity;
    this.idLow = more(Uint32Array, this.idLow);
    this.idHigh = more(Uint32Array, this.idHigh);
    this.keyLow = more(Uint32Array, this.keyLow);
    this.keyHigh = more(Uint32Array, this.keyHigh);
    this.toldLow = more(Uint32Array, this.toldLow);
    this.toldHigh = more(Uint32Array, this.toldHigh);
    this.room = more(Uint16Array, this.room);
    this.kind = more(Uint8Array, this.kind);
    this.exclusion = more(Uint8Array, this.exclusion);
    this.state = more(Uint8Array, this.state);
    this.network = more(Int32Array, this.network);
    this.person = more(Uint32Array, this.person);
    this.heard = more(Float64Array, this.heard);
    this.played = more(Float64Array, this.played);
    this.spare = more(Float64Array, this.spare);
    this.since = more(Float64Array, this.since);
    this.heardTold = more(Uint32Array, this.heardTold);
    this.proven = more(Float64Array, this.proven);
    this.provenTold = more(Uint32Array, this.provenTold);
    this.dirty = more(Uint8Array, this.dirty);
    this.minute = more(Uint32Array, this.minute);
    this.delivered = more(Uint32Array, this.delivered, capacity * MINUTES_KEPT);
    this.confirmed = more(Uint32Array, this.confirmed, capacity * MINUTES_KEPT);
    this.seen = more(Float64Array, this.seen);
    this.began = more(Float64Array, this.began);
    this.provenAt = more(Float64Array, this.provenAt);
    this.window = more(Int32Array, this.window);
    this.segments = more(Uint8Array, this.segments);
    this.fragment = more(Int32Array, this.fragment);
    this.seal = more(Uint32Array, this.seal, capacity * SEAL_WORDS);
    this.expires = more(Uint32Array, this.expires);
    this.#nextOfKey = more(Int32Array, this.#nextOfKey);
    this.#previousOfKey = more(Int32Array, this.#previousOfKey);
    this.#byId = new Int32Array(capacity * 2).fill(NONE);
    this.#byKey = new Int32Array(capacity * 2).fill(NONE);
    for (let row = 0; row < this.high; row += 1) {
      if (this.state[row] === FREE) continue;
      this.#enter(this.#byId, this.idLow, row);
      if (this.#previousOfKey[row] === NONE) this.#enter(this.#byKey, this.keyLow, row);
    }
  }

  #enter(index: Int32Array, low: Uint32Array, row: number): void {
    const mask = index.length - 1;
    let at = (low[row] ?? 0) & mask;
    while (index[at] !== NONE) at = (at + 1) & mask;
    index[at] = row;
  }

  /** Takes a row out of an index, and closes the gap. */
  #leave(index: Int32Array, low: Uint32Array, row: number): void {
    const mask = index.length - 1;
    let gap = (low[row] ?? 0) & mask;
    while (index[gap] !== row) {
      if (index[gap] === NONE) return;
      gap = (gap + 1) & mask;
    }
    for (let at = (gap + 1) & mask; ; at = (at + 1) & mask) {
      const other = index[at] ?? NONE;
      if (other === NONE) break;
      const home = (low[other] ?? 0) & mask;
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      index[gap] = other;
      gap = at;
    }
    index[gap] = NONE;
  }

  /** The place of a key's first row, or where it would be entered. */
  #placeOfKey(low: number, high: number): number {
    const mask = this.#byKey.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const row = this.#byKey[at] ?? NONE;
      if (row === NONE || (this.keyLow[row] === low && this.keyHigh[row] === high)) return at;
    }
  }

  #link(row: number): void {
    const at = this.#placeOfKey(this.keyLow[row] ?? 0, this.keyHigh[row] ?? 0);
    const first = this.#byKey[at] ?? NONE;
    this.#byKey[at] = row;
    this.#nextOfKey[row] = first;
    this.#previousOfKey[row] = NONE;
    if (first !== NONE) this.#previousOfKey[first] = row;
  }

  #unlink(row: number): void {
    const [before, next] = [this.#previousOfKey[row] ?? NONE, this.#nextOfKey[row] ?? NONE];
    if (next !== NONE) this.#previousOfKey[next] = before;
    if (before !== NONE) {
      this.#nextOfKey[before] = next;
      return;
    }
    if (next === NONE) this.#leave(this.#byKey, this.keyLow, row);
    else this.#byKey[this.#placeOfKey(this.keyLow[row] ?? 0, this.keyHigh[row] ?? 0)] = next;
  }
}

/** The seconds of one slot, in a word that holds six slots. */
export const secondsIn = (word: number, slot: number): number => (word >>> (slot * 4)) & 15;

/** Replaces the seconds of one slot, limited to `SLOT_S`; bits above the six slots stay. */
export function withSeconds(word: number, slot: number, seconds: number): number {
  const cut = Math.max(0, Math.min(SLOT_S, seconds));
  return ((word & ~(15 << (slot * 4))) | (cut << (slot * 4))) >>> 0;
}

/** Sets the mark of a proof in one slot. */
export const withProof = (word: number, slot: number): number => (word | (1 << (SLOTS * 4 + slot))) >>> 0;
