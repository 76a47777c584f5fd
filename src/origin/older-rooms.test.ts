import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import type { RoomCard } from '../wire/room.ts';
import { openOlderRooms } from './older-rooms.ts';

const card = (slug: string): RoomCard => ({ slug, title: slug, hosts: [], status: 'ended', clocks: {} });

function rig(find: (slug: string) => Promise<RoomCard | undefined>) {
  const clock = manualClock();
  const asked: string[] = [];
  const rooms = openOlderRooms(clock, (slug) => {
    asked.push(slug);
    return find(slug);
  });
  return { clock, asked, rooms };
}

test('a room of years ago is asked for once, and known from then on until it changes', async () => {
  const { asked, rooms } = rig(async (slug) => card(slug));
  expect(rooms.card('old')).toBeUndefined();
  expect(await Promise.all([rooms.seek('old'), rooms.seek('old')])).toEqual(['found', 'found']);
  expect(await rooms.seek('old')).toBe('found');
  expect(rooms.card('old')?.title).toBe('old');
  expect(asked).toEqual(['old']);
  rooms.forget('old');
  expect(rooms.card('old')).toBeUndefined();
});

test('an address without a room is asked for again after a while; a site that is away is no answer', async () => {
  let away = false;
  const { clock, asked, rooms } = rig(async () => {
    if (away) throw new Error('away');
    return undefined;
  });
  expect(await rooms.seek('none')).toBe('unknown');
  expect(await rooms.seek('none')).toBe('unknown');
  expect(asked).toHaveLength(1);
  clock.advance(11_000);
  away = true;
  expect(await rooms.seek('none')).toBe('away');
  away = false;
  expect(await rooms.seek('none')).toBe('unknown');
});

test('made-up addresses cost the site a bounded number of questions, and no memory', async () => {
  const { clock, asked, rooms } = rig(async () => undefined);
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 500; i++) await rooms.seek(`made-up-${second}-${i}`);
    clock.advance(1000);
  }
  expect(asked.length).toBeLessThanOrEqual(150);
  const slow = rig(() => new Promise(() => undefined));
  for (let i = 0; i < 100; i++) void slow.rooms.seek(`slow-${i}`);
  expect(slow.asked.length).toBeLessThanOrEqual(16);
});
