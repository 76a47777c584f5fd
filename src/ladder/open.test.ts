import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { deliveryAt } from '../wire/delivery.ts';
import { type DoorSignals, type LadderStep, open } from './index.ts';

function rig() {
  const clock = manualClock();
  const written: LadderStep[] = [];
  let signals: DoorSignals = {
    ...{ wait: 10, unsent: 0, connections: 900, egress: 1e6, joins: 0 },
    rooms: new Map([['talk', { streams: 900, live: 900 }]]),
  };
  const ladder = open({
    ...{ clock, log: silentLog, name: 'door-3', period: ms(320) },
    records: { write: (record) => written.push(record), async [Symbol.asyncDispose]() {} },
    sample: () => signals,
  });
  const set = (more: Partial<DoorSignals>): void => {
    signals = { ...signals, ...more };
  };
  return { clock, written, ladder, set };
}

test('a door applies the higher of its own wish and what the cell published', async () => {
  const { clock, ladder, set } = rig();
  await using _ = ladder;
  expect(ladder.delivery('talk')).toMatchObject({ level: 0, period: 320 });
  ladder.told('talk', {
    ...deliveryAt(3, { period: 320, since: 5, why: 'egress' }),
    caches: ['https://c'],
    cap: 9,
  });
  expect(ladder.delivery('talk')).toMatchObject({ level: 3, since: 5, why: 'egress' });
  set({ wait: 900 });
  clock.advance(4000);
  ladder.told('talk', {
    ...deliveryAt(3, { period: 320, since: 5, why: 'egress' }),
    caches: ['https://c'],
    cap: 9,
  });
  clock.advance(1000);
  expect(ladder.wish('talk')).toEqual({ level: 4, why: 'wait', spare: 0 });
  expect(ladder.delivery('talk')).toMatchObject({ level: 4, why: 'wait', caches: ['https://c'], cap: 9 });
  expect([...ladder.wishing()]).toEqual(['talk']);
});

test('a dead cell leaves the door with its own wish after five seconds', async () => {
  const { clock, ladder } = rig();
  await using _ = ladder;
  ladder.told('talk', deliveryAt(5, { period: 320, since: 5, why: 'egress' }));
  clock.advance(4000);
  expect(ladder.delivery('talk').level).toBe(5);
  clock.advance(2000);
  expect(ladder.delivery('talk')).toMatchObject({ level: 0, newcomers: 'live' });
});

test("a host's cap that is reached holds newcomers back at a door that is a level ahead of its cell", async () => {
  const { clock, ladder, set } = rig();
  await using _ = ladder;
  set({ wait: 900 });
  clock.advance(4000);
  ladder.told('talk', {
    ...deliveryAt(0, { period: 320, since: 5 }),
    newcomers: 'queue',
    why: 'cap',
    cap: 10,
  });
  expect(ladder.delivery('talk')).toMatchObject({ level: 1, newcomers: 'queue', cap: 10 });
});

test('every step is in the journal with the values it was decided on, and in a metric', async () => {
  const { clock, written, ladder, set } = rig();
  await using _ = ladder;
  set({ wait: 900, joins: 12 });
  clock.advance(4000);
  expect(written).toMatchObject([
    {
      slug: 'talk',
      by: 'door-3',
      from: 0,
      to: 1,
      why: 'wait',
      values: { wait: 900, joins: 12, streams: 900 },
    },
  ]);
  expect(written[0]?.at).toBe(clock.wall());
  const text = ladder.metrics();
  expect(text).toContain('earshot_ladder_level{room="talk"} 1\n');
  expect(text).toContain('earshot_ladder_steps_total{direction="up",why="wait"} 1\n');
  expect(text).toContain('earshot_ladder_wait_seconds 0.9\n');
  expect(text).not.toContain('Infinity');
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) earshot_ladder_\w+ .+|earshot_ladder_\w+(\{[^}]*\})? [\d.e+-]+)$/);
});

test('disposed, it looks no more', async () => {
  const { clock, written, ladder, set } = rig();
  await ladder[Symbol.asyncDispose]();
  set({ wait: 900 });
  clock.advance(10_000);
  expect(written).toEqual([]);
});

test('a wall clock that jumps an hour either way changes no step, nor when it comes', async () => {
  const steps = async (jump: number): Promise<string[]> => {
    const { clock, written, ladder, set } = rig();
    await using _ = ladder;
    const seen: string[] = [];
    set({ wait: 900 });
    for (let second = 0; second < 120; second += 1) {
      if (second === 2 || second === 50) clock.stepWall(jump);
      if (second === 40) set({ wait: 1 });
      const before = written.length;
      clock.advance(1_000);
      for (const { from, to } of written.slice(before)) seen.push(`${second} s: ${from} to ${to}`);
    }
    return seen;
  };
  const calm = await steps(0);
  // Up and down again: else nothing has been shown.
  expect(calm.length).toBeGreaterThan(3);
  expect(await steps(3_600_000)).toEqual(calm);
  expect(await steps(-3_600_000)).toEqual(calm);
});
