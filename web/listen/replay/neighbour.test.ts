import { expect, test } from 'vitest';
import { indexAt, neighbour } from './neighbour.ts';

const BEGINS = [{ at: 0 }, { at: 40 }, { at: 95.5 }];

test('a place lies in the last stretch that has begun', () => {
  expect([0, 39.9, 40, 95.46, 200].map((at) => indexAt(BEGINS, at))).toEqual([0, 0, 1, 2, 2]);
  expect(indexAt([{ at: 5 }], 1)).toBe(-1);
});

test('next is the beginning of the next; previous that of this one first, then the one before', () => {
  expect(neighbour(BEGINS, 10, 1)).toBe(40);
  expect(neighbour(BEGINS, 96, 1)).toBeUndefined();
  expect(neighbour(BEGINS, 50, -1)).toBe(40);
  expect(neighbour(BEGINS, 41, -1)).toBe(0);
  expect(neighbour(BEGINS, 1, -1)).toBe(0);
  expect(neighbour([], 1, -1)).toBeUndefined();
});
