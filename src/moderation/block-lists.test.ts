import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { open as openStore } from '../store/index.ts';
import { type BlockLists, openBlockLists } from './block-lists.ts';

test('the rules of a room that is gone go with it; those of the others and of the server stay', async () => {
  await using store = await openStore({ url: 'sqlite::memory:' });
  let told: BlockLists = {};
  const publish = (all: BlockLists): void => {
    told = all;
  };
  const lists = await openBlockLists({ store, clock: manualClock(), publish });
  for (const room of ['gone', 'hall', '']) await lists.add(room, 'insults', 'twerp');
  expect(Object.keys(told).sort()).toEqual(['', 'gone', 'hall']);
  expect(await lists.sweep(async (room) => room === 'gone')).toBe(1);
  expect(Object.keys(told).sort()).toEqual(['', 'hall']);
  expect(await lists.list('gone')).toEqual([]);
});
