import { expect, test } from 'vitest';
import { costliest } from './costliest.ts';

test('the largest are found without a sort, and as many as asked for', () => {
  const amounts = Float32Array.from({ length: 5_000 }, (_, i) => ((i * 7919) % 5_000) * 1.5);
  const { own, others } = costliest(amounts, 800);
  expect([own.length, others.length]).toEqual([800, 4_200]);
  const least = Math.min(...own.map((i) => amounts[i] as number));
  const most = Math.max(...others.map((i) => amounts[i] as number));
  expect(least).toBeGreaterThanOrEqual(most * 0.99);
  expect(costliest(new Float32Array(10), 3).own).toEqual([0, 1, 2]);
  expect(costliest(amounts, 5_000).others).toEqual([]);
});
