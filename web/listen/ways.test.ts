import { expect, test } from 'vitest';
import { type Delivery, deliveryAt, fullDelivery, LEVELS, needsTicket } from '../../src/wire/delivery.ts';
import { cachesOf, free, paceOf, stateAt } from './ways.ts';

const caches = ['http://a', 'http://b'];
const at = (level: number): Delivery => ({ ...deliveryAt(level, { period: 320, since: 0 }), caches });
const capped = { ...at(0), cap: 500 };
const full: Delivery = { ...capped, newcomers: 'queue', why: 'cap' };

test('newcomers are sent to caches on every rung above 1 and when a cap is reached, and never without caches', () => {
  expect(LEVELS.map((_, level) => cachesOf(at(level)) !== undefined)).toEqual(
    LEVELS.map(({ rung }) => rung >= 2),
  );
  expect(cachesOf(full)).toEqual({ caches, delay: 30_000 });
  expect(cachesOf(capped)).toBeUndefined();
  expect(cachesOf({ ...full, caches: [] })).toBeUndefined();
  expect(cachesOf(deliveryAt(6, { period: 320, since: 0 }))).toBeUndefined();
});

test('a place in line is for rungs 4 and 5 and for a cap, not for listeners who only hear a cache', () => {
  expect(LEVELS.map((_, level) => needsTicket(at(level)))).toEqual(LEVELS.map(({ rung }) => rung >= 4));
  expect([needsTicket(full), needsTicket(capped)]).toEqual([true, true]);
  // The ladder comes first: on rungs 2 and 3 a free place of a cap calls nobody up.
  expect(needsTicket({ ...at(2), cap: 500 })).toBe(false);
});

test('a listener moves up without a ticket only where nobody needs one', () => {
  expect([free(at(0)), free(at(1)), free(at(2)), free(at(6))]).toEqual([true, true, false, false]);
  expect([free(capped), free(full)]).toEqual([false, false]);
});

test('pages poll every second on rung 0 and every ten from rung 3, and every second without a delivery', () => {
  expect(LEVELS.map((_, level) => paceOf(at(level)))).toEqual([
    1_000, 2_000, 5_000, 10_000, 10_000, 10_000, 10_000, 10_000,
  ]);
  const { poll: _, ...older } = fullDelivery(320, 0);
  expect(paceOf(older as Delivery)).toBe(1_000);
});

test('the state is read from where the sound comes, and at the door when no cache answers', () => {
  const way = (failures: number) => stateAt('hall', caches, { first: 1, failures });
  expect([0, 1, 2, 9].map(way)).toEqual([
    'http://b/r/hall/state.json',
    'http://a/r/hall/state.json',
    '/r/hall/state.json',
    '/r/hall/state.json',
  ]);
  expect(stateAt('hall', undefined, { first: 1, failures: 0 })).toBe('/r/hall/state.json');
});
