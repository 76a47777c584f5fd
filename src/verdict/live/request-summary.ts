import { countQuery, countRequest } from '../clients/client-counting.ts';
import { add } from '../clients/columns.ts';
import { hashOf, prefixOf } from '../clients/network.ts';
import { Referers } from '../clients/referers.ts';
import { costOf, workOf } from '../clients/request-cost.ts';
import { type TargetKind, targetKind } from '../clients/target-kind.ts';
import { DURATION_CLASSES } from '../clients/timeline.ts';
import { THRESHOLDS as T } from '../thresholds.ts';
import { DoorClients } from './door-clients.ts';
import { type SentSlot, SLOT_MS, type SlotTotals } from './request-slot.ts';
import { type EndedSlot, type SlotNaming, SlotWriter } from './slot-writer.ts';
import type { HeardStream, SummarisedRequest } from './summarised-request.ts';

/** Clients that a door tells apart; beyond it new ones are counted by prefix. */
export const MOST_CLIENTS = 65_536;
/** Requests of one client and slot that are looked at closely (queries, unknown paths); of further ones each eighth. */
const CLOSELY = 12;
const MOST_PAGES = 256;
const MOST_NAMES = 200;
/** A request costs the slot in which it ends no more of a connection than the slot has. */
const MOST_HELD_MS = SLOT_MS;
/** A stream that has run for so long is heard: it counts as this many segments. */
const HEARD_MS = 10_000;
const HEARD_SEGMENTS = 3;
const HEARD_PIECE = 256;
/** Clients that are silent for so long are let go. */
const SILENT_MS = 120_000;

/** Dependencies of a door's summary. */
export interface RequestSummaryDeps extends SlotNaming {
  readonly door: string;
  readonly life: string;
  /** Default: `MOST_CLIENTS`. */
  readonly mostClients?: number;
}

const noTotals = () => ({
  ...{ requests: 0, work: 0, cost: 0, errors: 0, internal: 0, gaveUp: 0 },
  durations: Array<number>(DURATION_CLASSES).fill(0),
  ...{ withReferer: 0, withAgent: 0, withDuration: 0, merged: 0, streams: 0 },
});

/** What a door is asked for, counted by client while it runs: bounded memory, some hundred nanoseconds a request. */
export class RequestSummary {
  readonly #clients: DoorClients;
  readonly #referers = new Referers();
  readonly #writer: SlotWriter;
  readonly #pages = new Set<number>();
  readonly #names = new Map<number, string>();
  /** Clients that asked for something in this slot. */
  #active: number[] = [];
  /** Of clients for whom there was no row: requests and cost by prefix. */
  #merged = new Map<string, { requests: number; cost: number; failed: number }>();
  /** Since when the streams of clients run who are not known to hear yet. */
  readonly #beginning = new Map<HeardStream, number>();
  #totals = noTotals();
  #streams = 0;
  #turn = 0;

  constructor(deps: RequestSummaryDeps) {
    this.#clients = new DoorClients(deps.mostClients ?? MOST_CLIENTS);
    this.#writer = new SlotWriter(deps);
  }

