import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { Distinct } from './distinct.ts';
import { DistinctSketch, SKETCH_ERROR } from './distinct-sketch.ts';
import { KeySet } from './key-set.ts';

const keys = (seed: number, many: number, each: (low: number, high: number) => void): void => {
  const random = chance(seed);
  for (let i = 0; i < many; i++) each((random() * 2 ** 32) | 0, (random() * 2 ** 32) | 0);
};

test('a set holds each key once, the key 0 as well, and gives back what it holds', () => {
  const set = new KeySet();
  const truth = new Set<string>();
  keys(1, 20_000, (low, high) => {
    expect(set.add(low, high & 0xff)).toBe(!truth.has(`${low} ${high & 0xff}`));
    truth.add(`${low} ${high & 0xff}`);
  });
  expect(set.add(0, 0)).toBe(true);
  expect(set.add(0, 0)).toBe(false);
  expect(set.size).toBe(truth.size + 1);
  let seen = 0;
  set.forEach((low, high) => {
    seen += 1;
    expect(truth.has(`${low} ${high}`) || (low === 0 && high === 0)).toBe(true);
  });
  expect(seen).toBe(set.size);
});

test.each([100, 5_000, 50_000, 400_000])('a sketch of %i keys is as near as it says', (many) => {
  const errors: number[] = [];
  for (let seed = 0; seed < 10; seed++) {
    const sketch = new DistinctSketch();
    keys(seed * 31 + many, many, (low, high) => sketch.add(low, high));
    errors.push(sketch.size / many - 1);
  }
  const rms = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  expect(rms).toBeLessThan(SKETCH_ERROR * 1.6);
});

test('two sketches merged are the sketch of all keys', () => {
  const [a, b, both] = [new DistinctSketch(), new DistinctSketch(), new DistinctSketch()];
  keys(1, 9_000, (low, high) => {
    a.add(low, high);
    both.add(low, high);
  });
  keys(2, 9_000, (low, high) => {
    b.add(low, high);
    both.add(low, high);
  });
  a.merge(b);
  expect(a.registers).toEqual(both.registers);
});

test('counts exactly up to a limit, and says the error above it; both survive being written down', () => {
  const distinct = new Distinct(10_000);
  keys(5, 10_000, (low, high) => distinct.add(low, high));
  expect([distinct.size, distinct.error, distinct.isExact]).toEqual([10_000, 0, true]);
  const exact = new Distinct(10_000);
  exact.load(distinct.dump());
  expect(exact.size).toBe(10_000);
  keys(6, 40_000, (low, high) => distinct.add(low, high));
  expect(distinct.isExact).toBe(false);
  expect(Math.abs(distinct.size - 50_000)).toBeLessThan(distinct.error * 1.5);
  const again = new Distinct(10_000);
  again.load(distinct.dump());
  expect(again.size).toBe(distinct.size);
});
