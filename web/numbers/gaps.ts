import type { EveningPoint } from '../../src/wire/evening.ts';

/** Missing steps that are drawn over: a sample or two that came late are no gap. */
const BRIDGED = 3;

/** A point, or the place of one of which nothing is known. */
export type PlottedPoint = EveningPoint | readonly [at: number, s: null, c: null, m: null, gross: null];

/**
 * The points with a break wherever nothing was counted for longer. Without it a chart would draw a line from the last
 * figure to the next, as if it knew what was between them.
 */
export function withGaps(points: readonly EveningPoint[], step: number): PlottedPoint[] {
  return points.flatMap((point, i): PlottedPoint[] => {
    const before = points[i - 1];
    const isApart = before !== undefined && point[0] - before[0] > BRIDGED * step;
    return isApart ? [[before[0] + step, null, null, null, null], point] : [point];
  });
}
