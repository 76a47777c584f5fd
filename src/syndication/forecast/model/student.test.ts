import { expect, test } from 'vitest';
import { logDensity, quantile, shareBelow } from './student.ts';

const standard = (freedom: number) => ({ freedom, at: 0, scale: 1 });

test('quantiles are those of the tables', () => {
  // NIST/SEMATECH e-Handbook, 1.3.6.7.2: upper critical values.
  expect(quantile([[1, standard(1)]], 0.9)).toBeCloseTo(3.078, 3);
  expect(quantile([[1, standard(3)]], 0.9)).toBeCloseTo(1.638, 3);
  expect(quantile([[1, standard(30)]], 0.975)).toBeCloseTo(2.042, 3);
});

test('a quantile of a mixture has that share below it', () => {
  const mixture = [
    [0.3, { freedom: 3, at: -2, scale: 0.5 }],
    [0.7, { freedom: 8, at: 5, scale: 2 }],
  ] as const;
  const at = quantile(mixture, 0.1);
  expect(0.3 * shareBelow(mixture[0][1], at) + 0.7 * shareBelow(mixture[1][1], at)).toBeCloseTo(0.1, 5);
});

test('the density is the slope of the share', () => {
  const part = { freedom: 4, at: 1, scale: 0.7 };
  const slope = (shareBelow(part, 1.5001) - shareBelow(part, 1.4999)) / 0.0002;
  expect(Math.exp(logDensity(part, 1.5))).toBeCloseTo(slope, 5);
});
