import { emptySlot, merge, type TimelineSlot, type TrafficTimeline } from '../clients/timeline.ts';
import type { Thresholds } from '../thresholds.ts';

/** Demand as a row of equal bins without holes. */
export interface DemandCurve {
  /** Wall-clock ms of the first bin. */
  readonly start: number;
  /** Seconds of a bin. */
  readonly seconds: number;
  readonly bins: readonly TimelineSlot[];
}

/** Bins that a long log is drawn and searched with. */
const MOST_BINS = 20_000;
/** Logs longer than this are searched by the minute, in seconds. */
const BY_SLOT_S = 4 * 3600;

/** The timeline as a row of bins, by the slot for an evening and coarser for days. */
export function demandOf(timeline: TrafficTimeline): DemandCurve {
  const numbers = [...timeline.slots.keys()];
  if (numbers.length === 0) return { start: 0, seconds: timeline.seconds, bins: [] };
  const first = numbers.reduce((a, b) => Math.min(a, b));
  const last = numbers.reduce((a, b) => Math.max(a, b));
  let factor = 1;
  const span = last - first + 1;
  if (span * timeline.seconds > BY_SLOT_S) factor = Math.max(1, Math.round(60 / timeline.seconds));
  while (span / factor > MOST_BINS) factor *= 2;
  const start = Math.floor(first / factor);
  const bins = Array.from({ length: Math.floor(last / factor) - start + 1 }, emptySlot);
  for (const [number, slot] of timeline.slots) {
    const bin = bins[Math.floor(number / factor) - start];
    if (bin) merge(bin, slot);
  }
  const seconds = timeline.seconds * factor;
  return { start: start * seconds * 1000, seconds, bins };
}

/** A stretch of bins, the last one excluded. */
export interface BinRange {
  readonly from: number;
  readonly to: number;
}

/** The time in which demand was higher than in the quiet time before it (or after, when the log begins with it). */
export interface DemandEvent {
  readonly range: BinRange;
  /** Quiet bins that it is compared with. */
  readonly quiet: BinRange;
  /** Requests and units of work a second: in the quiet time, on average of the event, and at its highest bin. */
  readonly before: { readonly requests: number; readonly work: number };
  readonly during: { readonly requests: number; readonly work: number };
  readonly most: { readonly requests: number; readonly work: number };
  /** The larger of both ratios, during against before. */
  readonly rise: number;
}

/** Sums of a stretch, a second. */
export function rateOf(
  { bins, seconds }: DemandCurve,
  { from, to }: BinRange,
): { readonly requests: number; readonly work: number } {
  const time = Math.max(1, to - from) * seconds;
  const part = bins.slice(from, to);
  return {
    requests: part.reduce((sum, bin) => sum + bin.requests, 0) / time,
    work: part.reduce((sum, bin) => sum + bin.work, 0) / time,
  };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** What is usual: the median; where many bins are empty, half of the mean, or of the median of those that are not. */
const usual = (values: readonly number[]): number => {
  const busy = values.filter((value) => value > 0);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return Math.max(middle(values), mean / 2, middle(busy) / 2);
};

/** Bins over which a rise must hold. */
const HOLDS = 3;

/** Finds stretches in which one series rises above what was usual before it. */
function rises(
  series: readonly number[],
  counts: readonly number[],
  seconds: number,
  t: Thresholds,
): BinRange[] {
  const history: number[] = [];
  const keep = Math.max(6, Math.round(t.historySeconds / seconds));
  const enough = Math.max(2, Math.round(t.leastHistorySeconds / seconds));
  const settle = Math.max(2, Math.round(t.quietSeconds / seconds));
  const found: BinRange[] = [];
  const mean = (values: readonly number[], from: number, to: number): number => {
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  };
  for (let i = 0; i < series.length; i++) {
    const now = series[i] ?? 0;
    const ahead = Math.max(mean(series, i, i + HOLDS), now / HOLDS);
    const rate = Math.max(mean(counts, i, i + HOLDS), (counts[i] ?? 0) / HOLDS) / seconds;
    // What is usual costs a sort of up to an hour of bins, and is of no use where nothing rises.
    const possible = history.length >= enough && rate >= t.eventRate;
    const reference = possible ? usual(history) : 0;
    const factor = history.length * seconds < 60 ? t.rise * 1.5 : t.rise;
    const above = now >= factor * reference && ahead >= factor * reference && rate >= t.eventRate;
    if (!possible || !above || (now - reference) ** 2 < 36 * reference) {
      history.push(now);
      if (history.length > keep) history.shift();
      continue;
    }
    let last = i;
    for (let j = i; j < series.length && j - last <= settle; j++)
      if (
        (series[j] ?? 0) >= t.fall * Math.max(reference, 0.5) &&
        mean(series, j, j + HOLDS) >= t.fall * reference
      )
        last = j;
    found.push({ from: i, to: last + 1 });
    i = last;
  }
  return found;
}

/** The most important rise of demand in a log, and how many others there were; undefined when there is none. */
export function findEvent(
  demand: DemandCurve,
  t: Thresholds,
): { readonly event: DemandEvent; readonly others: readonly BinRange[] } | undefined {
  const { bins, seconds } = demand;
  const counts = bins.map(({ requests }) => requests);
  const work = bins.map((bin) => bin.work);
  const forward = [...rises(counts, counts, seconds, t), ...rises(work, counts, seconds, t)];
  const n = bins.length;
  const backward = (): BinRange[] =>
    [counts, work].flatMap((series) =>
      rises(series.toReversed(), counts.toReversed(), seconds, t).map(({ from, to }) => ({
        from: n - to,
        to: n - from,
      })),
    );
  const all = union(forward.length > 0 ? forward : backward());
  const inAny = (i: number): boolean => all.some(({ from, to }) => i >= from && i < to);
  const keep = Math.round(t.historySeconds / seconds);
  const candidates = all.map((range) => {
    let quiet = { from: Math.max(0, range.from - keep), to: range.from };
    for (let i = range.from - 1; i >= quiet.from; i--) if (inAny(i)) quiet = { from: i + 1, to: range.from };
    if ((quiet.to - quiet.from) * seconds < t.leastHistorySeconds) {
      quiet = { from: range.to, to: Math.min(n, range.to + keep) };
      for (let i = range.to; i < quiet.to; i++) if (inAny(i)) quiet = { from: range.to, to: i };
    }
    const before = rateOf(demand, quiet);
    const during = rateOf(demand, range);
    const most = { requests: 0, work: 0 };
    for (const bin of bins.slice(range.from, range.to)) {
      most.requests = Math.max(most.requests, bin.requests / seconds);
      most.work = Math.max(most.work, bin.work / seconds);
    }
    const ratio = (name: 'requests' | 'work'): number => during[name] / Math.max(before[name], 0.5 / seconds);
    return { range, quiet, before, during, most, rise: Math.max(ratio('requests'), ratio('work')) };
  });
  const size = ({ range, before, during }: DemandEvent): number =>
    (during.work - before.work) * (range.to - range.from);
  const [event] = candidates.toSorted((a, b) => size(b) - size(a));
  return event && { event, others: all.filter((range) => range !== event.range) };
}

/** Stretches without overlaps, those that touch as one. */
function union(ranges: readonly BinRange[]): BinRange[] {
  const merged: BinRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && range.from <= last.to)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}
