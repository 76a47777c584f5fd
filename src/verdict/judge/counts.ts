import { emptySlot } from '../clients/timeline.ts';
import type { IntervalCount } from '../lines/count-table.ts';
import type { Thresholds } from '../thresholds.ts';
import { type DemandCurve, findEvent, rateOf } from './demand.ts';
import { findFault, findHarm, servedWell } from './harm.ts';
import { sentencesOf } from './sentences.ts';
import type { LogFacts, Verdict, VerdictLabel } from './verdict.ts';

const UNKNOWN_SHARE = { share: null, low: 0, high: 1 };
const NO_CLIENTS = { clients: 0, requests: 0, cost: 0 };

/** Bins of a table at most; and for each of its rows, so that a few rows a century apart are not a million bins. */
const MOST_BINS = 100_000;
const LEAST_BINS = 1_000;
const BINS_A_ROW = 20;

/** The rows as demand; the usual distance between them is the length of a bin, or longer where that makes too many. */
function demandOfCounts(rows: readonly IntervalCount[]): DemandCurve {
  const sorted = rows.toSorted((a, b) => a.at - b.at);
  const gaps = sorted.slice(1).map(({ at }, i) => at - (sorted[i]?.at ?? at));
  const usual = gaps.filter((gap) => gap > 0).toSorted((a, b) => a - b)[gaps.length >> 1] ?? 60_000;
  const start = sorted[0]?.at ?? 0;
  const span = (sorted.at(-1)?.at ?? start) - start;
  const most = Math.min(MOST_BINS, LEAST_BINS + BINS_A_ROW * rows.length);
  const width = Math.max(usual, span / most);
  const seconds = Math.max(1, width / 1000);
  const length = Math.round(span / width) + 1;
  const bins = Array.from({ length }, emptySlot);
  for (const { at, requests, errors } of sorted) {
    const bin = bins[Math.round((at - start) / width)];
    if (!bin) continue;
    bin.requests += requests;
    bin.work += requests;
    bin.errors += errors ?? 0;
  }
  return { start, seconds, bins };
}

/** What a table of counts can tell: whether demand rose and whether errors came without it. Never who it was. */
export function concludeCounts(rows: readonly IntervalCount[], log: LogFacts, t: Thresholds): Verdict {
  const demand = demandOfCounts(rows);
  const found = findEvent(demand, t);
  const event = found?.event;
  const range = event?.range ?? { from: 0, to: demand.bins.length };
  const everybody = {
    requests: Float64Array.from(demand.bins, ({ requests }) => requests),
    failed: Float64Array.from(demand.bins, ({ errors }) => errors),
  };
  const harm = findHarm(demand, everybody, t);
  const fault = harm && findFault(demand, harm, event?.range, t);
  const total = everybody.requests.reduce((a, b) => a + b, 0);
  let label: VerdictLabel = event || harm ? 'UNDETERMINED' : 'NO_OVERLOAD';
  if (total < t.leastRequests) label = 'UNDETERMINED';
  else if (fault && !event) label = 'INTERNAL_FAULT';
  const iso = (bin: number): string => new Date(demand.start + bin * demand.seconds * 1000).toISOString();
  const rate = (value: number): number => Math.round(value * 100) / 100;
  const rates = (value: { requests: number; work: number }) => ({
    ...{ requests: rate(value.requests), work: rate(value.work) },
  });
  const served = servedWell(demand, harm, event?.quiet ?? range, t);
  const partial = {
    ...{ v: 1 as const, label, caused: label === 'INTERNAL_FAULT' || label === 'NO_OVERLOAD' ? false : null },
    hostile: { cost: UNKNOWN_SHARE, requests: UNKNOWN_SHARE },
    ...{ families: [], for: [], against: fault ? [`fault: ${fault.why}`] : [] },
    reasons: { for: [], against: fault ? [{ code: fault.code, values: {} } as const] : [] },
    window: { from: iso(range.from), to: iso(range.to) },
    complete: Math.round((rows.length / Math.max(1, rows.length + log.unread)) * 10_000) / 10_000,
    conditions: [],
    unknown: [
      'Counts say how much was asked for, not by whom: a crowd and an attack can have the same curve. Use the access log itself.',
    ],
    demand: {
      before: event ? rates(event.before) : null,
      during: rates(event ? event.during : rateOf(demand, range)),
      rise: event ? rate(event.rise) : null,
      servedWell: served > 0 ? rate(served) : null,
      otherEvents: found?.others.length ?? 0,
    },
    harm: harm
      ? {
          ...{ seconds: harm.seconds, failedShare: Math.round(harm.failedShare * 10_000) / 10_000 },
          ...{ from: iso(harm.onset), fault: fault?.why ?? null },
        }
      : null,
    classes: {
      ...{ person: NO_CLIENTS, 'declared-bot': NO_CLIENTS, 'undeclared-bot': NO_CLIENTS },
      ...{ attacker: NO_CLIENTS, unknown: NO_CLIENTS },
    },
    ...{ clients: [], networks: [], log: { ...log, requests: total } },
    series: {
      ...{ start: iso(0), seconds: demand.seconds },
      requests: demand.bins.map(({ requests }) => rate(requests / demand.seconds)),
      hostile: [],
      failed: demand.bins.map(({ requests, errors }) => rate(requests > 0 ? errors / requests : 0)),
      duration: [],
    },
  };
  return { ...partial, sentences: sentencesOf(partial) };
}
