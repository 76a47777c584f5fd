import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { silentLog } from '../../base/log.ts';
import { epochMs } from '../../base/time.ts';
import { windowBefore } from './notices.ts';
import { openSpreads } from './spreads.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2027, 2, 1, 20);

test('a forecast makes the window before the start longer, never shorter, and an hour at most', () => {
  const minutes = (people: number, spread?: number): number[] => {
    const { from, until } = windowBefore(START, people, 120, spread);
    return [from, until].map((at) => (START - at) / 60_000);
  };
  expect(minutes(10)).toEqual([5, 2]);
  expect(minutes(10, 20 * 60_000)).toEqual([22, 2]);
  expect(minutes(72_000)).toEqual([12, 2]);
  expect(minutes(72_000, 5 * 60_000)).toEqual([12, 2]);
  expect(minutes(10, 90 * 60_000)).toEqual([62, 2]);
});

test('a forecast is asked within a day of the start, every five minutes, and what was known outlives one that fails', async () => {
  const clock = manualClock(epochMs(START - 30 * HOUR));
  const asked: string[] = [];
  let says: number | undefined | Error = 20;
  const spreads = openSpreads({
    ...{ clock, log: silentLog },
    async spread(slug) {
      asked.push(slug);
      if (says instanceof Error) throw says;
      return says;
    },
  });
  await spreads.look('hall', 30 * HOUR);
  expect([asked, spreads.of('hall')]).toEqual([[], 0]);
  await spreads.look('hall', 24 * HOUR);
  await spreads.look('hall', 24 * HOUR);
  expect([asked, spreads.of('hall'), spreads.of('yard')]).toEqual([['hall'], 1_200_000, 0]);
  for (const [next, length] of [
    [new Error('no database'), 1_200_000],
    [1, 60_000],
    [undefined, 0],
  ] as const) {
    says = next;
    clock.advance(300_000);
    await spreads.look('hall', HOUR);
    expect(spreads.of('hall')).toBe(length);
  }
  expect(asked.length).toBe(4);
});
