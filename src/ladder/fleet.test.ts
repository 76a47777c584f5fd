import { expect, test } from 'vitest';
import { ms } from '../base/time.ts';
import { Ladder } from './ladder.ts';
import { type LevelChange, RoomSteering } from './steering.ts';

/** Many doors of one room, each with its own second, joined by the room's cell as on the bus. */
function fleet(
  count: number,
  seconds: number,
  wait: (door: number, level: number, second: number) => number,
) {
  const doors = Array.from({ length: count }, () => new Ladder());
  const steering = new RoomSteering({ period: 320, caches: [], wall: 0 });
  const turns: (LevelChange & { second: number })[] = [];
  for (let second = 0; second < seconds; second++) {
    const now = second * 1000;
    for (const [i, door] of doors.entries()) {
      const at = ms(now + (i * 1000) / count);
      const level = door.level('talk', at);
      const load = { streams: 5000, live: 5000 };
      door.observe(at, {
        ...{ wait: wait(i, level, second), loop: 5, unsent: 0, connections: 5000, egress: 0, joins: 0 },
        rooms: new Map([['talk', load]]),
      });
      const { level: wish, why } = door.wish('talk');
      steering.hear(
        {
          ...{ kind: 'presence', slug: 'talk', door: `d${i}`, streams: 5000, level: wish },
          ...(why ? { why } : {}),
        },
        now,
      );
    }
    const turn = steering.turn(now + 999, now);
    if (turn) turns.push({ ...turn, second });
    const { level } = steering.delivery(now + 999);
    for (const door of doors) door.told('talk', level, ms(now + 999));
  }
  return turns;
}

test('many doors overloaded a second after each other do not race to the top: each step gets its time', () => {
  // Mild, and a longer period relieves it: one step is enough, and no further one is taken before it could show.
  const mild = fleet(24, 60, (door, level, second) => (second > 5 + door / 4 && level < 1 ? 200 : 20));
  expect(mild.filter(({ from, to }) => to > from)).toHaveLength(1);
  const lasting = fleet(24, 60, (door, _, second) => (second > 5 + door / 4 ? 200 : 20));
  const [first, second] = lasting;
  expect((second?.second ?? 0) - (first?.second ?? 0)).toBeGreaterThanOrEqual(24);
});

test('severe overload on all doors makes one step every three seconds, no faster', () => {
  const turns = fleet(24, 60, (_, __, second) => (second > 5 ? 3000 : 20));
  expect(turns.at(-1)?.to).toBe(7);
  const gaps = turns.slice(1).map(({ second }, i) => second - (turns[i]?.second ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3);
});

test('one strained door of many moves the room, and the room is back within 90 s after', () => {
  const turns = fleet(24, 200, (door, _, second) => (door === 7 && second > 5 && second < 40 ? 3000 : 20));
  const peak = Math.max(...turns.map(({ to }) => to));
  expect(peak).toBe(7);
  expect(turns.at(-1)).toMatchObject({ to: 0 });
  expect((turns.at(-1)?.second ?? 0) - 40).toBeLessThanOrEqual(90);
});
