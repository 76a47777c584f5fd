import { describe, expect, test } from 'vitest';
import { LEVELS } from '../wire/delivery.ts';
import type { Presence } from '../wire/feed.ts';
import { type LevelChange, RoomSteering } from './steering.ts';

const says = (door: string, more: Partial<Presence> = {}): Presence => ({
  kind: 'presence',
  ...{ slug: 'talk', door, streams: 0 },
  ...more,
});

const open = (caches: string[] = []) => new RoomSteering({ period: 320, caches, wall: 1_000 });

/** Lets the doors repeat themselves for some seconds from `from`, one turn each. */
function seconds(steering: RoomSteering, from: number, count: number, doors: Presence[]): LevelChange[] {
  const turns: LevelChange[] = [];
  for (let i = 0; i < count; i++) {
    const now = from + i * 1000;
    for (const door of doors) steering.hear(door, now);
    const turn = steering.turn(now, now);
    if (turn) turns.push(turn);
  }
  return turns;
}

describe('counts', () => {
  test('are summed over the last reports of the doors, within five seconds', () => {
    const steering = open();
    steering.hear(says('a', { streams: 9, live: 7, spare: 2 }), 0);
    steering.hear(says('a', { streams: 10, live: 8, spare: 3 }), 1000);
    steering.hear(says('b', { streams: 5 }), 3000);
    expect([steering.streams(4000), steering.live(4000), steering.spare(4000)]).toEqual([15, 13, 3]);
    expect(steering.doors(4000)).toEqual(
      new Map([
        ['a', 8],
        ['b', 5],
      ]),
    );
    expect([steering.streams(6000), steering.live(6000)]).toEqual([5, 5]);
    expect(steering.streams(8000)).toBe(0);
  });

  test('a thousand doors are remembered, not more', () => {
    const steering = open();
    for (let i = 0; i < 1500; i++) steering.hear(says(`d${i}`, { streams: 1 }), 0);
    expect(steering.streams(1)).toBe(1000);
  });
});

describe('the level of the room', () => {
  test('is the highest wish of all doors, rising one level a second, with its reason and who wished it', () => {
    const steering = open();
    const turns = seconds(steering, 0, 5, [
      says('a', { level: 1, why: 'wait' }),
      says('b', { level: 3, why: 'egress' }),
      says('c'),
    ]);
    expect(turns.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
    expect(turns[2]).toMatchObject({ why: 'egress', wishes: { a: 1, b: 3 } });
    expect(steering.delivery(5000)).toMatchObject({
      level: 3,
      rung: 3,
      ceiling: 32_000,
      why: 'egress',
      since: 2000,
    });
  });

  test('falls one level in four seconds, also when the door that wished it died', () => {
    const steering = open();
    seconds(steering, 0, 8, [says('a', { level: 6, why: 'wait' })]);
    const turns = seconds(steering, 8000, 60, [says('b')]);
    expect(turns.map(({ to }) => to)).toEqual([5, 4, 3, 2, 1, 0]);
    expect(steering.delivery(70_000)).toMatchObject({ level: 0, rung: 0, period: 320, newcomers: 'live' });
    expect(steering.delivery(70_000).why).toBeUndefined();
  });

  test('a door that reports nonsense moves nothing out of bounds', () => {
    const steering = open();
    seconds(steering, 0, 20, [
      says('a', { level: 99 }),
      says('b', { level: -4 }),
      says('c', { level: Number.NaN }),
    ]);
    expect(steering.delivery(20_000).level).toBe(LEVELS.length - 1);
  });
});

describe('what listeners are told', () => {
  test('a longer configured period stays', () => {
    const steering = new RoomSteering({ period: 2560, caches: [], wall: 0 });
    seconds(steering, 0, 2, [says('a', { level: 1, why: 'wait' })]);
    expect(steering.delivery(2000)).toMatchObject({ level: 1, period: 2560 });
  });

  test("the host's cap sends newcomers into the queue while it is reached, on rung 0 too, and says so", () => {
    const steering = open(['https://cache.example']);
    steering.hear(says('a', { streams: 9, live: 5 }), 0);
    expect(steering.delivery(1, 6)).toMatchObject({ rung: 0, newcomers: 'live', cap: 6 });
    expect(steering.delivery(1, 6).why).toBeUndefined();
    expect(steering.delivery(1, 5)).toMatchObject({ rung: 0, newcomers: 'queue', why: 'cap', cap: 5 });
    expect(steering.delivery(1).caches).toEqual(['https://cache.example']);
    expect(open().delivery(1)).not.toHaveProperty('caches');
  });
});
