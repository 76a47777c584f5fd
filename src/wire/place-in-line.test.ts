import { describe, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { placeIn, pollAfter, whyWorse } from './place-in-line.ts';
import { LAST_RANK, type QueueState } from './queue.ts';

const queue = (more: Partial<QueueState>): QueueState => ({
  v: 1,
  slug: 'evening',
  at: 0,
  seq: 1,
  previous: '',
  start: 0,
  admitted: { minute: 0, rank: LAST_RANK },
  open: 3,
  buckets: [],
  perMinute: 0,
  free: 0,
  places: 100,
  poll: 2_000,
  ...more,
});
const bucket = (minute: number, tickets: number, gone = 0) => ({ minute, tickets, gone });
const half = 2 ** 31;

describe('a place', () => {
  test('counts whole buckets before its own, less those who left, and a share of its own', () => {
    const state = queue({ buckets: [bucket(1, 1000, 100), bucket(2, 1000), bucket(3, 500)], perMinute: 100 });
    const { called, ahead, minutes } = placeIn(state, { minute: 2, rank: half });
    expect(called).toBe(false);
    expect(ahead.low).toBeGreaterThanOrEqual(1300);
    expect(ahead.high).toBeLessThanOrEqual(1500);
    expect(ahead.low).toBeLessThan(1400);
    expect(ahead.high).toBeGreaterThan(1400);
    expect(minutes?.low).toBeLessThanOrEqual(14);
    expect(minutes?.high).toBeGreaterThanOrEqual(14);
  });

  test('is called when the point has reached it, and not one rank before', () => {
    const state = queue({ admitted: { minute: 2, rank: 1000 }, buckets: [bucket(2, 10)] });
    expect(placeIn(state, { minute: 2, rank: 1000 }).called).toBe(true);
    expect(placeIn(state, { minute: 2, rank: 1001 }).called).toBe(false);
    expect(placeIn(state, { minute: 1, rank: LAST_RANK }).called).toBe(true);
    expect(placeIn(state, { minute: 3, rank: 1 }).called).toBe(false);
  });

  test('alone in line there is nobody ahead', () => {
    const state = queue({ buckets: [bucket(1, 1)] });
    expect(placeIn(state, { minute: 1, rank: half }).ahead).toEqual({ low: 0, high: 0 });
  });

  test('the range holds for nineteen of twenty, in draws of any size', () => {
    const random = chance(3);
    for (const people of [5, 60, 2_000]) {
      let inside = 0;
      const draws = 300;
      for (let i = 0; i < draws; i++) {
        const ranks = Array.from({ length: people }, () => 1 + Math.floor(random() * LAST_RANK));
        const mine = ranks[0] ?? 1;
        const truth = ranks.filter((rank) => rank < mine).length;
        const { ahead } = placeIn(queue({ buckets: [bucket(1, people)] }), { minute: 1, rank: mine });
        if (ahead.low <= truth && truth <= ahead.high) inside += 1;
      }
      expect(inside / draws, `${people}`).toBeGreaterThan(0.93);
    }
  });

  test('a place that nobody moves towards has no minutes', () => {
    expect(placeIn(queue({ buckets: [bucket(1, 9)] }), { minute: 1, rank: half }).minutes).toBeUndefined();
  });
});

describe('looking again', () => {
  test('comes after 2 to 60 seconds, never closer than the queue asks for, and never for all at once', () => {
    const far = queue({ buckets: [bucket(1, 100_000)], perMinute: 10, poll: 2_000 });
    const times = [0, 0.5, 0.99].map((random) => pollAfter(far, { minute: 1, rank: half }, 0, random));
    expect(new Set(times).size).toBeGreaterThan(1);
    for (const ms of times) expect(ms).toBeLessThanOrEqual(60_000);
    const near = { minute: 1, rank: 1 };
    expect(pollAfter(queue({ buckets: [bucket(1, 2)], perMinute: 10 }), near, 0, 0)).toBe(2_000);
    expect(pollAfter(queue({ buckets: [bucket(1, 2)], perMinute: 10, poll: 20_000 }), near, 0, 0)).toBe(
      20_000,
    );
  });

  test('before the draw everyone looks just after it', () => {
    const state = queue({
      start: 30_000,
      open: 0,
      admitted: { minute: 0, rank: 0 },
      buckets: [bucket(0, 9)],
    });
    const at = pollAfter(state, { minute: 0, rank: half }, 0, 0.5);
    expect(at).toBeGreaterThan(30_000);
    expect(at).toBeLessThan(36_000);
  });

  test('somebody who may be called soon looks in time', () => {
    const unknown = queue({ buckets: [bucket(1, 9)] });
    expect(pollAfter(unknown, { minute: 1, rank: half }, 0, 0.999)).toBeLessThan(20_000);
  });
});

test('a wait that has become longer is explained', () => {
  const me = { minute: 2, rank: half };
  const before = queue({ buckets: [bucket(1, 100), bucket(2, 100)], perMinute: 50 });
  expect(whyWorse(before, before, me)).toBeUndefined();
  expect(whyWorse(before, { ...before, perMinute: 5 }, me)).toBe('slower');
  expect(whyWorse(before, { ...before, perMinute: 5, places: 50 }, me)).toBe('places');
  const more = { ...before, buckets: [bucket(1, 100), bucket(2, 500)] };
  expect(whyWorse(before, more, me)).toBe('draw');
  expect(whyWorse(before, { ...before, perMinute: 100 }, me)).toBeUndefined();
});
