import type { AgentKind } from '../clients/agent-kind.ts';
import { type Counter, distinct } from '../clients/columns.ts';
import type { Traffic } from '../clients/traffic.ts';
import type { DemandCurve } from './demand.ts';

/** One client (address and agent) with what is worked out from its row. */
export type ClientView = Readonly<Record<Counter, number>> & {
  readonly number: number;
  readonly kind: AgentKind;
  readonly cost: number;
  readonly first: number;
  readonly last: number;
  /** In the window: requests, cost, errors. Outside of it: requests. */
  readonly inside: { readonly requests: number; readonly cost: number; readonly failed: number };
  readonly outside: number;
  /** Different paths, queries and names of parameters, estimated. */
  readonly differentPaths: number;
  readonly differentQueries: number;
  readonly differentNames: number;
  /** Share of its most frequent path, estimated; about 0.5 when there is none. */
  readonly topShare: number;
  /** Deviation of the logarithm of gaps between pages; NaN with too few. */
  readonly pace: number;
};

/** What each client asked for inside and outside of the window. */
export interface WindowSums {
  readonly requests: Float64Array;
  readonly cost: Float64Array;
  readonly failed: Float64Array;
  readonly outside: Float64Array;
}

/** Sums the cells of a window of wall-clock ms, the end excluded. */
export function windowSums({ clients, cells }: Traffic, from: number, to: number): WindowSums {
  const rows = clients.rows;
  const sums = {
    ...{ requests: new Float64Array(rows), cost: new Float64Array(rows) },
    ...{ failed: new Float64Array(rows), outside: new Float64Array(rows) },
  };
  const width = cells.seconds * 1000;
  for (let i = 0; i < cells.size; i++) {
    const client = cells.client[i] as number;
    const middle = ((cells.slot[i] as number) + 0.5) * width;
    if (middle < from || middle >= to) {
      sums.outside[client] = (sums.outside[client] as number) + (cells.requests[i] as number);
      continue;
    }
    sums.requests[client] = (sums.requests[client] as number) + (cells.requests[i] as number);
    sums.cost[client] = (sums.cost[client] as number) + (cells.cost[i] as number);
    sums.failed[client] = (sums.failed[client] as number) + (cells.failed[i] as number);
  }
  return sums;
}

/** A client of the table as an object. */
export function viewOf(
  { clients, agentKinds, withAgent }: Traffic,
  sums: WindowSums,
  number: number,
): ClientView {
  const { counts, amounts, moments } = clients;
  const row = {} as Record<Counter, number>;
  for (const name in counts) row[name as Counter] = counts[name as Counter][number] as number;
  const gaps = row.gaps;
  const mean = (amounts.logGaps[number] as number) / gaps;
  return {
    ...row,
    number,
    // A log without agents says nothing about any of them.
    kind: withAgent === 0 ? 'browser' : (agentKinds[row.agent] ?? 'none'),
    cost: amounts.cost[number] as number,
    first: moments.first[number] as number,
    last: moments.last[number] as number,
    inside: {
      requests: sums.requests[number] as number,
      cost: sums.cost[number] as number,
      failed: sums.failed[number] as number,
    },
    outside: sums.outside[number] as number,
    differentPaths: distinct(row.paths0, row.paths1, row.paths2, row.paths3),
    differentQueries: distinct(row.queries0, row.queries1),
    differentNames: distinct(row.names0, row.names1),
    topShare: (1 + row.topCount / Math.max(1, row.requests)) / 2,
    pace:
      gaps < 2
        ? Number.NaN
        : Math.sqrt(Math.max(0, (amounts.logGaps2[number] as number) / gaps - mean * mean)),
  };
}

/** Sums of what some clients asked for, by bin of the demand. */
export function seriesOf(
  { cells }: Traffic,
  { start, seconds, bins }: DemandCurve,
  weight: (client: number) => number,
): { readonly requests: Float64Array; readonly cost: Float64Array; readonly failed: Float64Array } {
  const series = {
    ...{ requests: new Float64Array(bins.length), cost: new Float64Array(bins.length) },
    failed: new Float64Array(bins.length),
  };
  for (let i = 0; i < cells.size; i++) {
    const part = weight(cells.client[i] as number);
    if (part === 0) continue;
    const middle = ((cells.slot[i] as number) + 0.5) * cells.seconds * 1000;
    const bin = Math.min(bins.length - 1, Math.max(0, Math.floor((middle - start) / 1000 / seconds)));
    series.requests[bin] = (series.requests[bin] as number) + part * (cells.requests[i] as number);
    series.cost[bin] = (series.cost[bin] as number) + part * (cells.cost[i] as number);
    series.failed[bin] = (series.failed[bin] as number) + part * (cells.failed[i] as number);
  }
  return series;
}
