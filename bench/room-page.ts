/**
 * Rooms' pages at a steady rate, on a complete server on one core that also carries the listeners of a live room.
 *
 *   npm run bench -- room-page [--rate 500] [--seconds 30] [--listeners 500] [--rooms 400]
 *
 * The server (supervisor, one door, site, one cell, tally, press) runs on core 0, visitors and listeners on the others.
 * Visitors come at planned moments, whatever the answers take, and latency counts from there (`room-page/visitors.ts`
 * has the mixture). The gaps between writes to the listeners are those of the same run with and without visitors.
 * Goals: p99 50 ms, every visitor answered with the page; gaps as without. Needs taskset.
 */
import { fork } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startServer, until } from '../e2e/rig/server.ts';
import { paths } from '../src/role/paths.ts';
import { open as openStore } from '../src/store/index.ts';
import { makeHours } from './made-recording.ts';
import { cores, isRoot } from './peers/rig.ts';
import type { VisitOrder, VisitReport } from './room-page/visitors.ts';
import type { Gaps } from './strangers-listeners.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '30' },
    listeners: { type: 'string', default: '500' },
    rooms: { type: 'string', default: '400' },
    profile: { type: 'string' },
  },
});
const RATE = Number(values.rate);
const SECONDS = Number(values.seconds);
const ROOMS = Number(values.rooms);
const LISTENERS = Number(values.listeners);
const GOAL_MS = 50;
const WARM_S = 5;
const TICKS_PER_SECOND = 100;
const HOUR = 3_600_000;

const data = mkdtempSync(join(tmpdir(), 'earshot-room-page-'));
const at = paths(data);
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const ended = Array.from({ length: ROOMS }, (_, i) => `evening-${i}`);
const waiting = Array.from({ length: Math.ceil(ROOMS / 10) }, (_, i) => `tomorrow-${i}`);
const zeroOf = (i: number): number => Date.now() - (ROOMS - i) * 60_000 - HOUR;

{
  await using store = await openStore({ url: `sqlite:${at.database}` });
  const rest = { cell: null, cap: null, welcome: 0, spared: null, modified: null, removed: null };
  const none = { opened: null, ended: null, zero: null, first_audio: null, first_speech: null };
  const rows = [
    ...ended.map((slug, i) => {
      const zero = zeroOf(i);
      const then = { opened: zero, ended: zero + HOUR, zero, first_audio: zero, first_speech: zero };
      return { slug, status: 'ended', start: null, created: zero, ...then };
    }),
    ...waiting.map((slug, i) => ({
      ...{
        slug,
        status: 'scheduled',
        start: Date.now() + 86_400_000 + i,
        created: Date.now() - HOUR,
        ...none,
      },
    })),
  ];
  for (const row of rows)
    await store.db
      .insertInto('room')
      .values({
        ...{ id: randomUUIDv7(), title: `An evening about bread: ${row.slug}`, hosts: '["Ana","Ben"]' },
        ...{ ...rest, ...row },
      })
      .execute();
}
await makeHours(
  at.archive,
  join(data, 'shared'),
  ended.map((slug, i) => ({ slug, zero: zeroOf(i) })),
);

