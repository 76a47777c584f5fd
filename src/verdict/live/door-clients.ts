import { openColumns } from '../clients/retirement.ts';
import { CARRIED, clearSlot } from './slot-counters.ts';

/** Clients of one address; most have one agent. */
interface AddressClients {
  readonly agent: string;
  readonly row: number;
  more: Map<string, number> | undefined;
}

/** The clients of a door by address and agent, each with a row of counters. Raw addresses are in memory, and only here. */
export class DoorClients {
  columns = openColumns();
  readonly addresses: string[] = [];
  readonly agents: string[] = [];
  /** Streams of each client that run now. */
  readonly streams: number[] = [];
  readonly #most: number;
  readonly #byAddress = new Map<string, AddressClients>();
  readonly #free: number[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.columns.rows - this.#free.length;
  }

  /** The row of a client; −1 when there is no room for another. */
  row(address: string, agent: string): number {
    const known = this.#byAddress.get(address);
    if (known === undefined) {
      const row = this.#open(address, agent);
      if (row >= 0)
        this.#byAddress.set(this.addresses[row] ?? '', {
          ...{ agent: this.agents[row] ?? '', row, more: undefined },
        });
      return row;
    }
    if (known.agent === agent) return known.row;
    const more = known.more?.get(agent);
    if (more !== undefined) return more;
    const row = this.#open(address, agent);
    if (row < 0) return row;
    known.more ??= new Map();
    known.more.set(this.agents[row] ?? '', row);
    return row;
  }

  #open(address: string, agent: string): number {
    if (this.#free.length === 0 && this.columns.rows >= this.#most) return -1;
    const row = this.#free.pop() ?? this.columns.push();
    // Copies: slices would keep the heads that they were cut from.
    this.addresses[row] = Buffer.from(address).toString();
    this.agents[row] = Buffer.from(agent).toString();
    this.streams[row] = 0;
    return row;
  }

  /** Lets clients go that have been silent since `before` (wall-clock ms) and hear nothing. */
  letGo(before: number): void {
    const { moments } = this.columns;
    for (const [address, { row, agent, more }] of this.#byAddress) {
      const gone = (one: number): boolean =>
        (moments.last[one] as number) < before && this.streams[one] === 0;
      for (const [name, one] of more ?? []) {
        if (!gone(one)) continue;
        more?.delete(name);
        this.#release(one);
      }
      if (!gone(row)) continue;
      if (more && more.size > 0) {
        // Another takes its place.
        const [[name, one] = [agent, row]] = more;
        more.delete(name);
        this.#byAddress.set(address, { agent: name, row: one, more: more.size > 0 ? more : undefined });
      } else this.#byAddress.delete(address);
      this.#release(row);
    }
  }

  #release(row: number): void {
    const { counts, moments } = this.columns;
    clearSlot(this.columns, row);
    for (const name of CARRIED) counts[name][row] = 0;
    for (const name of ['first', 'last', 'lastPage', 'lastRefused'] as const) moments[name][row] = 0;
    this.addresses[row] = '';
    this.agents[row] = '';
    this.#free.push(row);
  }
}
