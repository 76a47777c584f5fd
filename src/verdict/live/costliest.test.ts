import { expect, test } from 'vitest';
import { type Costliest, costliest } from './costliest.ts';

function whole(amounts: Float32Array, most: number): Costliest {
  const steps = costliest(amounts, most);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

test('the largest are found without a sort, and as many as asked for', () => {
  const amounts = Float32Array.from({ length: 5_000 }, (_, i) => ((i * 7919) % 5_000) * 1.5);
  const { own, others } = whole(amounts, 800);
  expect([own.length, others.length]).toEqual([800, 4_200]);
  const least = Math.min(...own.map((i) => amounts[i] as number));
  const most = Math.max(...others.map((i) => amounts[i] as number));
  expect(least).toBeGreaterThanOrEqual(most * 0.99);
  expect(whole(new Float32Array(10), 3).own).toEqual([0, 1, 2]);
  expect(whole(amounts, 5_000).others).toEqual([]);
});
