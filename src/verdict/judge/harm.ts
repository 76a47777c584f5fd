import { medianDuration } from '../clients/timeline.ts';
import type { Thresholds } from '../thresholds.ts';
import { reasonText } from '../words/reason.ts';
import type { BinRange, DemandCurve } from './demand.ts';

/** What people met: errors, slow answers or none at all. */
export interface Harm {
  /** Bins with harm. */
  readonly bins: readonly number[];
  readonly seconds: number;
  /** First bin of the first lasting harm. */
  readonly onset: number;
  /** Share of failed answers to people in harmed bins; median duration there and in healthy ones, ms. */
  readonly failedShare: number;
  readonly slow?: { readonly healthy: number; readonly harmed: number };
  /** Bins in which nothing at all was logged though many requests were to be expected. */
  readonly silent: number;
  /** Of the errors, those with 500 alone: an exception, not a lack of capacity. */
  readonly internalShare: number;
}

/** The fault of one's own: harm where the same demand had been served well. */
export interface OwnFault {
  readonly onset: number;
  readonly why: string;
  readonly code: FaultCode;
}
type FaultCode = 'fault-usual' | 'fault-served-before' | 'fault-served-after' | 'fault-exceptions';
const faultAt = (onset: number, code: FaultCode): OwnFault => ({
  ...{ onset, code },
  why: reasonText({ code, values: {} }).replace(/^fault: /, ''),
});

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
/** Requests to be expected in a bin that make a silence: chance leaves it empty once in 10⁸. */
const EXPECTED = 20;

/** People's part of each bin: requests that are not hostile, and how many of them failed. */
export interface PeopleSeries {
  readonly requests: Float64Array;
  readonly failed: Float64Array;
}

/** Finds harm to people; undefined when there is none that lasts. */
export function findHarm(demand: DemandCurve, people: PeopleSeries, t: Thresholds): Harm | undefined {
  const { bins, seconds } = demand;
  const medians = bins.map((bin) => medianDuration(bin.durations));
  const timed = medians.filter((median) => median !== undefined);
  // The lower quartile: more than half of a log may be harmed.
  const healthy = timed.toSorted((a, b) => a - b)[timed.length >> 2] ?? Number.NaN;
  const failures = bins.map((_, i) =>
    (people.requests[i] ?? 0) >= t.harmRequests ? (people.failed[i] ?? 0) / (people.requests[i] ?? 1) : 0,
  );
  const busy = failures.filter((_, i) => (people.requests[i] ?? 0) >= t.harmRequests);
  const usual = middle(busy);
  const atFailing = Math.max(t.harmShare, Math.min(0.5, 3 * usual));
  const silent = (i: number): boolean => {
    if ((bins[i]?.requests ?? 0) > 0 || i === 0 || i >= bins.length - 1) return false;
    const near = bins.slice(Math.max(0, i - 6), i + 7).map(({ requests }) => requests);
    return middle(near) >= EXPECTED;
  };
  const isHarmed = bins.map((bin, i) => {
    const median = medians[i];
    const slow =
      median !== undefined &&
      bin.requests >= t.harmRequests &&
      median >= t.harmSlower * healthy &&
      median >= healthy + t.harmSlowerMs;
    return slow || (failures[i] ?? 0) >= atFailing || silent(i);
  });
  const harmed = [...isHarmed.keys()].filter((i) => isHarmed[i]);
  const least = Math.max(1, Math.ceil(t.harmSeconds / seconds));
  // Harm begins where it lasts: `least` of the bins from there to twice as many on.
  const onset = harmed.find((i) => isHarmed.slice(i, i + least * 2).filter(Boolean).length >= least);
  if (onset === undefined) return undefined;
  let [failed, requests, errors, internal] = [0, 0, 0, 0];
  for (const i of harmed) {
    failed += people.failed[i] ?? 0;
    requests += people.requests[i] ?? 0;
    errors += bins[i]?.errors ?? 0;
    internal += bins[i]?.internal ?? 0;
  }
  const harmedMedian = middle(harmed.flatMap((i) => medians[i] ?? []));
  return {
    ...{ bins: harmed, seconds: harmed.length * seconds, onset },
    failedShare: requests > 0 ? failed / requests : 0,
    ...(timed.length > 0 ? { slow: { healthy, harmed: harmedMedian } } : {}),
    silent: harmed.filter(silent).length,
    internalShare: errors > 0 ? internal / errors : 0,
  };
}

/** The highest demand that was served without harm for a minute in bins of a stretch, requests a second. */
export function servedWell(
  demand: DemandCurve,
  harm: Harm | undefined,
  { from, to }: BinRange,
  t: Thresholds,
): number {
  const harmed = new Set(harm?.bins);
  const width = Math.max(1, Math.round(t.healthySeconds / demand.seconds));
  let most = 0;
  for (let i = from; i + width <= to; i++) {
    let sum = 0;
    for (let j = i; j < i + width; j++)
      sum = harmed.has(j) ? Number.NaN : sum + (demand.bins[j]?.requests ?? 0);
    if (sum / (width * demand.seconds) > most) most = sum / (width * demand.seconds);
  }
  return most;
}

/** Looks for a fault of one's own as the reason of harm; undefined when demand may explain it. */
export function findFault(
  demand: DemandCurve,
  harm: Harm,
  event: BinRange | undefined,
  t: Thresholds,
): OwnFault | undefined {
  const { bins, seconds } = demand;
  const { onset } = harm;
  const rate = (i: number): number => (bins[i]?.requests ?? 0) / seconds;
  const mean = (from: number, to: number): number => {
    let sum = 0;
    for (let i = Math.max(0, from); i < to; i++) sum += rate(i);
    return sum / Math.max(1, to - Math.max(0, from));
  };
  const near = Math.max(1, Math.round(30 / seconds));
  const atOnset = Math.max(mean(onset - near, onset), mean(onset, onset + near));
  const noise = 1 + 2 / Math.sqrt(Math.max(1, atOnset * 30));
  const inEvent = event !== undefined && onset >= event.from - near && onset < event.to;
  const before = onset * seconds;
  if (before >= t.leastHistorySeconds && !inEvent && (event === undefined || onset < event.from))
    return faultAt(onset, 'fault-usual');
  // The last two minutes before do not count: a queue may have been growing.
  const settled = onset - Math.round(120 / seconds);
  const served = servedWell(demand, harm, { from: 0, to: Math.max(0, settled) }, t);
  if (served * t.sameDemand >= atOnset * Math.min(1, noise) && served > 0 && abrupt(demand, harm, t))
    return faultAt(onset, 'fault-served-before');
  const later = servedWell(demand, harm, { from: onset + 1, to: bins.length }, t);
  if (later >= atOnset && later > 0 && abrupt(demand, harm, t)) return faultAt(onset, 'fault-served-after');
  const quick = harm.slow === undefined ? false : harm.slow.harmed <= 1.5 * harm.slow.healthy;
  if (harm.failedShare >= t.harmShare && harm.internalShare >= 0.8 && quick)
    return faultAt(onset, 'fault-exceptions');
  return undefined;
}

/** True when harm was not announced by slower answers, as a growing queue is. */
function abrupt({ bins }: DemandCurve, { onset, slow }: Harm, t: Thresholds): boolean {
  if (!slow) return true;
  const before = [onset - 1, onset - 2, onset - 3].flatMap(
    (i) => medianDuration(bins[i]?.durations ?? new Uint32Array()) ?? [],
  );
  return (
    before.length === 0 ||
    middle(before) < Math.max((slow.healthy * (1 + t.harmSlower)) / 2, slow.healthy + t.harmSlowerMs / 2)
  );
}
