import { add } from './columns.ts';

/** Clients with lower numbers stand for many. */
const SHARED = 4;
/** Room for cells at first; it doubles. */
const FIRST_ROOM = 1_024;

/** What a client asked for in a slot, as it is added to a cell. */
export interface CellSum {
  readonly requests: number;
  readonly cost: number;
  readonly failed: number;
}

/**
 * What each client asked for in each slot of time. When the limit is reached, slots become twice as long and cells of
 * the same client merge, so that any log fits.
 */
export class Cells {
  client: Uint32Array;
  slot: Int32Array;
  requests: Uint32Array;
  cost: Float32Array;
  failed: Uint32Array;
  /** Seconds of a slot. */
  seconds: number;
  size = 0;
  readonly #most: number;

  constructor(most: number, seconds: number) {
    this.#most = most;
    this.seconds = seconds;
    const room = Math.min(most, FIRST_ROOM);
    this.client = new Uint32Array(room);
    this.slot = new Int32Array(room);
    this.requests = new Uint32Array(room);
    this.cost = new Float32Array(room);
    this.failed = new Uint32Array(room);
  }

  slotOf(at: number): number {
    return Math.floor(at / 1000 / this.seconds);
  }

  /** Counts a request; `last` has the client's cell of before (one more than its index, 0 for none). */
  add(client: number, at: number, cost: number, failed: boolean, last: Uint32Array): void {
    this.addMany(client, at, { requests: 1, cost, failed: failed ? 1 : 0 }, last);
  }

  /** Counts several requests of one slot. */
  addMany(client: number, at: number, sum: CellSum, last: Uint32Array): void {
    const slot = this.slotOf(at);
    const before = (last[client] as number) - 1;
    if (before >= 0 && this.slot[before] === slot) {
      this.#count(before, sum);
      return;
    }
    if (this.size === this.#most) {
      this.#coarsen(last);
      this.addMany(client, at, sum, last);
      return;
    }
    if (this.size === this.client.length) this.#grow();
    const cell = this.size++;
    this.client[cell] = client;
    this.slot[cell] = slot;
    last[client] = cell + 1;
    this.#count(cell, sum);
  }

  #count(cell: number, { requests, cost, failed }: CellSum): void {
    add(this.requests, cell, requests);
    add(this.cost, cell, cost);
    if (failed > 0) add(this.failed, cell, failed);
  }

  #grow(): void {
    const room = Math.min(this.#most, this.client.length * 2);
    const grown = <T extends Uint32Array | Int32Array | Float32Array>(old: T, larger: T): T => {
      larger.set(old);
      return larger;
    };
    this.client = grown(this.client, new Uint32Array(room));
    this.slot = grown(this.slot, new Int32Array(room));
    this.requests = grown(this.requests, new Uint32Array(room));
    this.cost = grown(this.cost, new Float32Array(room));
    this.failed = grown(this.failed, new Uint32Array(room));
  }

  #coarsen(last: Uint32Array): void {
    while (this.size > this.#most * 0.75) {
      this.seconds *= 2;
      last.fill(0);
      this.#rebuild(
        (client) => client,
        (slot) => Math.floor(slot / 2),
        last,
      );
    }
  }

  /** Gives each client another number, the same for several; `last` gets the cells of the new numbers. */
  renumber(to: Uint32Array, last: Uint32Array): void {
    last.fill(0);
    this.#rebuild(
      (client) => to[client] as number,
      (slot) => slot,
      last,
    );
  }

  /** Moves all cells, and merges those of the same client and slot. */
  #rebuild(clientOf: (client: number) => number, slotOf: (slot: number) => number, last: Uint32Array): void {
    const before = this.size;
    // Clients that stand for many have cells of many slots, in no order.
    const shared = new Map<number, number>();
    this.size = 0;
    for (let i = 0; i < before; i++) {
      const client = clientOf(this.client[i] as number);
      const slot = slotOf(this.slot[i] as number);
      const same =
        client < SHARED ? (shared.get(slot * SHARED + client) ?? -1) : (last[client] as number) - 1;
      const merges = same >= 0 && this.slot[same] === slot;
      const to = merges ? same : this.size++;
      const requests = this.requests[i] as number;
      const cost = this.cost[i] as number;
      const failed = this.failed[i] as number;
      this.client[to] = client;
      this.slot[to] = slot;
      this.requests[to] = requests + (merges ? (this.requests[to] as number) : 0);
      this.cost[to] = cost + (merges ? (this.cost[to] as number) : 0);
      this.failed[to] = failed + (merges ? (this.failed[to] as number) : 0);
      if (client < SHARED) shared.set(slot * SHARED + client, to);
      last[client] = to + 1;
    }
  }
}
