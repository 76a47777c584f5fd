import type { EvidenceFigure } from '../wire/evidence-entry.ts';
import { METRICS, type MetricId } from '../wire/metrics.ts';
import type { RoomNumbers } from '../wire/numbers.ts';

/** One figure that a statement can be compared with. */
export interface ClaimFigure {
  readonly metric: MetricId;
  readonly value: number;
  /** The smallest and largest value that the count allows, its error or range included. */
  readonly low: number;
  readonly high: number;
  /** Half of the 95 % interval, of an estimate. */
  readonly error?: number;
  /** Index of the entry in the evidence log that it rests on. */
  readonly entry?: number;
  /** Wall-clock ms that it is of; absent for the whole room. */
  readonly at?: number;
  readonly parts?: Readonly<Record<string, number>>;
  /** True when a correction replaced what was published first. */
  readonly corrected?: true;
}

/** One minute of a room. */
export interface ClaimMinute {
  /** Whole minutes since 1970. */
  readonly minute: number;
  readonly figures: ReadonlyMap<MetricId, ClaimFigure>;
}

/** Figures of something else that was counted: another room, or another account's posts. */
export interface OtherFigures {
  readonly of: string;
  readonly figures: ReadonlyMap<MetricId, ClaimFigure>;
}

/** Everything known about a room that a statement can be checked against. */
export interface ClaimFacts {
  readonly room: string;
  readonly title?: string;
  /** The room as a whole. */
  readonly figures: ReadonlyMap<MetricId, ClaimFigure>;
  /** Minutes in their order; empty where only the present figures are known. */
  readonly minutes: readonly ClaimMinute[];
  readonly others: readonly OtherFigures[];
  /** Wall-clock ms when the room opened, if known. */
  readonly opened?: number;
}

const KNOWN: ReadonlySet<string> = new Set(METRICS.map(({ id }) => id));
/** Parts that are the sum of what others are: live and replay listens are never one figure. */
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

/** The figure in an entry; undefined when its value is not plausible. */
export function figureOf(
  metric: string,
  { net, error, parts }: EvidenceFigure,
  entry: number | undefined,
  at?: number,
): ClaimFigure | undefined {
  if (!KNOWN.has(metric) || !isCount(net)) return undefined;
  const half = isCount(error) ? error : 0;
  return {
    ...{ metric: metric as MetricId, value: net, low: Math.max(0, net - half), high: net + half },
    ...(half > 0 ? { error: half } : {}),
    ...(entry === undefined ? {} : { entry }),
    ...(at === undefined ? {} : { at }),
    ...(parts ? { parts } : {}),
  };
}

/** The facts in a room's current `numbers.json`. */
export function factsOfNumbers(numbers: RoomNumbers, others: readonly OtherFigures[] = []): ClaimFacts {
  const figures = new Map<MetricId, ClaimFigure>();
  for (const [metric, figure] of Object.entries(numbers.metrics)) {
    if (!figure || !KNOWN.has(metric)) continue;
    const known = figureOf(metric, { ...figure, net: figure.value ?? figure.net }, figure.entry);
    if (!known) continue;
    const low = isCount(figure.low) ? Math.min(known.low, figure.low) : known.low;
    const high = isCount(figure.high) ? Math.max(known.high, figure.high) : known.high;
    figures.set(known.metric, { ...known, low, high });
  }
  return { room: numbers.room, figures, minutes: [], others };
}

/** Adds the facts of other rooms or accounts to those of a room, because people sum over several. */
export const besideOthers = (facts: ClaimFacts, others: readonly ClaimFacts[]): ClaimFacts => ({
  ...facts,
  others: [...facts.others, ...others.map(({ room, figures }) => ({ of: room, figures }))],
});
