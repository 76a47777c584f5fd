import { expect, test } from 'vitest';
import { meterPosition, meterTime } from './meter.tsx';

test('meters run from −54 dBFS to full scale', () => {
  expect([-127, -54, -27, 0, 3].map(meterPosition)).toEqual([0, 0, 0.5, 1, 1]);
});

test('a meter rises at once and falls slowly: a pause between two words does not empty it', () => {
  const [silent, loud] = [1 - meterPosition(-127), 1 - meterPosition(-10)];
  expect(meterTime(silent, loud)).toBe(0);
  expect(meterTime(loud, silent)).toBeGreaterThan(600);
  expect(meterTime(loud, loud + 0.05)).toBeLessThan(60);
});
