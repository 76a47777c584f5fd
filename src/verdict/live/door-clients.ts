import type { Columns } from '../clients/columns.ts';
import { householdOf } from '../clients/network.ts';
import { openColumns } from '../clients/retirement.ts';
import { CARRIED, clearRow, type SlotTable, swapTable } from './slot-counters.ts';

/** Letters of an agent that are kept. */
export const MOST_LETTERS = 300;
/** An address's; a proxy may say anything. */
const ADDRESS_LETTERS = 64;
/** Agents of one address that are told apart (a carrier stands before thousands of people); all others are one client, `MANY_AGENTS`. */
export const AGENTS_OF_ADDRESS = 256;
/** What the client is called that stands for all further agents of an address. */
export const MANY_AGENTS = 'many agents';
/** Addresses that are looked at in one piece when clients are let go. */
const PIECE = 64;

/** Clients of one address; most have one agent. */
interface AddressClients {
  readonly agent: string;
  readonly row: number;
  more: Map<string, number> | undefined;
}

/**
 * The clients of a door by address (IPv6: its /64) and agent, each with a row of counters. Raw addresses are in memory,
 * and only here. At most about 1 kB a row, whatever is sent: 65 MB for 65,536 rows.
 */
export class DoorClients {
  /** All of it at once: memory that nobody has touched costs nothing, and growing a full table would be a pause. */
  readonly columns: Columns;
  readonly addresses: string[] = [];
  readonly agents: string[] = [];
  /** Streams of each client that run now. */
  readonly streams: number[] = [];
  /** When each client was last active in a slot that is written, wall-clock ms. */
  readonly #seen: number[] = [];
  readonly #most: number;
  readonly #byAddress = new Map<string, AddressClients>();
  readonly #free: number[] = [];
  #spare: SlotTable | undefined;

  constructor(most: number) {
    this.#most = most;
    this.columns = openColumns(most);
    // Both tables now: the first slot must not end with making one.
    const spare = swapTable(this.columns, undefined);
    for (let row = 0; row < this.columns.rows; row++) clearRow(spare, row);
    this.#spare = spare;
  }

  get size(): number {
    return this.columns.rows - this.#free.length;
  }

  /** The row of a client; −1 when there is no room for another. */
  row(address: string, agent: string): number {
    const key = keyOf(address);
    const name = agent.length > MOST_LETTERS ? agent.slice(0, MOST_LETTERS) : agent;
    const known = this.#byAddress.get(key);
    if (known === undefined) {
      const row = this.#open(address, name);
      if (row >= 0) this.#byAddress.set(copyOf(key), { agent: this.agents[row] ?? '', row, more: undefined });
      return row;
    }
    if (known.agent === name) return known.row;
    const more = known.more?.get(name);
    if (more !== undefined) return more;
    known.more ??= new Map();
    const full = known.more.size >= AGENTS_OF_ADDRESS - 1;
    const shared = full ? known.more.get(MANY_AGENTS) : undefined;
    if (shared !== undefined) return shared;
    const row = this.#open(address, full ? MANY_AGENTS : name);
    if (row >= 0) known.more.set(this.agents[row] ?? '', row);
    return row;
  }

  #open(address: string, agent: string): number {
    if (this.#free.length === 0 && this.columns.rows >= this.#most) return -1;
    const row = this.#free.pop() ?? this.columns.push();
    this.addresses[row] = copyOf(address.slice(0, ADDRESS_LETTERS));
    this.agents[row] = copyOf(agent);
    this.streams[row] = 0;
    this.#seen[row] = 0;
    return row;
  }

  /** Takes out what the slot has counted; the next one begins in an empty table. */
  swap(): SlotTable {
    const table = swapTable(this.columns, this.#spare);
    this.#spare = undefined;
    return table;
  }

  /** A row of a table that was taken out is written: it is set back to nothing. */
  written(table: SlotTable, row: number): void {
    this.#seen[row] = Math.max(this.#seen[row] ?? 0, table.moments.last[row] as number);
    clearRow(table, row);
  }

  /** Gives back a table of which all rows are written. */
  giveBack(table: SlotTable): void {
    this.#spare = table;
  }

  /** Lets clients go that have been silent since `before` (wall-clock ms) and hear nothing, in pieces. */
  *lettingGo(before: number): Generator<undefined> {
    const { moments, counts } = this.columns;
    const gone = (row: number): boolean =>
      (this.#seen[row] as number) < before &&
      (moments.last[row] as number) < before &&
      counts.merged[row] === 0 &&
      this.streams[row] === 0;
    let looked = 0;
    for (const [address, { row, agent, more }] of this.#byAddress) {
      if (++looked % PIECE === 0) yield;
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
    clearRow(this.columns, row);
    for (const name of CARRIED) counts[name][row] = 0;
    for (const name of ['lastPage', 'lastRefused'] as const) moments[name][row] = 0;
    this.addresses[row] = '';
    this.agents[row] = '';
    this.#free.push(row);
  }
}

/** A copy: a slice would keep the head that it was cut from. */
const copyOf = (text: string): string => Buffer.from(text).toString();

const COLON = 58;
/** An address as clients are told apart by it: of IPv6 the /64. */
function keyOf(address: string): string {
  let colons = 0;
  for (let i = 0; i < address.length; i++) {
    if (address.charCodeAt(i) !== COLON) continue;
    // The usual spelling with four groups and more is cut; all others are read.
    if (address.charCodeAt(i + 1) === COLON && colons < 3) break;
    if (++colons === 4) return plain(address, i) ? address.slice(0, i) : householdOf(address);
  }
  const text = address.length > ADDRESS_LETTERS ? address.slice(0, ADDRESS_LETTERS) : address;
  return text.includes(':') ? householdOf(text) : text;
}

/** True where the groups before `end` are written as `householdOf` writes them. */
function plain(address: string, end: number): boolean {
  if (address.includes('.') || address.includes('%')) return false;
  for (let i = 0; i < end; i++) {
    const code = address.charCodeAt(i);
    const begins = i === 0 || address.charCodeAt(i - 1) === COLON;
    if (begins && (code === COLON || (code === 48 && address.charCodeAt(i + 1) !== COLON))) return false;
    if (code >= 65 && code <= 90) return false;
  }
  return true;
}
