import { type Amount, METRICS, type MetricId, type Unit, type UnitOf } from '../wire/metrics.ts';

declare const additive: unique symbol;

/** A figure whose values may be summed over minutes and rooms. Maxima and different people are none. */
export type AdditiveId = Extract<(typeof METRICS)[number], { readonly additive: true }>['id'];

/** A count that may be added to counts of its own unit; one of another unit does not compile, nor does a maximum. */
export type Summand<U extends Unit> = Amount<U> & { readonly [additive]: true };

/** The type of a figure's value: what it may be added to follows from the figure's rule. */
export type AmountOf<Id extends MetricId> = Id extends AdditiveId ? Summand<UnitOf<Id>> : Amount<UnitOf<Id>>;

/**
 * A plain number as the value of a figure.
 * @throws RangeError when it is negative or not finite: no figure is.
 */
export function amountOf<const Id extends MetricId>(_id: Id, value: number): AmountOf<Id> {
  if (!(value >= 0 && Number.isFinite(value))) throw new RangeError(`${value} is no count`);
  return value as AmountOf<Id>;
}

/** The sum of counts of one unit that may be added. */
export const add = <U extends Unit>(first: Summand<U>, ...rest: readonly Summand<NoInfer<U>>[]): Summand<U> =>
  rest.reduce((sum: number, one) => sum + one, first) as Summand<U>;

/** The figures that may be added over minutes and rooms. */
export const ADDITIVE: readonly MetricId[] = METRICS.filter((each) => each.additive).map(({ id }) => id);
