import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { networkOf, openAllowance } from './allowance.ts';

test('some at once, then one each period, for each key; the wait is reported', () => {
  const clock = manualClock();
  const allowance = openAllowance(clock, 3, 2000);
  expect([1, 2, 3, 4].map(() => allowance.take('a'))).toEqual([undefined, undefined, undefined, 2]);
  expect(allowance.take('b')).toBeUndefined();
  clock.advance(1999);
  expect(allowance.take('a')).toBe(1);
  clock.advance(1);
  expect([allowance.take('a'), allowance.take('a')]).toEqual([undefined, 2]);
  clock.advance(1_000_000);
  expect([1, 2, 3, 4].map(() => allowance.take('a'))).toEqual([undefined, undefined, undefined, 2]);
});

test('a hundred thousand keys are not remembered, and beyond what is remembered they share', () => {
  const clock = manualClock();
  const allowance = openAllowance(clock, 2, 1000);
  for (let i = 0; i < 100_000; i++) allowance.take(`k${i}`);
  expect(allowance.size).toBeLessThanOrEqual(4_097);
  expect(allowance.take('another')).toBeGreaterThan(0);
  clock.advance(2000);
  expect(allowance.take('another')).toBeUndefined();
  expect(allowance.size).toBe(1);
});

test('where many have a slow allowance, as many are counted one by one as it is told', () => {
  const allowance = openAllowance(manualClock(), 1, 3_600_000, 20_000);
  let refused = 0;
  for (let i = 0; i < 20_000; i++) if (allowance.take(`k${i}`) !== undefined) refused += 1;
  expect(refused).toBe(0);
  expect(allowance.take('k7')).toBe(3600);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['2001:db8:0:7::9', '2001:db8:0'],
  ['2001:0DB8:0000:ffff:1:2:3:4', '2001:db8:0'],
  ['::1', '0:0:0'],
  ['2001:db8::', '2001:db8:0'],
])('%s belongs to the network %s', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
