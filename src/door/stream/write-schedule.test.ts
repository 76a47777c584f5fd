import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { numbered, numbers } from '../../../test/door.ts';
import { Connection } from '../socket/connection.ts';
import { Channel, type ChannelHooks, SLOT_MS, type StreamConnection } from './write-schedule.ts';

/** A seeded generator of numbers below `n`. */
const seeded = (seed: number) => (n: number) => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
};
const connection = new Connection({ on() {} } as unknown as Socket);

/** A channel whose writes are kept per listener, with the Buffers themselves. */
function rig(perWrite = 1) {
  const got = new Map<StreamConnection, Buffer[]>();
  const hooks: ChannelHooks = {
    row: 64,
    write(listener, bytes) {
      const list = got.get(listener);
      if (list) list.push(bytes);
      else got.set(listener, [bytes]);
    },
    flush() {},
    wake() {},
    gone() {},
  };
  const channel = new Channel('room', perWrite, hooks);
  const heard = (listener: StreamConnection): number[] =>
    (got.get(listener) ?? []).flatMap((bytes) => numbers(bytes));
  return { channel, got, heard };
}

test('whatever happens, each listener gets every fragment from where it joined, once and in order', () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = seeded(seed);
    const perWrite = 1 + random(8);
    const { channel, heard } = rig(perWrite);
    const joinedAt = new Map<StreamConnection, number>();
    let now = 0;
    let seq = random(50);
    channel.take(seq, numbered(seq, 40), now);
    for (let step = 0; step < 250; step += 1) {
      const what = random(10);
      if (what < 4) {
        for (let i = random(25); i >= 0; i -= 1) joinedAt.set(channel.add(connection, seq + 1), seq + 1);
      } else if (what < 6 && joinedAt.size > 0) {
        const all = [...joinedAt.keys()];
        for (let i = random(20); i >= 0; i -= 1) {
          const leaver = all[random(all.length)];
          if (!leaver || !joinedAt.has(leaver)) continue;
          channel.remove(leaver);
          joinedAt.delete(leaver);
        }
      } else if (what < 9) {
        seq += 1;
        channel.take(seq, numbered(seq, 40), now);
      }
      // Timers come early, late or not at all for a while.
      now += random(200);
      if (random(3) > 0) channel.serve(now);
    }
    channel.flush();
    expect(channel.size).toBe(joinedAt.size);
    for (const [listener, from] of joinedAt) {
      const expected = Array.from({ length: seq + 1 - from }, (_, i) => from + i);
      expect(heard(listener)).toEqual(expected);
    }
  }
});

test('one write is one Buffer for everyone: no copy per listener', () => {
  const { channel, got } = rig();
  channel.take(1, numbered(1), 0);
  const listeners = Array.from({ length: 1000 }, () => channel.add(connection, 2));
  channel.take(2, numbered(2), 0);
  channel.serve(320);
  const buffers = new Set(listeners.map((listener) => got.get(listener)?.[0]));
  expect(buffers.size).toBe(1);
  expect([...got.values()].every((list) => list.length === 1)).toBe(true);
});

test('a thousand listeners are spread evenly over the period; sixty-four are served at once', () => {
  const { channel, got } = rig();
  channel.take(1, numbered(1), 0);
  for (let i = 0; i < 64; i += 1) channel.add(connection, 2);
  expect(channel.take(2, numbered(2), 0)).toBe(false);
  expect(got.size).toBe(64);
  for (let i = 0; i < 960; i += 1) channel.add(connection, 3);
  got.clear();
  expect(channel.take(3, numbered(3), 320)).toBe(true);
  for (let slot = 1; slot < 16; slot += 1) {
    expect(got.size).toBe(slot * 64);
    channel.serve(320 + slot * SLOT_MS);
  }
  expect(got.size).toBe(1024);
});

test('after a stall everything that piled up goes out in one write per listener', () => {
  const { channel, got, heard } = rig();
  channel.take(1, numbered(1), 0);
  const listeners = Array.from({ length: 500 }, () => channel.add(connection, 2));
  for (let seq = 2; seq <= 6; seq += 1) channel.take(seq, numbered(seq), 5000);
  channel.serve(5320);
  for (const listener of listeners) expect(heard(listener)).toEqual([2, 3, 4, 5, 6]);
  const inOne = listeners.filter((listener) => got.get(listener)?.length === 1).length;
  expect(inOne).toBe(500 - 64);
});

test('a fragment that was there already is not sent again', () => {
  const { channel, heard } = rig();
  channel.take(1, numbered(1), 0);
  const listener = channel.add(connection, 2);
  channel.take(2, numbered(2), 0);
  channel.take(2, numbered(2), 0);
  channel.take(1, numbered(1), 0);
  expect(heard(listener)).toEqual([2]);
});

test('a row that breaks off hands over what is gathered, and the rest gets everything with the next write', () => {
  const got = new Map<StreamConnection, number[]>();
  let flushed = 0;
  let bad: StreamConnection | undefined;
  const channel = new Channel('room', 1, {
    row: 64,
    write(listener, bytes) {
      if (listener === bad) throw new Error('anything');
      got.set(listener, [...(got.get(listener) ?? []), ...numbers(bytes)]);
    },
    flush() {
      flushed += 1;
    },
    wake() {},
    gone() {},
  });
  const crowd = [5, 5, 5].map((next) => channel.add(connection, next));
  bad = crowd[1];
  expect(() => channel.take(5, numbered(5, 40), 0)).toThrow('anything');
  expect(flushed).toBe(1);
  channel.remove(bad as StreamConnection);
  bad = undefined;
  channel.take(6, numbered(6, 40), 320);
  channel.take(7, numbered(7, 40), 640);
  for (const listener of channel.all()) expect(got.get(listener)).toEqual([5, 6, 7]);
});
