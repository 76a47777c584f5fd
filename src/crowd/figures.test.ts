import { expect, test } from 'vitest';
import { split } from '../rehearsal/machines/team.ts';
import { arrivalAt, type Curve, curveLength, normalQuantile, readCurve } from '../rehearsal/order/curve.ts';
import { Histogram, topOf } from '../rehearsal/order/histogram.ts';
import { SimulatedPlayout } from '../rehearsal/people/simulated-playout.ts';
import { sourceAddresses } from '../rehearsal/target.ts';

/** A seeded sequence in 0…1. */
function noise(seed = 1) {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

test('percentiles of many histograms merged are those of all values, within 3 %', () => {
  const random = noise();
  const values = Array.from({ length: 20_000 }, () => Math.floor(Math.exp(random() * 14)));
  const all = new Histogram();
  for (let part = 0; part < 4; part++) {
    const one = new Histogram();
    for (const value of values.slice(part * 5000, part * 5000 + 5000)) one.add(value);
    // As it travels.
    all.merge(JSON.parse(JSON.stringify(one.sparse(true))));
    expect(one.count).toBe(0);
  }
  values.sort((a, b) => a - b);
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = values[Math.ceil(share * values.length) - 1]!;
    expect(all.quantile(share)!).toBeGreaterThanOrEqual(exact);
    expect(all.quantile(share)!).toBeLessThanOrEqual(exact * 1.032 + 1);
  }
});

test('nonsense does no harm to a histogram', () => {
  const one = new Histogram();
  for (const value of [-5, Number.NaN, 1e300, 0.7]) one.add(value);
  expect(one.quantile(0.7)).toBe(0);
  expect(one.quantile(1)).toBe(2 ** 30 - 1);
  one.merge([
    [-1, 5],
    [1e9, 5],
    [0.5, 5],
    [3, -2],
  ]);
  expect(one.count).toBe(4);
  expect(topOf(63)).toBe(63);
  expect(new Histogram().quantile(0.5)).toBeUndefined();
});

