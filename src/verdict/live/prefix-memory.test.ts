import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { PrefixMemory } from './prefix-memory.ts';

const DAY = 86_400_000;
const hash = (i: number): string => createHash('sha256').update(`prefix ${i}`).digest('hex').slice(0, 12);

test('a prefix is fresh once, and again after it was away for more than ninety days', () => {
  const memory = new PrefixMemory(0);
  expect(memory.isFresh(hash(1), 100 * DAY)).toBe(true);
  expect(memory.isFresh(hash(1), 100 * DAY)).toBe(false);
  expect(memory.isFresh(hash(1), 189 * DAY)).toBe(false);
  expect(memory.isFresh(hash(1), 300 * DAY)).toBe(true);
});

test('what it is restored from is the same memory, and anything else an empty one', () => {
  const memory = new PrefixMemory(5);
  memory.isFresh(hash(1), DAY);
  const restored = PrefixMemory.from(memory.bytes(), 99);
  expect([restored.since, restored.isFresh(hash(1), DAY), restored.isFresh(hash(2), DAY)]).toEqual([
    5,
    false,
    true,
  ]);
  for (const bytes of [undefined, new Uint8Array(3), memory.bytes().subarray(1), Buffer.alloc(16)])
    expect(PrefixMemory.from(bytes, 99).isFresh(hash(1), DAY)).toBe(true);
});

test('200,000 prefixes: hardly a new one is taken for known, no known one for new, and it stays as small', () => {
  const memory = new PrefixMemory(0);
  for (let i = 0; i < 200_000; i++) memory.isFresh(hash(i), DAY);
  let [fresh, forgotten] = [0, 0];
  for (let i = 0; i < 2_000; i++) {
    if (memory.isFresh(hash(i), DAY)) forgotten++;
    if (memory.isFresh(hash(1_000_000 + i), DAY)) fresh++;
  }
  expect(forgotten).toBe(0);
  expect(fresh).toBeGreaterThan(1_950);
  expect(memory.bytes().length).toBeLessThan(300_000);
});
