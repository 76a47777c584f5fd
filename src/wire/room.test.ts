import { expect, test } from 'vitest';
import { deliveryAt, fullDelivery, holdsNewcomers, LEVELS, needsTicket } from './delivery.ts';
import { isOver, isRunning, whyNotHeard } from './room.ts';

test('a room runs while a cell carries it, and is over for good after that', () => {
  const all = ['scheduled', 'open', 'live', 'ended', 'cancelled'] as const;
  expect(all.filter(isRunning)).toEqual(['open', 'live']);
  expect(all.filter(isOver)).toEqual(['ended', 'cancelled']);
  expect([isRunning(undefined), isOver(undefined)]).toEqual([false, false]);
  expect(all.map(whyNotHeard)).toEqual([
    ...['room-not-open', 'studio-away', 'studio-away', 'room-ended', 'room-ended'],
  ]);
  expect(whyNotHeard(undefined)).toBe('room-unknown');
});

test('newcomers are held back from rung 4 on; a cap needs tickets on any rung but where caches take everybody', () => {
  expect(LEVELS.map(holdsNewcomers)).toEqual(LEVELS.map(({ rung }) => rung >= 4));
  expect(holdsNewcomers(undefined)).toBe(false);
  const capped = LEVELS.map((_, level) =>
    needsTicket({ ...deliveryAt(level, { period: 320, since: 0 }), cap: 5 }),
  );
  expect(capped).toEqual(LEVELS.map(({ newcomers }) => newcomers !== 'cache'));
  expect(needsTicket(fullDelivery(320, 0))).toBe(false);
});
