import { expect, test } from 'vitest';
import type { EveningPoint } from '../../src/wire/evening.ts';
import { withGaps } from './gaps.ts';

const point = (at: number): EveningPoint => [at, 5, 5, 5, 5];

test('where nothing was counted the chart has a break, not a line', () => {
  const points = [0, 10, 20, 320, 330].map(point);
  expect(withGaps(points, 10)).toEqual([
    ...points.slice(0, 3),
    [30, null, null, null, null],
    ...points.slice(3),
  ]);
});

test('a sample or two that are missing are no gap, and a longer step is no gap either', () => {
  const few = [0, 10, 40, 50].map(point);
  expect(withGaps(few, 10)).toEqual(few);
  const long = [0, 120, 240].map(point);
  expect(withGaps(long, 120)).toEqual(long);
  expect(withGaps([], 10)).toEqual([]);
});
