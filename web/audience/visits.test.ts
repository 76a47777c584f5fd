import { expect, test } from 'vitest';
import { VISIT_IDLE_MS } from '../../src/wire/audience-events.ts';
import { Visits } from './visits.ts';

/** The storage of one tab. */
function tab() {
  let kept: string | null = null;
  return {
    read: () => kept,
    write(text: string) {
      kept = text;
    },
  };
}

test('a page is a visit; loaded or looked at again within half an hour it is the same one', () => {
  const store = tab();
  const visits = new Visits(store);
  expect(visits.sign(1_000_000)).toBe(true);
  expect(visits.sign(1_000_000 + VISIT_IDLE_MS - 1)).toBe(false);
  expect(new Visits(store).sign(1_000_000 + 2 * VISIT_IDLE_MS - 2)).toBe(false);
  expect(new Visits(store).sign(1_000_000 + 3 * VISIT_IDLE_MS - 2)).toBe(true);
  expect(new Visits(tab()).sign(1_000_000)).toBe(true);
});

test('a clock that was set back, or a store with nonsense in it, begins a visit', () => {
  const store = tab();
  expect(new Visits(store).sign(5_000_000)).toBe(true);
  expect(new Visits(store).sign(1_000_000)).toBe(true);
  store.write('nonsense');
  expect(new Visits(store).sign(1_000_001)).toBe(true);
});
