/** Doors whose records come late: on a machine without a free processor, or when this process stood still. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { makeCrowd, recordsAt } from '../../test/audience-crowd.ts';
import { type ManualClock, manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { EMPTY } from '../wire/feed.ts';
import type { RoomCard } from '../wire/room.ts';
import { type Audience, open } from './index.ts';

const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;
const CARD: RoomCard = {
  ...{ slug: 'hall', title: 'Hall', hosts: [], status: 'live', clocks: { opened: START } },
};
const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

interface Bench {
  readonly clock: ManualClock;
  /** Samples that were told: seconds since the start, and who listened. */
  readonly samples: Map<number, number>;
  start(): Promise<Audience>;
  /** What the doors say at the end of the slot that ends at second `now`. */
  say(to: Audience, now: number, doors?: readonly number[]): void;
}

/** Forty people who stay, at two doors. */
function bench(): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'late-doors-'));
  dirs.push(dir);
  const clock = manualClock(epochMs(START));
  const samples = new Map<number, number>();
  const crowd = makeCrowd({ sessions: 40, seed: 3, lasts: 400, doors: 2, stays: 1e6, moves: 0 }).map(
    (one) => ({ ...one, joins: 0, leaves: 400, doors: [{ from: 0, door: one.doors[0]?.door ?? 0 }] }),
  );
  return {
    ...{ clock, samples },
    async start() {
      const audience = await open({ clock, log: silentLog, dir, keep: 86_400_000, quota: 1e9 });
      audience.onNumbers(({ head }) => {
        if (head.kind === 'numbers' && head.sample)
          samples.set((head.sample.at - START) / 1000, head.sample.m);
      });
      audience.receive({ head: { kind: 'rooms', rooms: [CARD] }, body: EMPTY });
      return audience;
    },
    say(to, now, doors = [0, 1]) {
      for (const [door, body] of recordsAt(crowd, now, 2, START_MINUTE))
        if (doors.includes(door))
          to.receive({
            head: { kind: 'sessions', door: `door-${door}`, upTo: START + now * 1000, rooms: ['hall'] },
            body,
          });
    },
  };
}

test('a sample waits for the records of the doors: nobody leaves because a machine is busy', async () => {
  const { clock, samples, start, say } = bench();
  await using audience = await start();
  for (let now = 10; now <= 60; now += 10) {
    clock.advance(10_000);
    say(audience, now);
  }
  // For 25 s nothing is heard of the doors, though their listeners stay.
  clock.advance(25_000);
  for (const now of [70, 80]) say(audience, now);
  for (let now = 90; now <= 150; now += 10) {
    clock.advance(now === 90 ? 5_000 : 10_000);
    say(audience, now);
  }
  clock.advance(5_000);
  expect([...samples.keys()].at(-1)).toBe(150);
  expect([...samples].filter(([at, m]) => at >= 30 && m !== 40)).toEqual([]);
});

test('a door that is gone holds up nobody for longer than half a minute', async () => {
  const { clock, samples, start, say } = bench();
  await using audience = await start();
  for (let now = 10; now <= 60; now += 10) {
    clock.advance(10_000);
    say(audience, now);
  }
  for (let now = 70; now <= 150; now += 10) {
    clock.advance(10_000);
    say(audience, now, [0]);
  }
  clock.advance(5_000);
  const left = samples.get(150) ?? 0;
  expect(left).toBeGreaterThan(10);
  expect(left).toBeLessThan(30);
  expect([...samples.keys()].at(-1)).toBe(150);
});

test('after a restart no sample is taken before doors had time to come back', async () => {
  const { clock, samples, start, say } = bench();
  const before = await start();
  for (let now = 10; now <= 60; now += 10) {
    clock.advance(10_000);
    say(before, now);
  }
  await before[Symbol.asyncDispose]();
  clock.advance(21_000);
  await using audience = await start();
  clock.advance(9_000);
  for (const now of [60, 70, 80, 90]) say(audience, now);
  clock.advance(5_000);
  expect([...samples].filter(([at, m]) => at >= 30 && m !== 40)).toEqual([]);
  expect(samples.get(90)).toBe(40);
});
