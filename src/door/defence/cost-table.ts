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
/** The numbers of a row, by their place in it. */
const CELLS = 8;
const [CPU, SECONDS, BYTES, SOUND, REQUESTS, SLOTS, STREAMS, STAYS] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
/** A row that costs less than this, µs in all, makes room for another: less than one page. */
const CHEAP = 1_000;
/** Seconds over which a mean goes back. */
const WINDOW_S = DEFENCE.halfLifeMs / 1_000 / Math.LN2;
/** Of the streams that have begun since, so many a second are believed: one that leaves at once counts for nothing. */
const BELIEVED = 0.2;

/**
 * What each of many clients costs, in memory that is fixed from the start, 45 bytes a row. Whoever comes takes the place
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
  /** Sets are a power of two, less one. */
  readonly #mask: number;
  readonly #tags: Int32Array;
  /** Eight numbers a row, side by side: a charge reads one line of the processor's cache. */
  readonly #cells: Float32Array;
  /** Of the sound of a row, that which a listed proxy took to its clients. */
  readonly #brought: Float32Array;

  /** `rows`: eight times a power of two. */
  constructor(rows: number) {
    const sets = 2 ** Math.max(0, Math.floor(Math.log2(rows / WAYS)));
    this.#mask = sets - 1;
    const places = sets * WAYS + 1;
    this.rest = places - 1;
    this.steps = new Uint8Array(places);
    this.above = new Float32Array(places);
    this.#tags = new Int32Array(places);
    this.#cells = new Float32Array(places * CELLS);
    this.#brought = new Float32Array(places);
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
    const first = (key & this.#mask) * WAYS;
    for (let row = first; row < first + WAYS; row += 1) if (this.#tags[row] === key) return row;
    return this.rest;
  }

  /** The row of a key, which gets one if there is a place. */
  place(key: number): number {
    const first = (key & this.#mask) * WAYS;
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

  /**
   * Charges a row for a request: processor time in µs, bytes of its answer, and how many of those were sound. `brought`:
   * on a connection of a listed proxy, which is nobody's.
   */
  charge(row: number, cpu: number, bytes: number, sound: number, brought = false): void {
    if (brought) {
      this.#brought[row] = (this.#brought[row] as number) + sound;
      sound = 0;
    }
    const cells = this.#cells;
    const at = row * CELLS;
    cells[at + CPU] = (cells[at + CPU] as number) + cpu;
    cells[at + BYTES] = (cells[at + BYTES] as number) + bytes;
    cells[at + SOUND] = (cells[at + SOUND] as number) + sound;
    cells[at + REQUESTS] = (cells[at + REQUESTS] as number) + 1;
  }

  /**
   * A connection of a key opened (1) or closed (−1). One whose row was given away in between is forgotten. True when it
   * is counted at `rest`, from where it is taken with `shared` once it closes, whatever the key has by then.
   */
  slot(key: number, change: 1 | -1, shared = false): boolean {
    return this.#count(key, SLOTS, change, shared);
  }

  /** The same for a stream that began (1) or ended (−1). */
  stream(key: number, change: 1 | -1, shared = false): boolean {
    return this.#count(key, STREAMS, change, shared);
  }

  /** `seconds` have passed: older cost fades, open connections cost something. Call about once a second. */
  turn(seconds: number): void {
    const left = 2 ** ((-seconds * 1_000) / DEFENCE.halfLifeMs);
    const believed = Math.min(1, BELIEVED * seconds);
    const cells = this.#cells;
    for (let row = 0; row <= this.rest; row += 1) {
      if (this.#tags[row] === 0 && row !== this.rest) continue;
      const at = row * CELLS;
      const streams = cells[at + STREAMS] as number;
      const stays = cells[at + STAYS] as number;
      cells[at + STAYS] = streams > stays ? stays + (streams - stays) * believed : streams;
      cells[at + CPU] = (cells[at + CPU] as number) * left;
      cells[at + SECONDS] = (cells[at + SECONDS] as number) * left + (cells[at + SLOTS] as number) * seconds;
      cells[at + BYTES] = (cells[at + BYTES] as number) * left + streams * DEFENCE.soundRate * seconds;
      cells[at + SOUND] = (cells[at + SOUND] as number) * left;
      this.#brought[row] = (this.#brought[row] as number) * left;
      cells[at + REQUESTS] = (cells[at + REQUESTS] as number) * left;
    }
  }

  /** What a row costs, µs of a core per second. */
  cost(row: number): number {
    return this.#total(row) / WINDOW_S;
  }

  /** Requests per second. */
  requests(row: number): number {
    return this.#cell(row, REQUESTS) / WINDOW_S;
  }

  /** Listeners of a row, as far as they are known. */
  listeners(row: number): number {
    const others = Math.max(0, this.#cell(row, SLOTS) - this.#cell(row, STREAMS));
    const second = WINDOW_S * DEFENCE.listenRate;
    const fed = Math.min(others, this.#cell(row, SOUND) / second);
    const brought = Math.min(DEFENCE.mostBrought, (this.#brought[row] ?? 0) / second);
    return this.#cell(row, STAYS) + fed + brought;
  }

  /** All that is known of a row. */
  rates(row: number): CostRates {
    return {
      cost: this.cost(row),
      cpu: this.#cell(row, CPU) / WINDOW_S,
      connections: this.#cell(row, SECONDS) / WINDOW_S,
      bytes: this.#cell(row, BYTES) / WINDOW_S,
      requests: this.requests(row),
      slots: this.#cell(row, SLOTS),
      listeners: this.listeners(row),
    };
  }

  /** Rows that are somebody's. */
  get used(): number {
    let used = 0;
    for (let row = 0; row < this.rest; row += 1) if (this.#tags[row] !== 0) used += 1;
    return used;
  }

  #cell(row: number, cell: number): number {
    return this.#cells[row * CELLS + cell] ?? 0;
  }

  #count(key: number, cell: number, change: 1 | -1, shared: boolean): boolean {
    const row = shared ? this.rest : change > 0 ? this.place(key) : this.find(key);
    if (change < 0 && row === this.rest && !shared) return false;
    const at = row * CELLS + cell;
    this.#cells[at] = Math.max(0, (this.#cells[at] ?? 0) + change);
    return row === this.rest;
  }

  #total(row: number): number {
    const cells = this.#cells;
    const at = row * CELLS;
    return (
      (cells[at + CPU] as number) +
      (cells[at + SECONDS] as number) * WEIGHT.connectionSecond +
      (cells[at + BYTES] as number) * WEIGHT.byte
    );
  }

  #give(row: number, key: number): void {
    this.#tags[row] = key;
    this.above[row] = 0;
    this.#brought[row] = 0;
    this.#cells.fill(0, row * CELLS, (row + 1) * CELLS);
  }
}