  /** Counts a request that is over. */
  add(request: SummarisedRequest): void {
    const { target, status, method } = request;
    const row = this.#rowOf(request.address, request.agent);
    const mark = target.indexOf('?');
    const path = mark < 0 ? target : target.slice(0, mark);
    const known = request.asks;
    const closely = row >= 0 && this.#closely(row);
    const kind: TargetKind =
      method === '' ? 'api' : (known ?? (closely && status === 404 ? targetKind(path) : 'page'));
    const hash = hashOf(path);
    const work =
      request.work === undefined
        ? workOf(request, kind, T)
        : 1 + request.bytes / T.bytesPerUnit + request.work;
    const held = Math.min(request.duration, MOST_HELD_MS);
    const cost =
      request.work === undefined
        ? costOf({ duration: held, status }, kind, work, T)
        : work + (held / 1000) * T.unitsPerSlotSecond;
    this.#sum(request, kind, work, cost);
    if (known === 'page' && status === 200 && this.#pages.size < MOST_PAGES) this.#pages.add(hash);
    if (request.name !== undefined && this.#names.size < MOST_NAMES && !this.#names.has(hash))
      this.#names.set(hash, request.name);
    if (row < 0) {
      this.#merge(request.address, status >= 500, cost);
      return;
    }
    const { columns } = this.#clients;
    countRequest(columns, row, request, { kind, path: hash, cost, referers: this.#referers });
    if (mark >= 0 && closely) countQuery(columns, row, target.slice(mark + 1), this.#weight(row));
  }

  /** A stream begins; give what it returns back to `leaves`. */
  hears(address: string, agent: string, at: number): HeardStream {
    this.#streams++;
    const row = this.#rowOf(address, agent);
    const hearing = { row };
    if (row < 0) return hearing;
    this.#clients.streams[row] = (this.#clients.streams[row] ?? 0) + 1;
    const { last } = this.#clients.columns.moments;
    if (at > (last[row] as number)) last[row] = at;
    this.#beginning.set(hearing, at);
    return hearing;
  }

  /** A stream is over. */
  leaves(hearing: HeardStream): void {
    this.#streams--;
    this.#beginning.delete(hearing);
    const { row } = hearing;
    if (row >= 0) this.#clients.streams[row] = Math.max(0, (this.#clients.streams[row] ?? 0) - 1);
  }

  /** Ends a slot in one piece: everything since the call before, as the slot that began at `at` (wall-clock ms). */
  take(at: number): SentSlot[] {
    return [...this.end(at)].filter((part) => part !== undefined);
  }

  /**
   * Ends a slot: from this call on requests belong to the next one. What it returns writes the slot in pieces of a
   * fraction of a millisecond, and gives a part now and then; the next slot may end only when it is through.
   */
  end(at: number): Generator<SentSlot | undefined> {
    const totals: SlotTotals = { ...this.#totals, streams: this.#streams };
    const ended = {
      ...{ totals, merged: this.#merged, pages: [...this.#pages], names: [...this.#names] },
      ...{ at, active: this.#active, table: this.#clients.swap() },
    };
    this.#active = [];
    this.#merged = new Map();
    this.#pages.clear();
    this.#names.clear();
    this.#totals = noTotals();
    return this.#ending(ended);
  }

  *#ending(ended: EndedSlot): Generator<SentSlot | undefined> {
    yield* this.#hear(ended);
    yield* this.#writer.write(this.#clients, ended);
    this.#clients.giveBack(ended.table);
    yield* this.#clients.lettingGo(ended.at + SLOT_MS - SILENT_MS);
  }

  #rowOf(address: string, agent: string): number {
    const row = this.#clients.row(address, agent);
    if (row < 0) return row;
    const { counts } = this.#clients.columns;
    if (counts.merged[row] === 0) {
      // Marks the row as one of this slot.
      counts.merged[row] = 1;
      this.#active.push(row);
    }
    return row;
  }

  /** True for requests that are looked at closely: the first of a client and slot, then each eighth. */
  #closely(row: number): boolean {
    if ((this.#clients.columns.counts.requests[row] as number) < CLOSELY) return true;
    this.#turn = (this.#turn + 1) & 7;
    return this.#turn === 0;
  }

  #weight(row: number): number {
    return (this.#clients.columns.counts.requests[row] as number) <= CLOSELY ? 1 : 8;
  }

  #sum(
    { status, duration, referer, agent }: SummarisedRequest,
    kind: TargetKind,
    work: number,
    cost: number,
  ) {
    const totals = this.#totals;
    totals.requests++;
    totals.work += work;
    totals.cost += cost;
    if (status >= 500) totals.errors++;
    if (status === 500) totals.internal++;
    if (status === 408 || status === 429 || status === 499) totals.gaveUp++;
    if (referer !== '') totals.withReferer++;
    if (agent !== '') totals.withAgent++;
    if (!(duration >= 0)) return;
    totals.withDuration++;
    if (kind === 'segment' || kind === 'playlist') return;
    // The class of a duration is the place of its highest bit.
    const of = Math.min(DURATION_CLASSES - 1, 31 - Math.clz32(Math.max(1, duration)));
    totals.durations[of] = (totals.durations[of] as number) + 1;
  }

  #merge(address: string, failed: boolean, cost: number): void {
    this.#totals.merged++;
    const prefix = prefixOf(address);
    let sum = this.#merged.get(prefix);
    if (!sum) {
      if (this.#merged.size >= MOST_CLIENTS / 8) return;
      sum = { requests: 0, cost: 0, failed: 0 };
      this.#merged.set(prefix, sum);
    }
    sum.requests++;
    sum.cost += cost;
    if (failed) sum.failed++;
  }

  /** Streams that have run for ten seconds are heard: their clients play. */
  *#hear({ at, active, table }: EndedSlot): Generator<undefined> {
    let heard = 0;
    for (const [hearing, since] of this.#beginning) {
      // They are in the order in which they began.
      if (at + SLOT_MS - since < HEARD_MS) break;
      this.#beginning.delete(hearing);
      const { row } = hearing;
      if (table.counts.merged[row] === 0) {
        table.counts.merged[row] = 1;
        active.push(row);
      }
      add(table.counts.segments, row, HEARD_SEGMENTS);
      if (++heard % HEARD_PIECE === 0) yield;
    }
  }
}
