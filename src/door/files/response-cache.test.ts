import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { Reply } from '../../base/reply.ts';
import { ResponseCache } from './response-cache.ts';

const reply = (control: string): Reply => ({
  status: 200,
  headers: { 'cache-control': control },
  body: Buffer.from('sound'),
});

test('immutable answers are kept for a minute, substitutes for a tenth of a second, and private ones not at all', () => {
  const clock = manualClock();
  const shelf = new ResponseCache<object>(clock);
  shelf.keep('own', reply('public, max-age=31536000, immutable'), false);
  shelf.keep('alias', reply('public, max-age=1'), false);
  shelf.keep('private', reply('no-store'), false);
  const there = (): string[] => ['own', 'alias', 'private'].filter((key) => shelf.find(key));
  expect(there()).toEqual(['own', 'alias']);
  clock.advance(99);
  expect(there()).toEqual(['own', 'alias']);
  clock.advance(1);
  expect(there()).toEqual(['own']);
  clock.advance(60_000);
  expect(there()).toEqual([]);
});