test('curves: everybody at once, evenly, or a sharp rise with a long tail', () => {
  expect(arrivalAt({ kind: 'step' }, 0.9)).toBe(0);
  expect(arrivalAt({ kind: 'ramp', seconds: 30 }, 0.5)).toBe(15_000);
  const curve: Curve = { kind: 'announcement', seconds: 60 };
  expect(arrivalAt(curve, 0.95)).toBeCloseTo(60_000, 0);
  expect(arrivalAt(curve, 0.5)).toBeCloseTo(60_000 / Math.exp(1.6448536), 0);
  expect(curveLength(curve)).toBeLessThan(160_000);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 6);
  // The busiest second comes before a twelfth of the time is over.
  const perSecond = new Map<number, number>();
  for (let i = 0; i < 10_000; i++) {
    const second = Math.floor(arrivalAt(curve, (i + 0.5) / 10_000) / 1000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  const busiest = [...perSecond].sort(([, a], [, b]) => b - a)[0]![0];
  expect(busiest).toBeLessThanOrEqual(5);
});

test('real arrivals come from CSV or JSON, and nonsense is refused', () => {
  const curve = readCurve('second,arrivals\n0,10\n1,30\n5,60\n');
  expect(readCurve('[[0,10],[1,30],[5,60]]')).toEqual(curve);
  expect(
    readCurve('[{"second":0,"arrivals":10},{"second":1,"arrivals":30},{"second":5,"arrivals":60}]'),
  ).toEqual(curve);
  const seconds = Array.from({ length: 100 }, (_, i) => Math.floor(arrivalAt(curve, (i + 0.5) / 100) / 1000));
  expect([0, 1, 2, 5].map((second) => seconds.filter((s) => s === second).length)).toEqual([10, 30, 0, 60]);
  for (const text of ['', 'a,b\nc,d', '0,0', '-1,5', '[{"x":1}]', '[oops'])
    expect(() => readCurve(text), text).toThrow(/curve file/);
});

/** A player that gets a write of `period` ms, late by `late(n)` ms, for `writes` writes. Returns its silences. */
function play(
  period: number,
  writes: number,
  late: (write: number) => number,
  playout = new SimulatedPlayout(),
) {
  const silences: number[] = [];
  // The burst: the margin and one period.
  for (let n = 0; n < Math.ceil((300 + period) / 320); n++) playout.take(0, period);
  playout.settle(80, period);
  for (let write = 1; write <= writes; write++) {
    const now = write * period + late(write);
    for (let n = 0; n < period / 320; n++) {
      const silent = playout.take(now, period);
      if (silent > 0) silences.push(silent);
    }
  }
  return silences;
}

test.each([320, 640, 1280, 2560])(
  'with punctual writes every %i ms nobody stalls, nor with 100 ms of jitter',
  (period) => {
    expect(play(period, 200, () => 0)).toEqual([]);
    const random = noise(7);
    expect(play(period, 200, () => random() * 100)).toEqual([]);
  },
);

test('a write a second late is one stall of what the margin did not cover; the player then keeps more', () => {
  const playout = new SimulatedPlayout();
  const silences = play(320, 40, (write) => (write === 20 ? 1000 : 0), playout);
  expect(silences).toHaveLength(1);
  // 300 ms of margin, give or take what it leaned and what the burst had too much.
  expect(silences[0]).toBeGreaterThan(640);
  expect(silences[0]).toBeLessThan(720);
  expect(playout.margin).toBe(450);
});

test('a longer write period that was announced is no stall; unannounced it is', () => {
  const run = (announced: boolean): number => {
    const playout = new SimulatedPlayout();
    for (let n = 0; n < 3; n++) playout.take(0, 320);
    playout.settle(80, 320);
    let silent = 0;
    let now = 0;
    if (announced) playout.expect(1280 - 320, 12_000, 0);
    for (let n = 0; n < 38; n++) {
      now += 320;
      silent += playout.take(now, 320);
    }
    for (let n = 0; n < 20; n++) {
      now += 1280;
      for (let i = 0; i < 4; i++) silent += playout.take(now, 1280);
    }
    return silent;
  };
  expect(run(true)).toBe(0);
  expect(run(false)).toBeGreaterThan(300);
});

test('the delayed stream, a write every 5.12 s: nobody stalls, wherever in the segment they joined', () => {
  for (let until = 20; until < 5120; until += 250) {
    const playout = new SimulatedPlayout();
    // 17 fragments to begin with, as the door sends them; the first write brings the rest of the segment.
    for (let n = 0; n < 17; n++) playout.take(0, 4900);
    playout.settle(80, 4900);
    let silent = 0;
    const rest = Math.ceil(until / 320);
    for (let n = 0; n < rest; n++) silent += playout.take(until, 5120);
    for (let write = 1; write < 20; write++)
      for (let n = 0; n < 16; n++) silent += playout.take(until + write * 5120, 5120);
    expect(silent, `${until} ms before the first write`).toBe(0);
  }
});

test('source addresses of a range begin after its network and differ', () => {
  expect(sourceAddresses('127.0.0.0/8', 300).slice(0, 2)).toEqual(['127.0.0.1', '127.0.0.2']);
  expect(new Set(sourceAddresses('127.0.0.0/8', 300)).size).toBe(300);
  expect(sourceAddresses('10.1.2.4/30', 9)).toEqual(['10.1.2.5', '10.1.2.6']);
  expect(sourceAddresses('10.0.0.5, 10.0.0.6', 9)).toEqual(['10.0.0.5', '10.0.0.6']);
  expect(() => sourceAddresses('10.0.0.999/8', 1)).toThrow();
});

test('shares are whole and add up', () => {
  expect(split(10, [1, 1, 1])).toEqual([3, 4, 3]);
  expect(split(10_000, [20_000, 20_000, 5000]).reduce((a, b) => a + b)).toBe(10_000);
  expect(split(1, [1, 1])).toEqual([1, 0]);
});
