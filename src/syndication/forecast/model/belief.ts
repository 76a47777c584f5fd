import type { Student } from './student.ts';

/**
 * What is believed of the mean and the spread of values that lie around one mean: normal values, with a normal-inverse-
 * gamma prior. Source: Murphy, "Conjugate Bayesian analysis of the Gaussian distribution" (2007), section 3.
 */
export interface Belief {
  readonly mean: number;
  /** How many values the belief about the mean is worth. */
  readonly worth: number;
  /** Half of the degrees of freedom, and half of the sum of squares, of the spread. */
  readonly shape: number;
  readonly squares: number;
}

/** Where the next value will lie. */
export const next = ({ mean, worth, shape, squares }: Belief): Student => ({
  freedom: 2 * shape,
  at: mean,
  scale: Math.sqrt((squares * (worth + 1)) / (shape * worth)),
});

/** A belief after one more value, which counts as `weight` of one. */
export function learned({ mean, worth, shape, squares }: Belief, value: number, weight = 1): Belief {
  const off = value - mean;
  return {
    mean: mean + (weight / (worth + weight)) * off,
    worth: worth + weight,
    shape: shape + weight / 2,
    squares: squares + (off * off * worth * weight) / (2 * (worth + weight)),
  };
}

/** A belief after some time: what was learned counts for less, down to what was believed at first. */
export function faded(now: Belief, first: Belief, keep: number): Belief {
  const toward = (a: number, b: number): number => b + (a - b) * keep;
  const shape = toward(now.shape, first.shape);
  return {
    mean: now.mean,
    worth: toward(now.worth, first.worth),
    shape,
    // The spread itself stays as it was learned.
    squares: (now.squares / now.shape) * shape,
  };
}
