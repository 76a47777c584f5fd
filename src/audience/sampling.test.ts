import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { isSampled } from '../wire/listening/proof-sample.ts';
import { estimate, LEAST_PROVING, shareFor } from './sampling.ts';

const SEEDS = 200;

test.each([16, 64])(
  'at a share of 1/%i the 95 %% interval holds the truth in at least 93 of 100 rooms',
  (part) => {
    const share = 1 / part;
    let held = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = chance(seed * 977 + part);
      const truth = 20_000 + Math.floor(random() * 20_000);
      const salt = Math.floor(random() * 2 ** 32);
      let kept = 0;
      for (let i = 0; i < truth; i++)
        if (isSampled(Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32), salt, share)) kept += 1;
      const { value, error } = estimate(kept, share);
      if (Math.abs(value - truth) <= error) held += 1;
    }
    expect(held / SEEDS).toBeGreaterThanOrEqual(0.93);
  },
);

test('nobody is sampled below 50,000, and above it at least 50,000 are', () => {
  expect(shareFor(LEAST_PROVING - 1)).toBe(1);
  expect(shareFor(99_999)).toBe(1);
  for (const sessions of [100_000, 180_000, 800_000, 1_400_000])
    expect(sessions * shareFor(sessions)).toBeGreaterThanOrEqual(LEAST_PROVING);
  expect(shareFor(1_400_000)).toBe(1 / 16);
  expect(shareFor(1e9)).toBe(1 / 64);
});

test('a room that hovers about a limit does not change its share with every sample', () => {
  expect(shareFor(99_000, 1 / 2)).toBe(1 / 2);
  expect(shareFor(80_000, 1 / 2)).toBe(1 / 2);
  expect(shareFor(70_000, 1 / 2)).toBe(1);
});

test('who is in a smaller share is in a larger one too, and everyone is in all of it', () => {
  const random = chance(4);
  for (let i = 0; i < 10_000; i++) {
    const [low, high] = [Math.floor(random() * 2 ** 32), Math.floor(random() * 2 ** 32)];
    if (isSampled(low, high, 9, 1 / 16)) expect(isSampled(low, high, 9, 1 / 4)).toBe(true);
    expect(isSampled(low, high, 9, 1)).toBe(true);
  }
});

test('when all prove there is no error', () => expect(estimate(77, 1)).toEqual({ value: 77, error: 0 }));
