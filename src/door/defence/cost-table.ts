import { DEFENCE, WEIGHT } from './thresholds.ts';

/** What a client, a prefix or a network takes: means per second over the last 15 s, and connections open now. */
export interface CostRates {
  /** Everything together, µs of a core. */
  readonly cost: number;
  /** Processor time, µs. */
  readonly cpu: number;
  /** Open connections, mean. */
  readonly connections: number;
  readonly bytes: number;
  readonly requests: number;
  /** Connections open now. */
  readonly slots: number;
  /** Listeners as far as they are known: streams that go on, and connections that fetch sound as fast as it plays. */
  readonly listeners: number;
}

/** Rows are kept in sets of this many. */
const WAYS = 8;
/** A row that costs less than this, µs in all, makes room for another: less than one page. */
const CHEAP = 1_000;
/** Seconds over which a mean goes back. */
const WINDOW_S = DEFENCE.halfLifeMs / 1_000 / Math.LN2;
/** Of the streams that have begun since, so many a second are believed: one that leaves at once counts for nothing. */
const BELIEVED = 0.2;

/**
 * What each of many clients costs, in memory that is fixed from the start, 36 bytes a row. Whoever comes takes the place
 * of the cheapest row of its set, if that has cost less than a page. Where all eight have cost more, and are not to be
 * forgotten, the newcomer shares `rest`, the one row for all who found no place: its cost is counted there and limited
 * there, and `overflows` says how often that happened.
 */
export class CostTable {
  /** The row of all who have none of their own. */
  readonly rest: number;
  /** Charges that went to `rest` so far. */
  overflows = 0;
  /** See `Escalation`; a row with a step is never given to another. */
  readonly steps: Uint8Array;
  /** Seconds above the share, weighted. */
  readonly above: Float32Array;
  readonly #sets: number;
  readonly #tags: Uint32Array;
  readonly #cpu: Float32Array;
  readonly #seconds: Float32Array;
  readonly #bytes: Float32Array;
  readonly #sound: Float32Array;
  readonly #requests: Float32Array;
  readonly #slots: Uint32Array;
  readonly #streams: Uint32Array;
  readonly #stays: Float32Array;

  /** `rows`: a multiple of eight. */
  constructor(rows: number) {
    this.#sets = Math.max(1, Math.floor(rows / WAYS));
    const places = this.#sets * WAYS + 1;
    this.rest = places - 1;
    this.steps = new Uint8Array(places);
    this.above = new Float32Array(places);
    this.#tags = new Uint32Array(places);
    this.#cpu = new Float32Array(places);
    this.#seconds = new Float32Array(places);
    this.#bytes = new Float32Array(places);
    this.#sound = new Float32Array(places);
    this.#requests = new Float32Array(places);
    this.#slots = new Uint32Array(places);
    this.#streams = new Uint32Array(places);
    this.#stays = new Float32Array(places);
  }

  /** Rows with one more for the rest. */
  get length(): number {
    return this.rest + 1;
  }

  /** The key of a row; 0: nobody has it. */
  keyAt(row: number): number {
    return this.#tags[row] ?? 0;
  }

