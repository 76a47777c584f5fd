/** How precisely a number was stated: to its last digit, approximately, or as a bound. */
export type SaidBound = 'rounded' | 'about' | 'nearly' | 'at-least' | 'at-most' | 'between';

/** A number as somebody stated it, and the range of values that it stands for. */
export interface SaidNumber {
  /** As it stands in the statement, in small letters. */
  readonly text: string;
  /** The number itself; of a range its middle, by ratio. */
  readonly value: number;
  /** Values for which the statement is true, from `low` up to, but without, `high`. */
  readonly low: number;
  readonly high: number;
  /** Values close enough to ask whether it is another figure's number: a bound is true of much that is not meant. */
  readonly near: readonly [low: number, high: number];
  /** Significant digits; 0 where none were said, as in "hundreds". */
  readonly digits: number;
  readonly bound: SaidBound;
  /** How it could have been meant otherwise, for the reader. */
  readonly notes: readonly NumberNote[];
}

/**
 * A second interpretation of a number. `long-billion`: 10^12 in French. `separator`: a comma or point that has another
 * meaning elsewhere.
 */
export type NumberNote = 'long-billion' | 'short-billion' | 'separator';

/** The largest number that is understood. */
export const MOST = 1e15;
/** What "about" and "nearly" may be off. */
const LOOSE = 0.1;
/** What is rounded away above a number that was said to be the most. */
const TOP = 0.05;
/** Below it, whole numbers are meant exactly. */
const COUNTED = 100;
/** Below it, a number has two significant digits at least. */
const SMALL = 1_000;

/** A number and the value of its last significant digit: in 1.40 million that is 10,000. */
export interface Exact {
  readonly value: number;
  readonly place: number;
}

/**
 * The value of the last significant digit of a whole number written in full; zeros at its end are taken for rounding.
 */
export function placeOf(value: number): number {
  if (value < COUNTED) return 1;
  let place = 1;
  while (value % (place * 10) === 0) place *= 10;
  return value < SMALL ? Math.min(place, 10) : place;
}

/** The range of values that round to this number: [low, high). Below a power of ten the digits are ten times finer. */
export function roundedTo({ value, place }: Exact): readonly [number, number] {
  if (value === 0) return [0, place === 1 ? 0.5 : place / 2];
  const power = 10 ** Math.round(Math.log10(value));
  const below = power === value && value > 1 && place <= value ? place / 10 : place;
  return [Math.max(0, value - below / 2), value + place / 2];
}

const digitsOf = ({ value, place }: Exact): number =>
  value === 0 ? 1 : Math.max(1, Math.floor(Math.log10(value) + 1e-9) - Math.round(Math.log10(place)) + 1);

/** The number, with the range of values that it stands for. */
export function said(
  text: string,
  exact: Exact,
  bound: Exclude<SaidBound, 'between'>,
  notes: readonly NumberNote[],
): SaidNumber {
  const { value } = exact;
  const [from, to] = roundedTo(exact);
  // Whoever says "nearly a million" does not mean 1.4 million, though that is rounded to it.
  const top = Math.min(to, Math.max(value * (1 + TOP), value + 0.5));
  const about = { ...{ text, value, bound, notes }, digits: digitsOf(exact) };
  const spread = (low: number, high: number, near: readonly [number, number] = [low, high]): SaidNumber => ({
    ...about,
    ...{ low, high, near },
  });
  if (bound === 'about')
    return spread(Math.min(from, value * (1 - LOOSE)), Math.max(to, value * (1 + LOOSE)));
  if (bound === 'nearly') return spread(Math.min(from, value * (1 - LOOSE)), top);
  if (bound === 'at-least') return spread(value, Number.POSITIVE_INFINITY, [value, value * 2]);
  if (bound === 'at-most') return spread(0, top, [value * (1 - LOOSE), top]);
  return spread(from, to);
}

/** The range from the lowest value that rounds to one number to the highest that rounds to the other. */
export function between(text: string, from: Exact, to: Exact, notes: readonly NumberNote[]): SaidNumber {
  const [low] = roundedTo(from);
  const [, high] = roundedTo(to);
  return {
    ...{ text, value: Math.sqrt(from.value * to.value) || to.value / 2, low, high, near: [low, high] },
    ...{ digits: Math.min(digitsOf(from), digitsOf(to)), bound: 'between', notes },
  };
}

/** A number of which only the size was stated, as in "hundreds of thousands"; `most` is included. */
export function sized(text: string, least: number, most: number): SaidNumber {
  return {
    ...{ text, value: Math.sqrt(least * most), low: least, high: most + 1, near: [least, most + 1] },
    ...{ digits: 0, bound: 'between', notes: [] },
  };
}
