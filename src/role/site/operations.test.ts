import { expect, test } from 'vitest';
import { exposition } from '../../base/metrics.ts';
import { type Gathered, OperationsDesk } from './operations.ts';

const gauge = (name: string, value: number | [Record<string, string>, number][]) =>
  ({ name, kind: name.endsWith('_total') ? 'counter' : 'gauge', help: 'x', value }) as const;

function gathered(now: number, cpu: number, busy: number): Gathered {
  const room = (name: string, hall: number, attic: number) =>
    gauge(`earshot_room_${name}`, [
      [{ room: 'hall' }, hall],
      [{ room: 'attic' }, attic],
    ]);
  return {
    ...{ now, wall: 1_000 + now, version: '1.2.3' },
    readiness: 'not ready\nstudio-0  ok\nrecording  failed  of 1 room(s) is not being written\n',
    children: [
      { name: 'studio-0', pid: 7, restarts: 2, ready: true, asleep: false, startedAt: 0, memory: 512e6 },
      {
        name: 'studio-1',
        pid: undefined,
        restarts: 0,
        ready: false,
        asleep: true,
        startedAt: 0,
        memory: 512e6,
      },
      { name: 'door-0', pid: 8, restarts: 0, ready: true, asleep: false, startedAt: 0, memory: undefined },
      { name: 'site-0', pid: 9, restarts: 0, ready: true, asleep: false, startedAt: 0, memory: undefined },
    ],
    metrics: [
      {
        labels: { process: 'studio-0' },
        text: exposition([
          gauge('earshot_process_resident_memory_bytes', 100e6),
          gauge('earshot_process_cpu_seconds_total', cpu),
          gauge('earshot_process_late_seconds', 0.02),
          ...[
            room('live', 1, 0),
            room('listeners', 3, 40),
            room('ladder_level', 2, 0),
            room('speakers', 2, 0),
          ],
          ...[room('resting', 0, 1), room('dead_air_seconds', 0, 0), room('busy_seconds_total', busy, 1)],
        ]),
      },
      {
        labels: { process: 'door-0' },
        text: exposition([
          gauge('earshot_process_resident_memory_bytes', 50e6),
          gauge('earshot_door_open_connections', 44),
          gauge('earshot_door_streams', [
            [{ room: 'hall' }, 3],
            [{ room: 'attic' }, 40],
          ]),
          gauge('earshot_door_queueing_wait_seconds', 0.001),
          gauge('earshot_door_admitted_ratio', 1),
          gauge('earshot_door_put_off_total', [[{ priority: '3' }, 5]]),
          gauge('earshot_door_defence_acts', [[{ act: 'wait' }, 2]]),
          gauge('earshot_door_defence_prefix_cost_ratio', [
            [{ prefix: 'k3', step: 'serve' }, 0.02],
            [{ prefix: 'rest', step: 'wait' }, 0.3],
          ]),
          gauge('earshot_door_defence_prefix_listeners', [
            [{ prefix: 'k3' }, 7],
            [{ prefix: 'rest' }, 0],
          ]),
        ]),
      },
      {
        labels: {},
        text: exposition([gauge('earshot_disk_free_bytes', 5), gauge('earshot_disk_size_bytes', 9)]),
      },
    ],
  };
}

test('tells what each process, room and door does, those with most listeners first', () => {
  const desk = new OperationsDesk();
  desk.gather(gathered(10_000, 5, 2));
  const told = desk.gather(gathered(20_000, 6, 2.5));
  expect(told).toMatchObject({
    v: 1,
    at: 21_000,
    version: '1.2.3',
    ready: false,
    disk: { free: 5, size: 9 },
  });
  expect(told.checks).toEqual([
    { part: 'studio-0', ok: true },
    { part: 'recording', ok: false, says: 'of 1 room(s) is not being written' },
  ]);
  expect(told.processes.map(({ name, state }) => [name, state])).toEqual([
    ['studio-0', 'up'],
    ['studio-1', 'asleep'],
    ['door-0', 'up'],
    ['site-0', 'silent'],
  ]);
  expect(told.processes[0]).toEqual({
    ...{ name: 'studio-0', role: 'studio', state: 'up', pid: 7, restarts: 2, seconds: 20 },
    ...{ memory: 100e6, memoryLimit: 512e6, cpu: 0.1, late: 0.02 },
  });
  expect(told.rooms.map(({ slug }) => slug)).toEqual(['attic', 'hall']);
  expect(told.rooms[1]).toEqual({
    ...{
      slug: 'hall',
      live: true,
      listeners: 3,
      rung: 2,
      speakers: 2,
      resting: false,
      deadAir: 0,
      busy: 0.05,
    },
    process: 'studio-0',
  });
  expect(told.doors).toEqual([
    { name: 'door-0', connections: 44, streams: 43, wait: 0.001, admitted: 1, putOff: 5 },
  ]);
  expect(told.prefixes).toEqual([
    { door: 'door-0', name: 'rest', cost: 0.3, listeners: 0, step: 'wait' },
    { door: 'door-0', name: 'k3', cost: 0.02, listeners: 7, step: 'serve' },
  ]);
  expect(told.defence).toEqual([{ name: 'acts', labels: 'act wait', value: 2 }]);
});

test('shares are told from the second gathering on, and not across a restart', () => {
  const desk = new OperationsDesk();
  expect(desk.gather(gathered(0, 5, 1)).processes[0]?.cpu).toBeUndefined();
  expect(desk.gather(gathered(10_000, 1, 1)).processes[0]?.cpu).toBeUndefined();
});
