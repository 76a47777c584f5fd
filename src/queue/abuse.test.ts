import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { manualClock } from '../../test/clock.ts';
import { LAST_RANK, type QueueState } from '../wire/queue.ts';
import { open, type QueueDoor } from './index.ts';
import { openTickets } from './ticket.ts';

const SECRET = new Uint8Array(32).fill(7);
let dir: string;
let clock: ReturnType<typeof manualClock>;
let door: QueueDoor;
let live: number;
/** Everyone of minute 1 is called, and there are 20 free places. */
const told = (more: Partial<QueueState> = {}): QueueState => ({
  ...{ v: 1, slug: 'evening', at: clock.wall(), seq: 1, previous: '', start: clock.wall() - 1_000 },
  admitted: { minute: 1, rank: LAST_RANK },
  open: 2,
  buckets: [{ minute: 1, tickets: 4, gone: 0 }],
  ...{ perMinute: 2, free: 20, places: 20, poll: 2_000 },
  ...more,
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'queue-'));
  clock = manualClock();
  live = 0;
  const random = chance(5);
  door = open({
    ...{ clock, secret: SECRET, dir, life: 'one', doors: 1 },
    room: () => ({ title: 'Evening', status: 'live', clocks: {} }),
    cap: () => 20,
    holding: () => false,
    live: () => live,
    random: () => 1 + Math.floor(random() * LAST_RANK),
  });
  door.told(told(), 0);
});
afterEach(() => rmSync(dir, { recursive: true }));

const sign = (slug: string, rank: number, secret = SECRET): string =>
  openTickets(secret).sign({ ...{ slug, minute: 1, rank, kind: 'wait' }, until: clock.wall() + 600_000 });

test('ten thousand forged, foreign and expired tickets take not one live place, and none slows the door down', () => {
  const shown: string[] = [];
  for (let n = 1; n <= 2_500; n += 1) {
    const good = sign('evening', n);
    const at = n % good.length;
    shown.push(good.slice(0, at) + (good[at] === 'A' ? 'B' : 'A') + good.slice(at + 1));
    shown.push(sign('evening', n, new Uint8Array(32)), sign('morning', n));
  }
  const old = Array.from({ length: 2_500 }, (_, n) => sign('evening', n + 1));
  clock.advance(700_000);
  shown.push(...old);
  door.told(told({ seq: 2 }), 0);
  const began = process.cpuUsage();
  const letIn = shown.filter((text) => door.place('evening', text).at === 'live').length;
  const { user, system } = process.cpuUsage(began);
  const each = (user + system) / shown.length;
  expect(letIn).toBe(0);
  // Far less than the connection it came on.
  expect(each).toBeLessThan(500);
  // Nothing was used up: a good one is let in.
  expect(door.place('evening', sign('evening', 9)).at).toBe('live');
});

test('one called ticket shown a thousand times takes no more places than there are', () => {
  const text = sign('evening', 5);
  // Each stream that is live counts, whatever it came with.
  for (let n = 0; n < 1_000; n += 1) if (door.place('evening', text).at === 'live') live += 1;
  expect(live).toBe(20);
  // It wears nothing out: when they have gone its holder comes in.
  live = 0;
  expect(door.place('evening', text).at).toBe('live');
});

test('a clock set back an hour leaves every ticket its place', () => {
  const text = sign('evening', 5);
  clock.stepWall(-3_600_000);
  expect(door.place('evening', text).at).toBe('live');
  clock.stepWall(3_600_000);
  expect(door.place('evening', text).at).toBe('live');
});
