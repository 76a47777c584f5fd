import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { SLOT_S } from '../src/wire/session-record.ts';
import { chance } from '../test/chance.ts';
import { rawSeconds } from '../test/raw-seconds.ts';
import { type RawListener, rawListener } from './rig/raw-listener.ts';
import { startServer, until } from './rig/server.ts';

/** Fifty by `EARSHOT_KILLS=50`. */
const KILLS = Number(process.env.EARSHOT_KILLS ?? 5);
const LISTENERS = 40;
const FRAGMENT_S = 0.32;
/** What a door has not told of a listener when it dies: the running slot, and the time in which it tells the last one. */
const MOST_LOST_S = SLOT_S + 4;

/** Seconds that a listener heard until now: what it has, and no more than there was time for. */
function heard({ received }: RawListener): number {
  const first = received[0]?.at ?? Date.now();
  return Math.min((Date.now() - first) / 1000, new Set(received.map(({ seq }) => seq)).size * FRAGMENT_S);
}

test(
  `${KILLS} doors killed at random moments: each session is counted once, none has more than it heard, and what is lost is what their doors had not told`,
  async () => {
    await using server = await startServer({
      ...{ EARSHOT_DOORS: '2', EARSHOT_CELLS: '1', EARSHOT_SHARED_NETWORKS: '127.0.0.0/8' },
    });
    const room = await server.room('Killed doors');
    const random = chance(8);
    const listeners = Array.from({ length: LISTENERS }, (_, i) =>
      rawListener(server.url, room.slug, 'opus', { name: `Listener/${i}` }),
    );
    await until('sound', () => listeners.every(({ received }) => received.length > 0));
    let kills = 0;
    while (kills < KILLS) {
      await sleep(1_000 + random() * 7_000);
      const doors = [0, 1].flatMap((index) => server.child('door', index) ?? []);
      const door = doors[Math.floor(random() * doors.length)];
      // Both are away: the next one to come back is next.
      if (door === undefined) continue;
      process.kill(door, 'SIGKILL');
      kills += 1;
    }
    await sleep(2_000 + random() * 6_000);
    await until('everybody is back', () => [0, 1].some((index) => server.child('door', index) !== undefined));
    await sleep(3_000);
    const real = listeners.map((listener) => ({ seconds: heard(listener), moves: listener.connections - 1 }));
    for (const listener of listeners) listener[Symbol.dispose]();
    await sleep(16_000);
    const found = [...(await rawSeconds(join(server.data, 'audience', 'raw'))).values()];
    expect(found).toHaveLength(LISTENERS);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    const all = sum(real.map(({ seconds }) => seconds));
    const lost = all - sum(found);
    const moves = sum(real.map((one) => one.moves));
    console.log(
      `${kills} kills, ${moves} times that a listener lost its door: ${lost.toFixed(0)} s of ${all.toFixed(0)} s lost, ${(lost / Math.max(1, moves)).toFixed(1)} s each time`,
    );
    expect(moves).toBeGreaterThanOrEqual(LISTENERS / 2);
    // Seconds are whole, at each door again.
    const rounding = 3 * Math.sqrt((moves + LISTENERS) / 12);
    expect(lost).toBeGreaterThan(-rounding);
    expect(lost).toBeLessThan(moves * MOST_LOST_S + rounding);
    const longest = Math.max(...real.map(({ seconds }) => seconds));
    for (const seconds of found) expect(seconds).toBeLessThanOrEqual(longest + 2);
  },
  60_000 + KILLS * 30_000,
);
