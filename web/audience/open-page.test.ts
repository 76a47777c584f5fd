import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { AudienceEvent } from '../../src/wire/audience-events.ts';
import { openPageSigns } from './open-page.ts';

const page = Object.assign(new EventTarget(), { visibilityState: 'visible', prerendering: false });
const told: { readonly at: number; readonly event: AudienceEvent }[] = [];
const START = 1_800_000_004_321;

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  vi.stubGlobal('document', Object.assign(page, { visibilityState: 'visible', prerendering: false }));
  told.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const open = (crowded = false): void =>
  openPageSigns({
    events: { add: (event) => void told.push({ at: Date.now(), event }) },
    now: () => Date.now(),
    crowded: () => crowded,
  });
const slotsOf = (): number[] => told.map(({ at }) => Math.floor(at / 10_000));

test('an open page says so at once, and then once in every third slot, always at the same place of it', () => {
  open();
  expect(told).toHaveLength(1);
  vi.advanceTimersByTime(300_000);
  const slots = slotsOf();
  expect(slots.slice(1).every((slot, n) => slot - (slots[n] as number) === 3)).toBe(true);
  expect(told.length).toBeGreaterThan(9);
  expect(new Set(told.map(({ event }) => event[1])).size).toBe(1);
  expect(new Set(told.map(({ event }) => event[2]))).toEqual(new Set(['3']));
  const places = told.slice(1).map(({ at }) => at % 10_000);
  expect(Math.max(...places) - Math.min(...places)).toBeLessThan(5);
});

test('in a crowd a page says it half as often', () => {
  open(true);
  vi.advanceTimersByTime(300_000);
  expect(
    slotsOf()
      .slice(1)
      .every((slot, n) => slot - (slotsOf()[n] as number) === 6),
  ).toBe(true);
});

test('signs of a hidden page hold until the next one, however late a browser wakes it up', () => {
  page.visibilityState = 'hidden';
  open();
  vi.advanceTimersByTime(300_000);
  told.forEach(({ at, event }, n) => {
    const next = told[n + 1]?.at;
    if (next === undefined) return;
    const holds = (Math.floor(at / 10_000) + Number(event[2])) * 10_000;
    // A minute after the one before.
    expect(Math.max(next, at + 60_000)).toBeLessThanOrEqual(holds + 10_000);
  });
});

test('a page that is prepared ahead of a click is not open', () => {
  page.prerendering = true;
  open();
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual([]);
  page.prerendering = false;
  page.dispatchEvent(new Event('prerenderingchange'));
  expect(told).toHaveLength(1);
});