const pinned = cores(1);
await using server = await startServer(
  {
    ...{ EARSHOT_DATA: data, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' },
    ...(values.profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${values.profile}` } : {}),
  },
  ['taskset', '-c', pinned.servers, ...(isRoot ? ['nice', '-n', '-10'] : [])],
);
const room = await server.room('What is heard meanwhile');
await server.cli('room', 'live', room.slug);

/** A process of ours beside the server, on the other cores and, as root, ahead of other work. */
function beside(name: string, args: readonly string[] = []) {
  const child = fork(file(name), [...args]);
  if (isRoot) setPriority(child.pid ?? 0, -10);
  return child;
}
const listeners = beside('./strangers-listeners.ts', [
  `${server.url}/r/${room.slug}/stream`,
  String(LISTENERS),
]);
async function heard(): Promise<Gaps> {
  listeners.send('tell');
  const [gaps] = (await once(listeners, 'message')) as [Gaps];
  return gaps;
}
/** Visitors who are there already, as starting a process would hold up the listeners beside it; they begin when told. */
async function visitors(seconds: number): Promise<() => Promise<VisitReport>> {
  const child = beside('./room-page/visitors.ts');
  await once(child, 'message');
  const order: VisitOrder = {
    ...{ port: server.port, perSecond: RATE, seconds },
    rooms: { live: [room.slug], waiting, ended },
  };
  return async () => {
    child.send(order);
    const [report] = (await once(child, 'message')) as [VisitReport];
    return report;
  };
}

const ROLES = ['door', 'site', 'studio', 'tally'] as const;
/** CPU seconds of a process, threads included. Spec: proc(5). */
function cpu(role: string): number {
  const stat = readFileSync(`/proc/${server.child(role, 0)}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
async function stretch<T>(what: () => Promise<T>): Promise<{
  readonly gaps: Gaps;
  readonly spent: readonly number[];
  readonly result: T;
  readonly took: number;
}> {
  await heard();
  const before = ROLES.map(cpu);
  const began = performance.now();
  const result = await what();
  const took = (performance.now() - began) / 1_000;
  const spent = ROLES.map((role, i) => cpu(role) - (before[i] ?? 0));
  return { gaps: await heard(), spent, result, took };
}

await until(
  'all listen',
  async () => {
    await heard();
    await pause(1_000);
    const { count } = await heard();
    return count > LISTENERS * 2;
  },
  60_000,
);
await (await visitors(WARM_S))();
const begin = await visitors(SECONDS);
await pause(2_000);
const load = loadavg()[0]?.toFixed(1);
const calm = await stretch(() => pause(SECONDS * 500));
const busy = await stretch(begin);
const after = await stretch(() => pause(SECONDS * 500));

const { kinds, answers, bytes, late } = busy.result;
const count = kinds.find(({ kind }) => kind === 'all')?.count ?? 0;
const perRequest = ROLES.map((_, i) => {
  const rest = ((calm.spent[i] ?? 0) + (after.spent[i] ?? 0)) / (calm.took + after.took);
  return (((busy.spent[i] ?? 0) - rest * busy.took) / count) * 1e6;
});
console.log(`
${RATE} pages a second for ${SECONDS} s, the whole server on core ${pinned.servers} with ${LISTENERS} listeners of a live room, ${ROOMS} rooms that are over (an hour of sound each), ${waiting.length} that wait; ${cpus().length} × ${cpus()[0]?.model}, load ${load} before, ${loadavg()[0]?.toFixed(1)} after; goal p99 ${GOAL_MS} ms

| page of a room that is | visitors | p50 | p99 | p99.9 | worst |
|---|---|---|---|---|---|
${kinds.map(({ kind, count: many, p50, p99, p999, worst }) => `| ${{ all: '**any**', new: 'any, on a new connection', kept: 'any, on a kept one' }[kind] ?? kind} | ${many} | ${[p50, p99, p999, worst].map((ms) => `${ms.toFixed(1)} ms`).join(' | ')} |`).join('\n')}

answers: ${Object.entries(answers)
  .map(([status, times]) => `${times} × ${status}`)
  .join(
    ', ',
  )}; ${(bytes / count / 1000).toFixed(1)} kB each; the visitors themselves came late by ${late.toFixed(1)} ms (p99)
processor time per page beyond that at rest: ${ROLES.map((role, i) => `${role} ${perRequest[i]?.toFixed(0)} µs`).join(', ')}; door ${(((busy.spent[0] ?? 0) / busy.took) * 100).toFixed(0)} % of the core (at rest ${(((calm.spent[0] ?? 0) / calm.took) * 100).toFixed(0)} %)

| gaps between writes to the listeners | p50 | p99 | worst | lost |
|---|---|---|---|---|
${[['before', calm.gaps] as const, ['meanwhile', busy.gaps] as const, ['afterwards', after.gaps] as const]
  .map(([what, { p50, p99, worst, lost }]) => `| ${what} | ${p50} ms | ${p99} ms | ${worst} ms | ${lost} |`)
  .join('\n')}
`);
listeners.disconnect();
await server[Symbol.asyncDispose]();
rmSync(data, { recursive: true, force: true });
process.exit();
