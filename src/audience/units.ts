import { type Amount, METRICS, type MetricId, type Unit, type UnitOf } from '../wire/metrics.ts';

declare const additive: unique symbol;

/** A figure whose values may be summed over minutes and rooms. Maxima and counts of distinct people may not. */
export type AdditiveId = Extract<(typeof METRICS)[number], { readonly additive: true }>['id'];

/** A count that may be added to counts of the same unit; adding another unit, or a maximum, does not compile. */
export type Summand<U extends Unit> = Amount<U> & { readonly [additive]: true };

/** The type of a figure's value. It decides, by the figure's rule, what the value may be added to. */
export type AmountOf<Id extends MetricId> = Id extends AdditiveId ? Summand<UnitOf<Id>> : Amount<UnitOf<Id>>;

/** Turns a number into the value of a figure. @throws RangeError when it is negative or not finite. */
export function amountOf<const Id extends MetricId>(_id: Id, value: number): AmountOf<Id> {
  if (!(value >= 0 && Number.isFinite(value))) throw new RangeError(`${value} is no count`);
  return value as AmountOf<Id>;
}

/** Adds counts of one unit. */
export const add = <U extends Unit>(first: Summand<U>, ...rest: readonly Summand<NoInfer<U>>[]): Summand<U> =>
  rest.reduce((sum: number, one) => sum + one, first) as Summand<U>;

/** The figures that may be summed over minutes and rooms. */
export const ADDITIVE: readonly MetricId[] = METRICS.filter((each) => each.additive).map(({ id }) => id);
