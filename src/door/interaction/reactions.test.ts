import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { RoomCard } from '../../wire/room.ts';
import { DoorReactions, MOST_PER_NETWORK } from './reactions.ts';

const card = (more: Partial<RoomCard> = {}): RoomCard => ({
  ...{ slug: 'hall', title: 'Hall', hosts: [], status: 'live', clocks: {} },
  ...more,
});
const JSON_TYPE = 'application/json';
const body = (n: number, reactions: object): string =>
  JSON.stringify({ device: `device-key-${String(n).padStart(8, '0')}`, reactions });

test('three of one device count in a second, and two hundred of one network', () => {
  const clock = manualClock();
  const reactions = new DoorReactions(clock);
  const send = (n: number, counts: object, from = '192.0.2.1'): number =>
    reactions.take(card(), from, JSON_TYPE, body(n, counts)).status;
  expect(send(1, { applause: 2, heart: 1 })).toBe(204);
  expect(send(1, { applause: 1 })).toBe(429);
  expect(reactions.takeAway().get('hall')).toEqual([2, 0, 1, 0, 0]);
  for (let n = 2; n < 500; n++) send(n, { laugh: 3 });
  expect(reactions.takeAway().get('hall')).toEqual([0, MOST_PER_NETWORK - 3, 0, 0, 0]);
  expect(send(900, { laugh: 1 }, '198.51.100.7')).toBe(204);
  clock.advance(1_000);
  expect(send(1, { agree: 3 })).toBe(204);
});

test('one network that invents devices leaves the places of a second to everybody else', () => {
  const reactions = new DoorReactions(manualClock());
  const send = (n: number, from: string): number =>
    reactions.take(card(), from, JSON_TYPE, body(n, { heart: 1 })).status;
  for (let n = 0; n < 51_000; n++) send(n, '192.0.2.1');
  expect(send(99_999, '198.51.100.7')).toBe(204);
});

test('what is switched off, not running or from a plain form of another site counts nothing', () => {
  const reactions = new DoorReactions(manualClock());
  const send = (room: RoomCard | undefined, type = JSON_TYPE, text = body(1, { heart: 1 })): number =>
    reactions.take(room, '192.0.2.1', type, text).status;
  expect(send(card({ rules: { reactions: false } }))).toBe(403);
  expect(send(card({ status: 'scheduled' }))).toBe(409);
  expect(send(undefined)).toBe(404);
  expect(send(card(), 'text/plain')).toBe(415);
  for (const text of [
    '',
    '[]',
    '{}',
    body(1, {}),
    body(1, { heart: -1 }),
    body(1, { bomb: 1 }),
    body(1, { heart: 1e9 }),
  ])
    expect(send(card(), JSON_TYPE, text)).toBe(422);
  expect(reactions.takeAway().size).toBe(0);
});
