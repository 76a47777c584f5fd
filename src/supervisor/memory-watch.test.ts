import { expect, test } from 'vitest';
import { MemoryWatch, residentMemory } from './memory-watch.ts';

test('a process is warned about once at 80 % of its memory, and ended above it at the second look', () => {
  const watch = new MemoryWatch(100);
  expect([50, 79, 81, 90, 99, 101, 99, 101, 102].map((held) => watch.look(held))).toEqual([
    ...['well', 'well', 'warn', 'well', 'well', 'well', 'well', 'well', 'end'],
  ]);
});

test('far above it is ended at once; after a calm time it is warned about again', () => {
  expect(new MemoryWatch(100).look(126)).toBe('end');
  const watch = new MemoryWatch(100);
  expect([85, 69, 85, 71, 85].map((held) => watch.look(held))).toEqual([
    'warn',
    'well',
    'warn',
    'well',
    'well',
  ]);
});

test('what the system does not tell is no reason to end anything', () => {
  const watch = new MemoryWatch(1);
  expect([watch.look(undefined), watch.look(undefined)]).toEqual(['well', 'well']);
  expect(residentMemory(2 ** 30)).toBeUndefined();
});

test.runIf(process.platform === 'linux')('the memory of a process is what the process itself says', () => {
  const held = residentMemory(process.pid) ?? 0;
  expect(Math.abs(held - process.memoryUsage.rss()) / held).toBeLessThan(0.2);
});
