import { expect, expectTypeOf, test } from 'vitest';
import type { Amount } from '../wire/metrics.ts';
import { ADDITIVE, add, amountOf, type Summand } from './units.ts';

const plays = amountOf('replay_listens', 10);
const visits = amountOf('visits', 20);
const tunedIn = amountOf('tuned_in_live', 30);
const peak = amountOf('peak_concurrent', 40);
const people = amountOf('unique_listeners', 50);

test('counts of one unit are added', () => {
  expect(add(tunedIn, amountOf('drop_ins', 5), amountOf('tuned_in_live', 1))).toBe(36);
  expectTypeOf(add(tunedIn, amountOf('drop_ins', 5))).toEqualTypeOf<Summand<'sessions'>>();
  expect(add(visits)).toBe(20);
});

test('unlike units, maxima and different people do not compile', () => {
  // @ts-expect-error: listens and events
  add(plays, visits);
  // @ts-expect-error: sessions and events
  add(tunedIn, visits);
  // @ts-expect-error: the peaks of two rooms were not at the same moment
  add(peak, peak);
  // @ts-expect-error: the same people may be in both rooms
  add(people, people);
  // @ts-expect-error: a maximum is not added to a count either, though both count sessions
  add(tunedIn, peak);
  // @ts-expect-error: a plain number has no unit
  add(tunedIn, 5);
  // @ts-expect-error: the sum of two units cannot be written down as one of them
  const sum: Summand<'sessions'> = (tunedIn as number) + visits;
  expect(sum).toBe(50);
});

test('one unit is not taken for another', () => {
  // @ts-expect-error: people are not sessions
  const sessions: Amount<'sessions'> = people;
  expect(sessions).toBe(50);
  const same: Amount<'sessions'> = peak;
  expect(same).toBe(40);
});

test('what may be added is what the definitions say', () => {
  expect(ADDITIVE).toContain('tuned_in_live');
  expect(ADDITIVE).not.toContain('peak_concurrent');
  expect(ADDITIVE).not.toContain('unique_listeners');
});

test('no count is negative, endless or nothing', () => {
  for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    expect(() => amountOf('visits', value)).toThrow(RangeError);
});
