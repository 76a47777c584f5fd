import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { fakeOrigin, INIT, openTestDoor, pause, streamGet, wire } from '../../../test/door.ts';
import { assess } from '../../ladder/index.ts';
import { LIMITS } from '../index.ts';
import { openCounters } from './counters.ts';
import { Lateness } from './lateness-histogram.ts';
import { MOST_ACCEPTING_MS, openStrain } from './load-sample.ts';

test('the p99 of lateness is right within its bucket, and each reading starts again from zero', () => {
  const lateness = new Lateness();
  expect(lateness.take()).toBe(0);
  for (let i = 0; i < 985; i++) lateness.add(0.3);
  for (let i = 0; i < 15; i++) lateness.add(300);
  const p99 = lateness.take();
  expect(p99).toBeGreaterThan(256);
  expect(p99).toBeLessThanOrEqual(512);
  for (let i = 0; i < 1000; i++) lateness.add(i < 992 ? 5 : 300);
  const calm = lateness.take();
  expect(calm).toBeGreaterThan(4);
  expect(calm).toBeLessThanOrEqual(8);
  lateness.add(1e9);
  expect(lateness.take()).toBeGreaterThan(30_000);
  expect(lateness.take()).toBe(0);
});

test('connections that wait to be accepted count as a wait, and never as a severe one', () => {
  const counters = openCounters();
  let accepting = 0;
  const strain = openStrain({
    ...{ clock: manualClock(), counters, connections: new Set() },
    accepting: () => accepting,
  });
  const waits = (late: number, queue: number): number => {
    for (let i = 0; i < 100; i++) counters.lateness.add(late);
    accepting = queue;
    return strain().wait;
  };
  const assessed = (wait: number) =>
    assess(
      { wait, loop: 0, unsent: 0, connections: 1500, egress: 0, joins: 200, rooms: new Map() },
      { demand: 800, limit: Number.POSITIVE_INFINITY, below: 1 },
    );
  expect(assessed(waits(10, 0))).toMatchObject({ severe: false, calm: true });
  expect(assessed(waits(10, 300))).toMatchObject({ why: 'wait', severe: false });
  expect(waits(10, 2_000)).toBe(MOST_ACCEPTING_MS);
  expect(assessed(waits(10, 2_000)).severe).toBe(false);
  expect(assessed(waits(2_000, 0))).toMatchObject({ why: 'wait', severe: true });
});

test('a stalled door serves its slots late, and reports it once', async () => {
  const origin = fakeOrigin(['opus64']);
  origin.tick();
  await using door = await openTestDoor(origin);
  // More than one slot's worth, so that some wait their turn.
  const all = Array.from({ length: 150 }, () => wire(door.port, streamGet()));
  await Promise.all(all.map((w) => w.has(INIT.length)));
  door.strain();
  origin.tick();
  await pause(60);
  door.strain();
  origin.tick();
  const until = performance.now() + 700;
  while (performance.now() < until);
  await pause(30);
  const { wait, connections, joins } = door.strain();
  expect(wait).toBeGreaterThan(500);
  expect(connections).toBe(150);
  expect(joins).toBe(0);
  expect(door.strain().wait).toBe(0);
  for (const w of all) w.socket.destroy();
});

test('bytes out are counted per second, and readers that do not read are noticed', async () => {
  const origin = fakeOrigin(['opus64']);
  origin.tick();
  await using door = await openTestDoor(origin, { limits: { ...LIMITS, backlog: 64_000_000, row: 64 } });
  const heard = [0, 0];
  const [deaf, keen] = heard.map((_, i) => {
    const socket = connect({ port: door.port, host: '127.0.0.1' });
    socket
      .on('error', () => {})
      .on('data', (chunk) => {
        heard[i] = (heard[i] ?? 0) + chunk.length;
      });
    socket.write(streamGet());
    return socket;
  });
  const until = async (condition: () => boolean): Promise<void> => {
    for (let i = 0; i < 1000 && !condition(); i++) await pause(10);
    expect(condition()).toBe(true);
  };
  await until(() => heard.every((bytes) => bytes > INIT.length));
  expect(door.strain()).toMatchObject({ unsent: 0, connections: 2 });
  deaf?.pause();
  for (let i = 0; i < 16; i++) origin.tick(1_000_000);
  await until(() => (heard[1] ?? 0) > 16_000_000);
  const { unsent, egress } = door.strain();
  expect(unsent).toBe(1);
  expect(egress).toBeGreaterThan(1_000_000);
  deaf?.destroy();
  keen?.destroy();
});
