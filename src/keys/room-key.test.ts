import { expect, test } from 'vitest';
import { openRoomKeys } from './room-key.ts';

const keys = openRoomKeys(Buffer.alloc(32, 7));
const room = { slug: 'hall', lock: 'aB3' };
const NOW = Date.UTC(2026, 10, 30, 18, 10);
const MINUTE = 60_000;

test('everybody who is let in within the same half hour has the same key, which lasts 30 to 60 minutes', () => {
  const { key, until } = keys.make(room, NOW);
  expect(keys.make(room, NOW + 19 * MINUTE)).toEqual({ key, until });
  expect(keys.make(room, NOW + 20 * MINUTE).key).not.toBe(key);
  expect(until - NOW).toBe(50 * MINUTE);
  expect(keys.opens(room, key, NOW)).toBe(true);
  expect(keys.opens(room, key, until - 1)).toBe(true);
  expect(keys.opens(room, key, until)).toBe(false);
});

test('a key opens one room with one lock, and no altered key opens any', () => {
  const { key } = keys.make(room, NOW);
  expect(keys.opens({ ...room, slug: 'other' }, key, NOW)).toBe(false);
  expect(keys.opens({ ...room, lock: 'aB4' }, key, NOW)).toBe(false);
  expect(openRoomKeys(Buffer.alloc(32, 8)).opens(room, key, NOW)).toBe(false);
  for (let at = 0; at < key.length; at += 1) {
    const other = key.slice(0, at) + (key[at] === '0' ? '1' : '0') + key.slice(at + 1);
    expect(keys.opens(room, other, NOW)).toBe(false);
  }
  for (const none of ['', key.slice(1), `${key}0`, key.toUpperCase(), 'g'.repeat(40), '~'])
    expect(keys.opens(room, none, NOW)).toBe(none === key);
});

test('a key for a time far ahead, correctly signed, is none', () => {
  const { key } = keys.make(room, NOW + 86_400_000);
  expect(keys.opens(room, key, NOW)).toBe(false);
});
