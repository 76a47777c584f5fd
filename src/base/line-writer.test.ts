import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { fileTarget } from './line-writer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A file on a disk that accepts `atOnce` bytes at a time, and none while it is full. */
function rig(atOnce = Number.POSITIVE_INFINITY) {
  const disk = { full: false, tries: 0, bytes: Buffer.alloc(0) as Buffer };
  const target = fileTarget(99, (_fd, bytes, _offset, _length, _position, done) => {
    disk.tries += 1;
    const taken = disk.full ? 0 : Math.min(atOnce, bytes.length);
    disk.bytes = Buffer.concat([disk.bytes, bytes.subarray(0, taken)]);
    // The answer comes in a later turn of the event loop, as from another thread.
    setTimeout(() => (disk.full ? done(new Error('ENOSPC'), undefined) : done(null, taken)));
  });
  return { disk, target };
}

test('a full disk is retried four times a second, however many lines come', () => {
  const { disk, target } = rig();
  disk.full = true;
  for (let line = 0; line < 100; line += 1) {
    target.take(`line ${line}\n`);
    vi.advanceTimersByTime(10);
  }
  expect(disk.tries).toBeLessThanOrEqual(5);
  disk.full = false;
  vi.advanceTimersByTime(1_000);
  expect(disk.bytes.toString().split('\n')).toHaveLength(101);
});

test('a character of several bytes that the disk takes in two halves stays whole', () => {
  const { disk, target } = rig(2);
  target.take('caf\u00e9 \u2013 done\n');
  vi.advanceTimersByTime(1_000);
  expect(disk.bytes.toString()).toBe('caf\u00e9 \u2013 done\n');
});

test('beyond its limit it takes nothing', () => {
  const { disk, target } = rig();
  disk.full = true;
  let taken = 0;
  for (; taken < 1_000 && target.take('x'.repeat(1_023)); taken += 1) vi.advanceTimersByTime(10);
  expect(taken).toBeLessThanOrEqual(66);
});
