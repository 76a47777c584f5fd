import type { AgentKind } from './agent-kind.ts';
import type { Cells } from './cells.ts';
import { add, type ClientAmount, Columns, type Counter } from './columns.ts';

/** Rows that stand for many: what no place was left for, and those who have gone, by what they were. */
export const REST = 0;
/** Those who behaved like people. */
export const GONE_PEOPLE = 1;
/** Those who said that they were programs. */
export const GONE_PROGRAMS = 2;
/** All others who have gone. */
export const GONE_OTHERS = 3;
/** The first row of a single client. */
export const FIRST_CLIENT = 4;

/** Clients that have gone, by what a cohort would make of them. */
export interface GoneClients {
  people: number;
  persistent: number;
  direct: number;
  referred: number;
}

/** Silent for so long, a client has gone. */
const GONE_MS = 10 * 60_000;
/** Clients that cost more than this many times the mean stay. */
const COSTLY = 20;

/** Columns with the rows that stand for many, and no others; `room`: rows that need no growing. */
export function openColumns(room?: number): Columns {
  const columns = new Columns(room);
  for (let row = 0; row < FIRST_CLIENT; row++) columns.counts.merged[columns.push()] = 1;
  return columns;
}

/**
 * Makes room in a full table: clients that have been silent for ten minutes and cost little are counted together from
 * then on. What they asked for stays in the cells, under the row of their kind.
 */
export function retireClients(
  old: Columns,
  cells: Cells,
  kinds: readonly AgentKind[],
  now: number,
  gone: GoneClients,
): { readonly columns: Columns; readonly from: Uint32Array } {
  const columns = new Columns();
  const to = new Uint32Array(old.rows);
  const from: number[] = [];
  const costly = (COSTLY * old.amounts.cost.reduce((sum, cost) => sum + cost, 0)) / old.rows;
  for (let row = 0; row < old.rows; row++) {
    const stays =
      row < FIRST_CLIENT ||
      (old.moments.last[row] as number) > now - GONE_MS ||
      (old.amounts.cost[row] as number) > costly;
    if (!stays) {
      to[row] = placeOf(old, row, kinds, gone);
      continue;
    }
    const next = columns.push();
    to[row] = next;
    from.push(row);
    for (const name in columns.counts)
      columns.counts[name as Counter][next] = old.counts[name as Counter][row] as number;
    for (const name in columns.amounts)
      columns.amounts[name as ClientAmount][next] = old.amounts[name as ClientAmount][row] as number;
    for (const name of ['first', 'last', 'lastPage', 'lastRefused'] as const)
      columns.moments[name][next] = old.moments[name][row] as number;
  }
  for (let row = FIRST_CLIENT; row < old.rows; row++) {
    const place = to[row] as number;
    if (place >= FIRST_CLIENT) continue;
    add(columns.counts.requests, place, old.counts.requests[row] as number);
    add(columns.amounts.cost, place, old.amounts.cost[row] as number);
  }
  cells.renumber(to, columns.counts.cell);
  return { columns, from: Uint32Array.from(from) };
}

/** The row that a client goes to, and its count by kind. */
function placeOf({ counts }: Columns, row: number, kinds: readonly AgentKind[], gone: GoneClients): number {
  const of = (name: Counter): number => counts[name][row] as number;
  const kind = kinds[of('agent')] ?? 'none';
  if (kind === 'declared' || kind === 'library' || kind === 'tool') return GONE_PROGRAMS;
  const person =
    (of('assets') >= 2 && of('ownReferer') >= of('assets') * 0.3) ||
    of('segments') >= 3 ||
    of('chained') > 0 ||
    of('cached') >= 2;
  if (person) {
    gone.people++;
    return GONE_PEOPLE;
  }
  if (of('assets') + of('segments') + of('cached') === 0 && of('pages') > 0) {
    if (of('pages') >= 5) gone.persistent++;
    else if (of('otherReferer') > 0) gone.referred++;
    else gone.direct++;
  }
  return GONE_OTHERS;
}
