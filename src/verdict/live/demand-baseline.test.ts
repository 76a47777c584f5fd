import { expect, test } from 'vitest';
import { makeEvening } from '../../../test/evening/evening.ts';
import { KINDS, planOf } from '../../../test/evening/kinds.ts';
import { slotsOf } from '../../../test/evening/slots-of.ts';
import { DemandHistory, usualOf } from './demand-baseline.ts';
import { verdictOfSlots } from './slots-verdict.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const NIGHT = Date.UTC(2026, 10, 30, 20, 10);

/** A hall that is busy from 20 to 21 h each day: 50 requests a second, else 2. */
function evenings(days: number, upTo = NIGHT): DemandHistory {
  const history = new DemandHistory();
  for (let at = upTo - days * DAY; at <= upTo; at += 10_000) {
    const busy = Math.floor(at / HOUR) % 24 === 20;
    history.add(at, busy ? 500 : 20, busy ? [['hall', 450]] : []);
  }
  return history;
}

test('what is usual is what the same hour had on other days, and the busiest hour of a room', () => {
  const baseline = evenings(7).baseline(NIGHT);
  expect(baseline.server).toHaveLength(7);
  expect(usualOf(baseline, 50, new Map([['hall', 45]]))).toEqual({
    hour: 20,
    server: { days: 7, rate: 50, times: 1 },
    room: { key: 'hall', days: 7, rate: 45, times: 1 },
  });
  expect(usualOf(evenings(7).baseline(NIGHT - 6 * HOUR), 50, new Map()).server?.times).toBe(25);
  expect(usualOf(evenings(2).baseline(NIGHT), 50, new Map()).server).toBeNull();
});

test('it is the same whenever it is asked for, after a restart too; today is no part of it', () => {
  const history = evenings(5);
  const then = history.baseline(NIGHT);
  for (let at = NIGHT; at < NIGHT + 2 * DAY; at += 10_000) history.add(at, 90_000, [['hall', 80_000]]);
  expect(history.baseline(NIGHT)).toEqual(then);
  const restored = DemandHistory.from(history.text());
  expect(restored.baseline(NIGHT)).toEqual(then);
  expect(restored.text()).toBe(history.text());
  for (const text of [undefined, '', '{"v":1', '{"v":1,"hours":[3]}', 'null'])
    expect(DemandHistory.from(text).baseline(NIGHT).server).toEqual([]);
});

test('months of a thousand rooms stay small', () => {
  const history = new DemandHistory();
  for (let hour = 0; hour < 100 * 24; hour++)
    for (let at = 0; at < HOUR; at += 40_000)
      history.add(
        hour * HOUR + at,
        300,
        Array.from({ length: 30 }, (_, i) => [`room-${(hour * 7 + i) % 1_000}`, 10]),
      );
  expect(history.text().length).toBeLessThan(200_000);
});

test('a rise that every evening has is no overload; the same on an odd evening is a crowd', () => {
  const kind = KINDS.find(({ name }) => name === 'crowd × 10');
  if (!kind) throw new Error('no such evening');
  const slots = slotsOf(makeEvening(planOf(kind, 21)));
  const at = slots[0]?.at ?? 0;
  const judged = (requests: number) => {
    const history = new DemandHistory();
    const hour = Math.floor(at / HOUR) * HOUR;
    for (let when = hour - 14 * DAY; when <= hour; when += 10_000) history.add(when, requests);
    return verdictOfSlots(slots, { baseline: history.baseline(at) });
  };
  const [odd, every] = [judged(10), judged(1_000)];
  expect([odd.label, every.label]).toEqual(['CROWD', 'NO_OVERLOAD']);
  expect(odd.families.at(-1)).toMatchObject({ name: 'baseline', says: 'nothing', weight: 0.3 });
  expect(every.families.at(-1)).toMatchObject({ name: 'baseline', says: 'crowd' });
  expect(every.against.join()).toMatch(/times the demand of this hour on 14 past days/);
  expect(every.demand.usual?.server).toMatchObject({ days: 14, rate: 100 });
});

test('other days never take an attack away, and never make one', () => {
  const kind = KINDS.find(({ name }) => name === 'naive flood: wrk');
  if (!kind) throw new Error('no such evening');
  const slots = slotsOf(makeEvening(planOf(kind, 21)));
  const baseline = (requests: number) => {
    const history = new DemandHistory();
    const hour = Math.floor((slots[0]?.at ?? 0) / HOUR) * HOUR;
    for (let when = hour - 14 * DAY; when <= hour; when += 10_000) history.add(when, requests);
    return history.baseline(hour);
  };
  for (const requests of [10, 100_000])
    expect(verdictOfSlots(slots, { baseline: baseline(requests) }).label).toBe('ATTACK');
});
