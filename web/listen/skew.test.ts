import { expect, test } from 'vitest';
import { Skew } from './skew.ts';

const HOUR = 3_600_000;

test('a clock that is hours wrong is corrected from the first state on, and the fastest answer counts', () => {
  const skew = new Skew();
  expect(skew.value).toBeUndefined();
  skew.saw(1_000, 1_000 + 5 * HOUR + 300, 0);
  skew.saw(2_000, 2_000 + 5 * HOUR + 40, 1_000);
  skew.saw(3_000, 3_000 + 5 * HOUR + 900, 2_000);
  expect(skew.value).toBe(5 * HOUR + 40);
});

test('a page that is open for a day follows a clock that drifts and a clock that is set', () => {
  const skew = new Skew();
  // Four seconds a day ahead.
  for (let at = 0; at < 24 * HOUR; at += 10_000) skew.saw(at, at + (at / HOUR / 24) * 4_000 + 50, at);
  expect(skew.value).toBeGreaterThan(3_900);
  const day = 24 * HOUR;
  // One late answer is no other clock; the second of them is.
  skew.saw(day, day + HOUR, day);
  expect(skew.value).toBeLessThan(5_000);
  skew.saw(day + 1_000, day + 1_000 + HOUR, day + 1_000);
  expect(skew.value).toBe(HOUR);
  skew.saw(day + 2_000, day + 2_000 - HOUR, day + 2_000);
  expect(skew.value).toBe(-HOUR);
});
