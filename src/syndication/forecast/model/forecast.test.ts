import { expect, test } from 'vitest';
import type { ForecastSignals } from '../../../wire/figures/forecast.ts';
import { forecastOf, type PastRoom } from './forecast.ts';
import { hitOf } from './score.ts';

const NONE: ForecastSignals = { reminders: {}, followers: 0, invited: 0 };
const signals = (push: number, followers = 0, invited = 0): ForecastSignals => ({
  reminders: { push },
  ...{ followers, invited },
});
const room = (push: number, peak: number): PastRoom => ({
  signals: { hour: signals(push) },
  came: { peak, heard: Math.round(peak * 1.5), worst: Math.round(peak / 5) },
});
const made = (
  own: readonly PastRoom[],
  now: ForecastSignals,
  others: readonly (readonly PastRoom[])[] = [],
) => forecastOf({ made: 1, moment: 'hour', signals: now, own, others });

test('without history and signals too little is known for a single figure', () => {
  const { spans, basis } = made([], NONE);
  expect(basis).toEqual({ own: 0, others: 0, knows: 'nothing' });
  expect(spans.peak.middle).toBeUndefined();
  expect(spans.peak.low).toBeLessThanOrEqual(1);
  expect(spans.peak.high).toBeGreaterThan(20);
});

test('a million followers alone make a wide interval, not a million listeners', () => {
  const { spans, basis } = made([], signals(0, 1_000_000));
  expect(basis.knows).toBe('little');
  expect(spans.peak.middle).toBeUndefined();
  expect(spans.peak.low).toBeLessThan(20_000);
});

test('more may come than have set a reminder: walk-ins are never ruled out', () => {
  // 35 signed up, 14 of these came, and 39 others: compilerla/data-donuts#21.
  const { spans } = made([], signals(35));
  expect(spans.peak.high).toBeGreaterThan(53);
  expect(spans.peak.low).toBeLessThan(20);
});

test('a host whose rooms follow their reminders gets a narrow interval that follows them too', () => {
  const past = [100, 400, 50, 900, 200, 350, 120, 600].map((push, i) =>
    room(push, push * (i % 2 ? 1.1 : 0.9)),
  );
  const { spans } = made(past, signals(1_000));
  expect(spans.peak.low).toBeGreaterThan(500);
  expect(spans.peak.high).toBeLessThan(1_800);
});

test('a host whose rooms do not follow their reminders gets what is usual', () => {
  const past = [100, 4, 50, 900, 20, 350, 12, 600].map((push, i) => room(push, i % 2 ? 110 : 95));
  const { spans } = made(past, signals(5_000));
  expect(spans.peak.low).toBeGreaterThan(60);
  expect(spans.peak.low).toBeLessThan(120);
});

test('one night like no other moves the next forecast little', () => {
  const usual = Array.from({ length: 8 }, (_, i) => room(100, 90 + 5 * (i % 4)));
  const before = made(usual, signals(100)).spans.peak;
  const after = made([...usual, room(100, 20_000)], signals(100)).spans.peak;
  expect(after.middle).toBeLessThan(2 * (before.middle ?? 0));
});

test('what other hosts have seen narrows the first forecast of a new one', () => {
  const others = Array.from({ length: 12 }, (_, i) =>
    [100, 300].map((push) => room(push, push * (0.3 + i / 100))),
  );
  const wide = (spans: ReturnType<typeof made>['spans']): number =>
    (spans.peak.high + 1) / (spans.peak.low + 1);
  expect(wide(made([], signals(200), others).spans)).toBeLessThan(wide(made([], signals(200)).spans) / 3);
});

test('absurd history and signals are left out', () => {
  const absurd = [-5, Number.NaN, Number.POSITIVE_INFINITY, 1e30].map((peak) => room(100, peak));
  const wrong = { reminders: { push: Number.NaN, mail: -7 }, followers: -1, invited: 1e300 };
  expect(made(absurd, signals(100)).spans).toEqual(made([], signals(100)).spans);
  const { spans, signals: kept } = made([], wrong);
  expect(kept).toEqual({ reminders: { push: 0, mail: 0 }, followers: 0, invited: 8_000_000_000 });
  for (const { low, high } of Object.values(spans)) {
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(8_000_000_000);
    expect(low).toBeLessThanOrEqual(high);
  }
});

test('rooms to which nobody came count as such', () => {
  const { spans } = made(
    Array.from({ length: 6 }, () => room(3, 0)),
    signals(3),
  );
  expect(spans.peak.low).toBe(0);
  expect(spans.peak.high).toBeLessThan(5);
});

test('a figure that nobody counted is unknown, and the ends of an interval are inside it', () => {
  const forecast = {
    spans: { peak: { low: 5, high: 9 }, heard: { low: 5, high: 9 }, worst: { low: 0, high: 1 } },
  };
  const of = (peak: number | undefined) =>
    hitOf(forecast, { came: peak === undefined ? {} : { peak }, ended: 0 }, 'peak');
  expect([4, 5, 9, 10, undefined].map(of)).toEqual(['below', 'inside', 'inside', 'above', 'unknown']);
});

test('the arrivals of past rooms shape the curve, and its sum is 1', () => {
  const late: PastRoom = {
    ...room(10, 10),
    arrivals: [
      [20, 90],
      [21, 10],
      [500, 1e9],
      [3, -5],
      [4, Number.NaN],
    ],
  };
  const { arrivals } = made(
    Array.from({ length: 10 }, () => late),
    signals(10),
  );
  expect(arrivals.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 3);
  expect(arrivals.toSorted((a, b) => b[1] - a[1])[0]?.[0]).toBe(20);
  expect(made([], NONE).arrivals.toSorted((a, b) => b[1] - a[1])[0]?.[0]).toBeLessThan(3);
});
