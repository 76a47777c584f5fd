import type { AgentKind } from '../clients/agent-kind.ts';
import { COUNTERS, type Counter, distinct } from '../clients/columns.ts';
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

/** A client of the table; every value is read when it is asked for. */
class TableRow {
  readonly number: number;
  readonly traffic: Traffic;
  readonly sums: WindowSums;

  constructor(traffic: Traffic, sums: WindowSums, number: number) {
    this.traffic = traffic;
    this.sums = sums;
    this.number = number;
  }

  count(name: Counter): number {
    return this.traffic.clients.counts[name][this.number] as number;
  }
  /** A log without agents says nothing about any of them. */
  get kind(): AgentKind {
    const { withAgent, agentKinds } = this.traffic;
    return withAgent === 0 ? 'browser' : (agentKinds[this.count('agent')] ?? 'none');
  }
  get cost(): number {
    return this.traffic.clients.amounts.cost[this.number] as number;
  }
  get first(): number {
    return this.traffic.clients.moments.first[this.number] as number;
  }
  get last(): number {
    return this.traffic.clients.moments.last[this.number] as number;
  }
  get inside(): ClientView['inside'] {
    const { requests, cost, failed } = this.sums;
    const i = this.number;
    return { requests: requests[i] as number, cost: cost[i] as number, failed: failed[i] as number };
  }
  get outside(): number {
    return this.sums.outside[this.number] as number;
  }
  /** The same query again and again is no random one. Very many are no longer told apart. */
  get randomQueries(): number {
    const random = this.count('randomQueries');
    if (random === 0) return 0;
    const different = this.differentQueries;
    return different >= 100 ? random : Math.min(random, Math.round(different));
  }
  get differentPaths(): number {
    return distinct(this.count('paths0'), this.count('paths1'), this.count('paths2'), this.count('paths3'));
  }
  get differentQueries(): number {
    return distinct(this.count('queries0'), this.count('queries1'));
  }
  get differentNames(): number {
    return distinct(this.count('names0'), this.count('names1'));
  }
  get topShare(): number {
    return (1 + this.count('topCount') / Math.max(1, this.count('requests'))) / 2;
  }
  get pace(): number {
    const gaps = this.count('gaps');
    if (gaps < 2) return Number.NaN;
    const { logGaps, logGaps2 } = this.traffic.clients.amounts;
    const mean = (logGaps[this.number] as number) / gaps;
    return Math.sqrt(Math.max(0, (logGaps2[this.number] as number) / gaps - mean * mean));
  }
}
for (const name of COUNTERS as readonly Counter[])
  if (!Object.hasOwn(TableRow.prototype, name))
    Object.defineProperty(TableRow.prototype, name, {
      get(this: TableRow) {
        return this.count(name);
      },
    });

/** A client of the table as an object. */
export const viewOf = (traffic: Traffic, sums: WindowSums, number: number): ClientView =>
  new TableRow(traffic, sums, number) as unknown as ClientView;

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
