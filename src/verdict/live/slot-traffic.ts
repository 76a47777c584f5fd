import { add, type Columns, type Counter } from '../clients/columns.ts';
import { FIRST_CLIENT, GONE_PEOPLE, REST } from '../clients/retirement.ts';
import { merge } from '../clients/timeline.ts';
import type { Traffic } from '../clients/traffic.ts';
import { type RequestSlot, SLOT_COUNTERS, type SlotClient, type SlotTotals } from './request-slot.ts';

/** Counters that are bits; all others but the majority are sums. */
const BITS: ReadonlySet<string> = new Set(
  'names0 names1 queries0 queries1 paths0 paths1 paths2 paths3'.split(' '),
);

/** Adds a slot to what is known; slots must come in the order of their time, and each part once. */
export function addSlot(traffic: Traffic, slot: RequestSlot): void {
  const { at, totals } = slot;
  if (totals) addTotals(traffic, at, totals);
  for (const hash of slot.pages ?? []) traffic.paths.sensePage(hash);
  for (const [hash, name] of slot.names ?? []) traffic.paths.name(hash, name);
  if (slot.fresh) traffic.noveltySince = Math.min(traffic.noveltySince ?? slot.fresh.since, slot.fresh.since);
  const fresh = new Set(slot.fresh?.prefixes);
  const agents = slot.agents.map(([kind, hash, impostor]) =>
    traffic.knownAgent(`${kind} ${hash}`, kind, impostor),
  );
  for (const client of slot.clients) {
    const row = rowFor(traffic, at, client, agents);
    addClient(traffic, row, at, client);
    const prefix = traffic.clients.counts.prefix[row] as number;
    const first = slot.fresh && !fresh.has(client[2]) ? Number.NEGATIVE_INFINITY : at;
    if (row >= FIRST_CLIENT && first < (traffic.prefixFirst[prefix] as number))
      traffic.prefixFirst[prefix] = first;
  }
}

function rowFor(traffic: Traffic, at: number, client: SlotClient, agents: readonly number[]): number {
  const [stands, address, prefix, agent] = client;
  if (stands === 'people') return GONE_PEOPLE;
  if (stands === 'others') return REST;
  if (stands === 1) return traffic.mergedRow(prefix);
  return traffic.rowOf({ address, agent: agents[agent] ?? 0, at, prefix: () => prefix });
}

function addTotals(traffic: Traffic, at: number, totals: SlotTotals): void {
  const { requests, work, cost, errors, internal, gaveUp, durations } = totals;
  merge(traffic.timeline.at(at), {
    ...{ requests, work, cost, errors, internal, gaveUp },
    durations: Uint32Array.from(durations),
  });
  traffic.requests += requests;
  traffic.withReferer += totals.withReferer;
  traffic.withAgent += totals.withAgent;
  traffic.withDuration += totals.withDuration;
  traffic.merged += totals.merged;
  if (at < traffic.first) traffic.first = at;
  if (at > traffic.last) traffic.last = at;
}

function addClient(traffic: Traffic, row: number, at: number, client: SlotClient): void {
  const [, , , , [cost, bytes, logGaps, logGaps2], [first, last], pairs] = client;
  const columns: Columns = traffic.clients;
  const { counts, amounts, moments } = columns;
  const known = counts.requests[row] !== 0 || counts.segments[row] !== 0;
  let [requests, failed, pagesInSlot, topPath, topCount] = [0, 0, 0, 0, 0];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const name = SLOT_COUNTERS[pairs[i] as number];
    const value = pairs[i + 1] as number;
    if (name === undefined) continue;
    if (name === 'requests') requests = value;
    else if (name === 'failed') failed = value;
    if (BITS.has(name)) counts[name][row] = (counts[name][row] as number) | value;
    else if (name === 'topPath') topPath = value;
    else if (name === 'topCount') topCount = value;
    else if (name === 'pagesInSlot') pagesInSlot = value;
    else add(counts[name as Counter], row, value);
  }
  if (topCount > 0) majority(columns, row, topPath, topCount);
  add(amounts.cost, row, cost);
  add(amounts.bytes, row, bytes);
  add(amounts.logGaps, row, logGaps);
  add(amounts.logGaps2, row, logGaps2);
  if (!known || at + first < (moments.first[row] as number)) moments.first[row] = at + first;
  if (at + last > (moments.last[row] as number)) moments.last[row] = at + last;
  burst(columns, row, Math.floor(at / 10_000), requests, pagesInSlot);
  if (requests > 0 || cost > 0)
    traffic.cells.addMany(row, at, { requests, cost, failed }, columns.counts.cell);
}

/** Joins two majorities; what they count of others cancels out. */
function majority({ counts }: Columns, row: number, path: number, count: number): void {
  const own = counts.topCount[row] as number;
  if (own === 0 || counts.topPath[row] === path) {
    counts.topPath[row] = path;
    counts.topCount[row] = own + count;
  } else if (own >= count) counts.topCount[row] = own - count;
  else {
    counts.topPath[row] = path;
    counts.topCount[row] = count - own;
  }
}

/** The most of any slot; several doors may have had the client in the same one. */
function burst({ counts }: Columns, row: number, slot: number, requests: number, pages: number): void {
  if (counts.slot[row] !== slot) {
    counts.slot[row] = slot;
    counts.inSlot[row] = 0;
    counts.pagesInSlot[row] = 0;
  }
  add(counts.inSlot, row, requests);
  add(counts.pagesInSlot, row, pages);
  counts.peak[row] = Math.max(counts.peak[row] as number, counts.inSlot[row] as number);
  counts.pagesPeak[row] = Math.max(counts.pagesPeak[row] as number, counts.pagesInSlot[row] as number);
}
