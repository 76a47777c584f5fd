import { setTimeout as sleep } from 'node:timers/promises';
import { cachedDataVersionTag } from 'node:v8';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { releasePages } from './release-pages.ts';
import { openSpareMemory } from './spare-memory.ts';

function bench() {
  const clock = manualClock();
  const now = { used: 0, taken: 50e6, collected: 0, trimmed: 0, idle: true };
  const open = openSpareMemory({
    clock,
    idle: () => now.idle,
    async trim() {
      now.trimmed += 1;
    },
    used: () => now.used,
    taken: () => now.taken,
    collect() {
      now.collected += 1;
      now.taken = 20e6;
      now.used += 100;
    },
  });
  return { clock, now, open };
}

test('a process returns the memory of its start once it is idle, and only once', () => {
  const { clock, now } = bench();
  now.used = 1500;
  clock.advance(20_000);
  expect(now.collected).toBe(0);
  clock.advance(20_000);
  expect(now.collected).toBe(1);
  clock.advance(3_600_000);
  expect(now.collected).toBe(1);
  expect(now.trimmed).toBe(1);
});

test.runIf(process.platform === 'linux')('memory that the C library keeps is returned', async () => {
  await expect(releasePages()).resolves.toBeUndefined();
});

test('it does so again after a crowd, and never while it is busy', () => {
  const { clock, now, open } = bench();
  clock.advance(20_000);
  now.taken = 300e6;
  for (let n = 0; n < 10; n++) {
    now.used += 400;
    clock.advance(20_000);
  }
  expect(now.collected).toBe(1);
  clock.advance(20_000);
  expect(now.collected).toBe(2);
  open[Symbol.dispose]();
  now.taken = 300e6;
  clock.advance(60_000);
  expect(now.collected).toBe(2);
});

test('it waits while somebody would notice', () => {
  const { clock, now } = bench();
  now.idle = false;
  clock.advance(3_600_000);
  expect(now.collected).toBe(0);
  now.idle = true;
  clock.advance(20_000);
  expect(now.collected).toBe(1);
});

test('in reality some memory is returned, and cached code stays usable', async () => {
  const clock = manualClock();
  const before = cachedDataVersionTag();
  let waste: unknown[] | undefined = Array.from({ length: 400_000 }, (_, n) => ({ n, text: `${n}` }));
  const most = process.memoryUsage().heapTotal;
  expect(waste.length).toBe(400_000);
  waste = undefined;
  await sleep(0);
  using _ = openSpareMemory({ clock, used: () => 0 });
  clock.advance(20_000);
  expect(process.memoryUsage().heapTotal).toBeLessThan(most - 10e6);
  expect(cachedDataVersionTag()).toBe(before);
});