  /** The row of a key (never 0), or `rest` where it has none. */
  find(key: number): number {
    const first = (key % this.#sets) * WAYS;
    for (let row = first; row < first + WAYS; row += 1) if (this.#tags[row] === key) return row;
    return this.rest;
  }

  /** The row of a key, which gets one if there is a place. */
  place(key: number): number {
    const first = (key % this.#sets) * WAYS;
    let cheapest = this.rest;
    let least = CHEAP;
    for (let row = first; row < first + WAYS; row += 1) {
      const tag = this.#tags[row];
      if (tag === key) return row;
      const cost = tag === 0 ? -1 : this.#total(row);
      if (cost >= least || this.steps[row] !== 0) continue;
      cheapest = row;
      least = cost;
    }
    if (cheapest === this.rest) this.overflows += 1;
    else this.#give(cheapest, key);
    return cheapest;
  }

  /** Charges a row for a request: processor time in µs, bytes of its answer, and how many of those were sound. */
  charge(row: number, cpu: number, bytes: number, sound: number): void {
    this.#cpu[row] = (this.#cpu[row] as number) + cpu;
    this.#bytes[row] = (this.#bytes[row] as number) + bytes;
    this.#sound[row] = (this.#sound[row] as number) + sound;
    this.#requests[row] = (this.#requests[row] as number) + 1;
  }

  /** A connection of a key opened (1) or closed (−1). One whose row was given away in between is forgotten. */
  slot(key: number, change: 1 | -1): void {
    const row = change > 0 ? this.place(key) : this.find(key);
    this.#slots[row] = Math.max(0, (this.#slots[row] ?? 0) + change);
  }

  /** A stream of a key began (1) or ended (−1). */
  stream(key: number, change: 1 | -1): void {
    const row = change > 0 ? this.place(key) : this.find(key);
    this.#streams[row] = Math.max(0, (this.#streams[row] ?? 0) + change);
  }

  /** `seconds` have passed: older cost fades, open connections cost something. Call about once a second. */
  turn(seconds: number): void {
    const left = 2 ** ((-seconds * 1_000) / DEFENCE.halfLifeMs);
    const believed = Math.min(1, BELIEVED * seconds);
    for (let row = 0; row <= this.rest; row += 1) {
      if (this.#tags[row] === 0 && row !== this.rest) continue;
      const streams = this.#streams[row] ?? 0;
      const stays = this.#stays[row] ?? 0;
      this.#stays[row] = streams > stays ? stays + (streams - stays) * believed : streams;
      this.#cpu[row] = (this.#cpu[row] as number) * left;
      this.#seconds[row] = (this.#seconds[row] as number) * left + (this.#slots[row] as number) * seconds;
      this.#bytes[row] = (this.#bytes[row] as number) * left + streams * DEFENCE.soundRate * seconds;
      this.#sound[row] = (this.#sound[row] as number) * left;
      this.#requests[row] = (this.#requests[row] as number) * left;
    }
  }

  /** What a row costs, µs of a core per second. */
  cost(row: number): number {
    return this.#total(row) / WINDOW_S;
  }

  /** Requests per second. */
  requests(row: number): number {
    return (this.#requests[row] ?? 0) / WINDOW_S;
  }

  /** Listeners of a row, as far as they are known. */
  listeners(row: number): number {
    const streams = this.#streams[row] ?? 0;
    const others = Math.max(0, (this.#slots[row] ?? 0) - streams);
    const fed = (this.#sound[row] ?? 0) / WINDOW_S / DEFENCE.soundRate;
    return (this.#stays[row] ?? 0) + Math.min(others, fed);
  }

  /** All that is known of a row. */
  rates(row: number): CostRates {
    return {
      cost: this.cost(row),
      cpu: (this.#cpu[row] ?? 0) / WINDOW_S,
      connections: (this.#seconds[row] ?? 0) / WINDOW_S,
      bytes: (this.#bytes[row] ?? 0) / WINDOW_S,
      requests: this.requests(row),
      slots: this.#slots[row] ?? 0,
      listeners: this.listeners(row),
    };
  }

  /** Rows that are somebody's. */
  get used(): number {
    let used = 0;
    for (let row = 0; row < this.rest; row += 1) if (this.#tags[row] !== 0) used += 1;
    return used;
  }

  #total(row: number): number {
    return (
      (this.#cpu[row] as number) +
      (this.#seconds[row] as number) * WEIGHT.connectionSecond +
      (this.#bytes[row] as number) * WEIGHT.byte
    );
  }

  #give(row: number, key: number): void {
    this.#tags[row] = key;
    this.above[row] = 0;
    this.#cpu[row] = 0;
    this.#seconds[row] = 0;
    this.#bytes[row] = 0;
    this.#sound[row] = 0;
    this.#requests[row] = 0;
    this.#slots[row] = 0;
    this.#streams[row] = 0;
    this.#stays[row] = 0;
  }
}
