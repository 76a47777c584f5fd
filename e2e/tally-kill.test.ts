import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { subscribeSocket } from '../src/bus/index.ts';
import { EMPTY } from '../src/wire/feed.ts';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { listened, makeCrowd, recordsAt } from '../test/audience-crowd.ts';
import { chance } from '../test/chance.ts';

/** Fifty by `EARSHOT_KILLS=50`. */
const KILLS = Number(process.env.EARSHOT_KILLS ?? 5);
const DOORS = 3;
const START_MINUTE = 29_700_000;
const START = START_MINUTE * 60_000;
/** What doors keep for a tally that comes back. */
const KEPT_S = 180;
const SLOTS_BETWEEN = 3;
const dir = mkdtempSync(join(tmpdir(), 'tally-kill-'));
const program = fileURLToPath(new URL('../test/tally-process.ts', import.meta.url));
let child: ChildProcess | undefined;
afterAll(() => {
  child?.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !what(); await sleep(5))
    if (Date.now() > end) throw new Error('it took too long');
}

test(`${KILLS} kills at random moments count nobody twice, lose nobody, and lose next to nothing of their time`, async () => {
  const lasts = KILLS * SLOTS_BETWEEN * 10 + 60;
  const crowd = makeCrowd({ sessions: 600, seed: 21, lasts, doors: DOORS, stays: 200, moves: 150 });
  const random = chance(5);
  const socket = join(dir, 's');
  let numbers: RoomNumbers | undefined;
  const start = (now: number): void => {
    child = spawn(process.execPath, [program, join(dir, 'audience'), socket, String(START + now * 1000)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  };
  start(0);
  await using inlet = subscribeSocket(socket, {
    message({ head }) {
      if (head.kind === 'numbers') numbers = head.numbers;
    },
  });
  await until(() => inlet.up);
  const say = (now: number): void => {
    for (const [door, body] of recordsAt(crowd, now, DOORS, START_MINUTE))
      inlet.send({
        head: { kind: 'sessions', door: `door-${door}`, upTo: START + now * 1000, rooms: ['hall'] },
        body,
      });
    const attempts = crowd.filter(({ joins }) => joins < now).length;
    inlet.send({
      head: {
        kind: 'events',
        door: 'door-0',
        life: 'one',
        rooms: { hall: { attempts, successes: attempts } },
      },
      body: EMPTY,
    });
  };
  let kills = 0;
  for (let now = 10; now <= lasts + 70; now += 10) {
    say(now);
    if (now % (SLOTS_BETWEEN * 10) === 0 && kills < KILLS) {
      // In the middle of what was just said, or after some of it was written.
      await sleep(random() * 40);
      child?.kill('SIGKILL');
      kills += 1;
      await until(() => !inlet.up);
      start(now);
      await until(() => inlet.up);
      for (let again = Math.max(10, now - KEPT_S); again <= now; again += 10) say(again);
    } else await sleep(2);
  }
  await until(() => (numbers?.at ?? 0) >= START + (lasts + 60) * 1000);
  expect(kills).toBe(KILLS);
  const lost = listened(crowd) - (numbers?.metrics.listening_seconds?.value ?? 0);
  // Which door gave what in a slot in which a session moved is known only to the process that is killed.
  expect(lost).toBeGreaterThanOrEqual(0);
  expect(lost / listened(crowd)).toBeLessThan(0.002);
  const all = (numbers?.metrics.tuned_in_live?.value ?? 0) + (numbers?.metrics.drop_ins?.value ?? 0);
  expect(all).toBe(crowd.filter(({ joins, leaves }) => leaves - joins >= 11).length);
  expect(numbers?.metrics.join_success?.value).toBe(crowd.length);
}, 600_000);
