import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LIMITS, withinMemory } from '../limits.ts';
import { openWaitingBytes } from './waiting-bytes.ts';

interface Reader {
  readonly network: string;
  readonly writableLength: number;
  readonly encrypted?: boolean;
  readonly _handle?: { readonly writeQueueSize: number };
}
const dropped = (readers: readonly Reader[], waitingBytes: number, backlog = 1_000): Reader[] => {
  const list: Reader[] = [];
  const waiting = openWaitingBytes({ limits: { waitingBytes, backlog } });
  waiting.sweep(
    readers.map((reader) => ({
      ...{ reader, socket: reader as unknown as Socket, readerNetwork: reader.network },
    })),
    ({ reader }) => void list.push(reader),
  );
  return list;
};
const of = (network: string, writableLength: number, more: Partial<Reader> = {}): Reader => ({
  ...{ network, writableLength },
  ...more,
});

test('within the total nobody is closed, whichever network holds it', () => {
  const one = Array.from({ length: 100 }, () => of('loud', 100));
  expect(dropped(one, 10_000)).toEqual([]);
});

test('beyond it the slowest readers of the network with most are closed, and others stay', () => {
  const loud = Array.from({ length: 100 }, (_, i) => of('loud', 100 + i));
  const others = Array.from({ length: 10 }, (_, i) => of(`other-${i}`, 300));
  const gone = dropped([...others, ...loud], 10_000);
  expect(gone.every(({ network }) => network === 'loud')).toBe(true);
  const left = [...others, ...loud].filter((reader) => !gone.includes(reader));
  expect(left.reduce((sum, { writableLength }) => sum + writableLength, 0)).toBeLessThanOrEqual(10_000);
  expect(
    Math.max(...left.filter(({ network }) => network === 'loud').map((r) => r.writableLength)),
  ).toBeLessThan(Math.min(...gone.map((r) => r.writableLength)));
});

test('bytes that TLS holds count too, and one connection may not hold more than a listener may be behind', () => {
  const flood = of('a', 0, { encrypted: true, _handle: { writeQueueSize: 1_001 } });
  const calm = of('a', 0, { encrypted: true, _handle: { writeQueueSize: 900 } });
  expect(dropped([flood, calm], 10_000)).toEqual([flood]);
  // A reader who is behind: its bytes are in both queues and count once.
  const behind = of('a', 5_000, { encrypted: true, _handle: { writeQueueSize: 5_100 } });
  expect(dropped([behind], 6_000)).toEqual([]);
  expect(dropped([calm, { ...calm, network: 'b' }], 1_000)).toHaveLength(2);
});

test('a small machine holds fewer connections and waiting bytes, a large one what the defaults say', () => {
  const GB = 2 ** 30;
  const small = withinMemory(LIMITS, 1 * GB, 2);
  expect(small.connections).toBeLessThan(6_000);
  expect(small.connections).toBeGreaterThan(4_000);
  expect(small.waitingBytes).toBe((1 * GB) / 16);
  const large = withinMemory(LIMITS, 64 * GB, 4);
  expect(large.connections).toBe(LIMITS.connections);
  expect(large.waitingBytes).toBe(LIMITS.waitingBytes);
  expect(withinMemory(LIMITS, 0, 1).connections).toBeGreaterThanOrEqual(500);
});
