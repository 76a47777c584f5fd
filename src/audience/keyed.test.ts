import { expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import type { DayKey } from '../wire/listening/day-keys.ts';
import { AudienceRoom } from './room.ts';
import { roomBytes, roomOf } from './room-file.ts';
import { Distinct } from './tables/distinct.ts';
import { DownloadCount } from './tables/download-count.ts';

const DAY = 20_789;
const AT = DAY * 86_400_000 + 3_600_000;
const key = (low: number, seconds = 0, exclusion = 0): DayKey => ({
  low,
  high: low,
  room: 0,
  seconds,
  exclusion,
});
const again = (room: AudienceRoom): AudienceRoom => {
  const found = roomOf(Buffer.concat(roomBytes(room, { file: 'x', offset: 0 })));
  if (!found) throw new Error('the snapshot cannot be read');
  return found.room;
};

test('the reach of a card is its different keys of a day; doors and repeats make no difference', () => {
  const room = new AudienceRoom('hall');
  for (const door of ['a', 'b', 'a']) for (let n = 1; n <= 300; n++) room.keyed('seen', door, DAY, key(n));
  expect(room.numbers(AT).metrics.post_reach).toMatchObject({
    value: 300,
    unit: 'people',
    method: 'counted',
  });
  expect(again(room).numbers(AT).metrics.post_reach).toEqual(room.numbers(AT).metrics.post_reach);
  for (let n = 1; n <= 20; n++) room.keyed('seen', 'a', DAY + 1, key(n));
  // Of the day that is over nothing more is taken.
  room.keyed('seen', 'a', DAY, key(999));
  const { post_reach: reach } = again(room).numbers(AT).metrics;
  expect(reach).toMatchObject({ value: 20, parts: { '2026-12-02': 300, '2026-12-03': 20 } });
});

test('a minute of a recording makes a download, once a key and day, from however many doors it came', () => {
  const room = new AudienceRoom('hall');
  const take = (door: string, day: number, ...of: Parameters<typeof key>): void =>
    room.keyed('downloaded', door, day, key(...of));
  const seen = (): unknown => {
    const figure = again(room).numbers(AT).metrics.downloads;
    return figure && [figure.net, figure.gross];
  };
  take('a', DAY, 1, 59);
  expect(seen()).toBeUndefined();
  // The same door says it again, and with less: nothing changes.
  take('a', DAY, 1, 59);
  take('a', DAY, 1, 10);
  expect(seen()).toBeUndefined();
  take('b', DAY, 1, 1);
  expect(seen()).toEqual([1, 1]);
  for (let n = 0; n < 3; n++) take('a', DAY, 1, 60);
  take('a', DAY, 2, 60);
  take('a', DAY, 3, 60, 3);
  expect(seen()).toEqual([2, 3]);
  take('a', DAY + 1, 1, 60);
  expect(seen()).toEqual([3, 4]);
  take('a', DAY, 7, 60);
  expect(seen()).toEqual([3, 4]);
});

test('a download that a crash interrupts goes on where it was', () => {
  const count = new DownloadCount();
  count.take('a', DAY, key(1, 30));
  const next = new DownloadCount();
  next.load(count.state, count.dump());
  next.take('b', DAY, key(1, 30));
  expect([next.net, next.gross]).toEqual([1, 1]);
});

test('beyond what is counted one by one the reach is a sketch, with its error', () => {
  const room = new AudienceRoom('hall');
  room.reach.day = DAY;
  room.reach.keys = new Distinct(5_000);
  const next = chance(3);
  const many = 40_000;
  for (let n = 0; n < many; n++) {
    const [low, high] = [Math.floor(next() * 2 ** 32) | 0, Math.floor(next() * 2 ** 32) | 0];
    room.reach.add(DAY, low, high);
  }
  const reach = room.figures(AT).post_reach;
  expect(reach?.method).toBe('sketched');
  expect(Math.abs((reach?.net ?? 0) - many)).toBeLessThan(3 * (reach?.error ?? 0));
});

test('pages that are open are told even when nobody is left; before the first page nothing is', () => {
  const room = new AudienceRoom('hall');
  const open = (pages?: number): number | undefined => {
    room.happened('a', '1', { visits: 1, ...(pages === undefined ? {} : { pages }) });
    return room.numbers(AT).metrics.in_room_now?.value;
  };
  expect(open()).toBeUndefined();
  expect(open(3)).toBe(3);
  room.happened('b', '1', { pages: 4 });
  expect(room.numbers(AT).metrics.in_room_now).toMatchObject({ value: 7, unit: 'sessions' });
  // The door was started anew.
  room.happened('b', '2', { visits: 0 });
  expect(room.numbers(AT).metrics.in_room_now?.value).toBe(3);
  expect(open(0)).toBe(0);
  // A tally that starts again knows none until doors have spoken.
  expect(again(room).numbers(AT).metrics.in_room_now).toBeUndefined();
});
