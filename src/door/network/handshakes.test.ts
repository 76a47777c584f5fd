import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Share } from './fair-share.ts';
import { AGAIN_MS, openHandshakes, SLICE_MS } from './handshakes.ts';

/** Turns on a clock that each handshake moves on by what it takes, beside a loop that goes round by hand. */
function rig(most = 1_000) {
  const share = new Share(1);
  const done: string[] = [];
  const refused: string[] = [];
  let now = 0;
  let next: (() => void)[] = [];
  const ticks: (() => void)[] = [];
  let laters: (() => void)[] = [];
  const faults: unknown[] = [];
  const handshakes = openHandshakes({
    ...{ share, most, now: () => now, refused: () => {}, fault: (error) => faults.push(error) },
    soon: (run) => next.push(run),
    // biome-ignore lint/suspicious/noThenProperty: it is what comes after, and nobody awaits it.
    then: (run) => ticks.push(run),
    later: (run, after) => {
      expect(after).toBe(AGAIN_MS);
      laters.push(run);
    },
  });
  const network = (name: string): number => share.place(`203.0.${name}`);
  return {
    ...{ share, handshakes, done, refused, faults, network },
    come(name: string, cost = 1) {
      const accepted = { destroyed: false, resetAndDestroy: () => refused.push(name) } as unknown as Socket;
      handshakes.ask(accepted, network(name), () => {
        done.push(name);
        now += cost;
      });
      return accepted;
    },
    /** One round of the event loop; how long handshakes held it up. */
    round(): number {
      const before = now;
      const due = next;
      next = [];
      for (const run of due) {
        run();
        for (let tick = ticks.shift(); tick; tick = ticks.shift()) tick();
      }
      return now - before;
    },
    rest: () => next.length === 0,
    /** The pause is over. */
    lookAgain() {
      next.push(...laters);
      laters = [];
    },
  };
}

test('handshakes come in short slices, and everything else has its turn in between', () => {
  const { come, round, rest, done } = rig();
  for (let i = 0; i < 100; i += 1) come('loud');
  let rounds = 0;
  for (; !rest(); rounds += 1) expect(round()).toBeLessThanOrEqual(SLICE_MS + 1);
  expect(done).toHaveLength(100);
  expect(rounds).toBeGreaterThanOrEqual(100 / (SLICE_MS + 1));
});

test('a network that asks for many waits behind its own: the next network has its turn', () => {
  const { come, round, rest, done } = rig();
  for (let i = 0; i < 500; i += 1) come('loud');
  round();
  const before = done.length;
  for (const name of ['a', 'b', 'c']) come(name);
  round();
  round();
  expect(done.slice(before, before + 8)).toEqual(expect.arrayContaining(['a', 'b', 'c']));
  while (!rest()) round();
  expect(done).toHaveLength(503);
});

test('turns go by what handshakes take, not by their number', () => {
  const { come, round, done } = rig();
  for (let i = 0; i < 300; i += 1) {
    come('dear', 4);
    come('cheap', 1);
  }
  for (let i = 0; i < 60; i += 1) round();
  const count = (name: string): number => done.filter((one) => one === name).length;
  expect(count('cheap') / count('dear')).toBeGreaterThan(3);
  expect(count('cheap') / count('dear')).toBeLessThan(5);
});

test('two thousand behind one address all get in, and where many of them listen sooner', () => {
  const { come, round, rest, done, share, network } = rig(3_000);
  for (let i = 0; i < 127; i += 1) share.heard(network('nat'), 1);
  for (let i = 0; i < 2_000; i += 1) come('nat');
  for (let i = 0; i < 500; i += 1) come('alone');
  for (let i = 0; i < 100; i += 1) round();
  const count = (name: string): number => done.filter((one) => one === name).length;
  expect(count('nat') / count('alone')).toBeGreaterThan(5);
  while (!rest()) round();
  expect(count('nat')).toBe(2_000);
});

test('when too many wait, the network with most of them loses its newest, and no other does', () => {
  const { come, handshakes, refused } = rig(100);
  for (let i = 0; i < 100; i += 1) come('loud');
  for (let i = 0; i < 20; i += 1) come(`quiet-${i}`);
  expect(handshakes.waiting).toBe(100);
  expect(refused).toEqual(Array.from({ length: 20 }, () => 'loud'));
});

test('under load a network that has used its share waits for the next window, others do not, and nobody is refused', () => {
  const { come, round, rest, refused, done, share, network, lookAgain, handshakes } = rig();
  share.charge(network('loud'), 900_000);
  share.charge(network('quiet'), 10_000);
  share.turn(1, 100_000);
  for (let i = 0; i < 500; i += 1) {
    come('loud');
    if (i % 25 === 0) come('quiet');
    while (!rest()) round();
  }
  const count = (name: string): number => done.filter((one) => one === name).length;
  expect(count('quiet')).toBe(20);
  expect(count('loud')).toBeGreaterThan(80);
  expect(count('loud')).toBeLessThan(100);
  expect(handshakes.waiting).toBe(500 - count('loud'));
  const before = done.length;
  lookAgain();
  while (!rest()) round();
  expect(done).toHaveLength(before);
  for (let window = 0; window < 6; window += 1) {
    share.turn(1, 100_000);
    lookAgain();
    while (!rest()) round();
  }
  expect(count('loud')).toBe(500);
  expect([handshakes.waiting, refused.length]).toEqual([0, 0]);
});

test('somebody with a share comes at once, also while all others wait for theirs', () => {
  const { come, round, rest, done, share, network } = rig();
  share.charge(network('loud'), 900_000);
  share.turn(1, 10_000);
  for (let i = 0; i < 50; i += 1) come('loud');
  while (!rest()) round();
  const before = done.length;
  expect(before).toBeLessThan(50);
  come('quiet');
  while (!rest()) round();
  expect(done.slice(before)).toEqual(['quiet']);
});

test('a connection that has closed meanwhile takes no turn', () => {
  const { come, round, rest, done, handshakes } = rig();
  const gone = come('a');
  come('b');
  (gone as { destroyed: boolean }).destroyed = true;
  while (!rest()) round();
  expect(done).toEqual(['b']);
  expect(handshakes.waiting).toBe(0);
});

test('a handshake that fails to start affects only itself', () => {
  const { come, round, rest, done, faults, handshakes, network } = rig();
  let destroyed = false;
  const broken = { destroyed: false, destroy: () => (destroyed = true) } as unknown as Socket;
  handshakes.ask(broken, network('a'), () => {
    throw new Error('no handle');
  });
  come('a');
  come('b');
  while (!rest()) round();
  expect(done.sort()).toEqual(['a', 'b']);
  expect([destroyed, faults.length]).toEqual([true, 1]);
  come('c');
  while (!rest()) round();
  expect(done).toContain('c');
});
