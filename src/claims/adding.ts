import { type MetricId, metricOf, type Unit } from '../wire/metrics.ts';

/** A figure as a term of a sum. */
export interface Term {
  /** The room, account or post that it belongs to. */
  readonly of: string;
  readonly metric: MetricId;
}

/** The reason why figures must not be added. */
export type NotAdded =
  /** Sessions and views are no sum of anything. */
  | 'unlike-units'
  /** Both are events, of different kinds. */
  | 'unlike-figures'
  /** The largest of a time, or different people: some would be counted twice, or at different moments. */
  | 'not-additive'
  /** The same figure twice. */
  | 'same-figure';

/** Every session listened for less than a minute or for more: together they are all of them. */
const ALL_SESSIONS: ReadonlySet<MetricId> = new Set(['tuned_in_live', 'drop_ins']);

/** The reason why these figures must not be added; undefined when their sum is meaningful. */
export function whyNotAdded(terms: readonly Term[]): NotAdded | undefined {
  const metrics = new Set(terms.map(({ metric }) => metric));
  const units = new Set(terms.map(({ metric }) => metricOf(metric).unit));
  if (units.size > 1) return 'unlike-units';
  if (metrics.size > 1 && ![...metrics].every((metric) => ALL_SESSIONS.has(metric))) return 'unlike-figures';
  if (terms.length > 1 && terms.some(({ metric }) => !metricOf(metric).additive)) return 'not-additive';
  return new Set(terms.map(({ of, metric }) => `${metric} ${of}`)).size < terms.length
    ? 'same-figure'
    : undefined;
}

/** Adds figures, or says why they must not be added. */
export function addFigures(
  terms: readonly (Term & { readonly value: number })[],
): { readonly value: number; readonly unit: Unit } | { readonly why: NotAdded } {
  const why = whyNotAdded(terms);
  const [first] = terms;
  if (why || !first) return { why: why ?? 'unlike-figures' };
  return {
    value: terms.reduce((sum, { value }) => sum + value, 0),
    unit: metricOf(first.metric).unit,
  };
}
