import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { open, type ProcessEvent } from './index.ts';

// A child that reports ready, answers pings unless told to hang, and writes down that it was stopped in order.
const CHILD = `
import { appendFileSync } from 'node:fs';
const [name, log] = process.argv.slice(2);
process.on('message', (m) => {
  if (m.order === 'stop') { appendFileSync(log, name + '\\n'); process.exit(0); }
  if (m.order === 'ping' && name !== 'deaf' && name !== 'stuck') process.send({ notice: 'pong', n: m.n });
});
if (name !== 'stuck') process.send({ notice: 'ready' });
`;

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'supervisor-'));
  writeFileSync(join(dir, 'child.mjs'), CHILD);
  writeFileSync(join(dir, 'log'), '');
});
afterEach(() => rmSync(dir, { recursive: true }));

const spec = (name: string) => ({ name, args: [name, join(dir, 'log')], grace: ms(5000) });
const entry = () => join(dir, 'child.mjs');

async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error('did not happen within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('starts a killed child again, later each time, and leaves the others alone', async () => {
  const clock = manualClock();
  const family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('a'), spec('b')]] });
  await family.ready;
  const [a, b] = family.status();
  for (const backoff of [50, 250, 500]) {
    const pid = family.status()[0]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => family.status()[0]?.pid === undefined);
    clock.advance(backoff - 1);
    expect(family.status()[0]?.pid).toBeUndefined();
    clock.advance(1);
    await until(() => family.status()[0]?.ready === true);
  }
  expect(family.status()[0]).toMatchObject({ name: 'a', restarts: 3 });
  expect(family.status()[0]?.pid).not.toBe(a?.pid);
  expect(family.status()[1]).toEqual(b);
  await family[Symbol.asyncDispose]();
});

test('each death and each return is reported to the journal, with why and for how long', async () => {
  const clock = manualClock();
  const told: ProcessEvent[] = [];
  const record = (happened: ProcessEvent): void => void told.push(happened);
  const groups = [[spec('a'), spec('deaf')]];
  await using family = open({ clock, log: silentLog, entry: entry(), groups, record });
  await family.ready;
  expect(told).toEqual([]);
  const pid = family.status()[0]?.pid ?? 0;
  clock.advance(2_500);
  process.kill(pid, 'SIGKILL');
  await until(() => told.length === 1);
  expect(told[0]).toEqual({
    ...{ event: 'died', process: 'a', pid, code: null, signal: 'SIGKILL', seconds: 2.5, retryMs: 50 },
  });
  clock.advance(1_200);
  await until(() => told.length === 2);
  expect(told[1]).toEqual({
    ...{ event: 'restarted', process: 'a', restarts: 1, seconds: 1.2, pid: family.status()[0]?.pid },
  });
  // Eight pings that nobody answers.
  for (let second = 0; second < 8; second += 1) clock.advance(1_000);
  await until(() => told.some(({ process }) => process === 'deaf'));
  expect(told.find(({ process }) => process === 'deaf')).toMatchObject({ event: 'died', why: 'hung' });
});

test('a child is told its configuration first, however late it listens, and has the environment that it is given', async () => {
  writeFileSync(
    join(dir, 'told.mjs'),
    `import { writeFileSync } from 'node:fs';
     import { told } from '${new URL('./index.ts', import.meta.url).href}';
     await new Promise((resolve) => setTimeout(resolve, 300));
     const config = await told();
     writeFileSync(process.argv[2], JSON.stringify({ config, arenas: process.env.MALLOC_ARENA_MAX }));
     process.on('message', (m) => m.order === 'stop' && process.exit(0));
     process.send({ notice: 'ready' });`,
  );
  const config = { port: 8080, domains: ['a.example'] };
  const told = join(dir, 'told.json');
  await using family = open({
    ...{ clock: manualClock(), log: silentLog, entry: join(dir, 'told.mjs') },
    groups: [[{ name: 'a', args: [told], grace: ms(5000), config, env: { MALLOC_ARENA_MAX: '3' } }]],
  });
  await family.ready;
  expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual({ config, arenas: '3' });
});

test('a child that has lived long is started again at once, as after its first death', async () => {
  const clock = manualClock();
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('a')]] });
  await family.ready;
  for (const [life, backoff] of [
    [0, 50],
    [0, 250],
    [30_001, 50],
    [29_000, 250],
  ] as const) {
    for (let past = 0; past < life; past += 1000) {
      clock.advance(Math.min(1000, life - past));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    process.kill(family.status()[0]?.pid ?? 0, 'SIGKILL');
    await until(() => family.status()[0]?.pid === undefined);
    clock.advance(backoff - 1);
    expect(family.status()[0]?.pid).toBeUndefined();
    clock.advance(1);
    await until(() => family.status()[0]?.ready === true);
  }
});

test('kills a child that leaves six pings unanswered', async () => {
  const clock = manualClock();
  const family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('deaf')]] });
  await family.ready;
  const pid = family.status()[0]?.pid;
  clock.advance(6_000);
  expect(family.status()[0]?.pid).toBe(pid);
  clock.advance(1_000);
  await until(() => family.status()[0]?.pid === undefined);
  clock.advance(50);
  await until(() => family.status()[0]?.ready === true);
  await family[Symbol.asyncDispose]();
});

test('a machine that stalled for a minute kills no child when it resumes', async () => {
  const clock = manualClock();
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('deaf')]] });
  await family.ready;
  const pid = family.status()[0]?.pid;
  clock.stall(60_000);
  clock.advance(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(family.status()[0]?.pid).toBe(pid);
});

test('shows the fallback page when the last door is gone, and hides it as soon as one is up', async () => {
  const clock = manualClock();
  const fallback = {
    shown: false,
    answers: 0,
    starting: [] as (boolean | undefined)[],
    up: undefined as boolean | undefined,
    show(starting?: boolean) {
      fallback.starting.push(starting);
      fallback.shown = true;
    },
    hide(up: boolean) {
      fallback.shown = false;
      fallback.up = up;
    },
  };
  const door = (name: string) => ({ ...spec(name), serves: true as const });
  const family = open({
    ...{ clock, log: silentLog, entry: entry(), fallback },
    groups: [[door('a'), door('b')], [spec('site')]],
  });
  clock.advance(150);
  await family.ready;
  clock.advance(1_000);
  expect(fallback.shown).toBe(false);
  const kill = async (at: number): Promise<void> => {
    process.kill(family.status()[at]?.pid ?? 0, 'SIGKILL');
    await until(() => family.status()[at]?.pid === undefined);
  };
  await kill(2);
  await kill(0);
  clock.advance(200);
  expect(fallback.shown).toBe(false);
  await kill(1);
  clock.advance(149);
  expect(fallback.shown).toBe(false);
  clock.advance(1);
  expect(fallback.shown).toBe(true);
  clock.advance(250);
  await until(() => family.status().some((child) => child.name !== 'site' && child.ready));
  expect(fallback).toMatchObject({ shown: false, up: true });
  for (const at of [0, 1]) if (family.status()[at]?.pid !== undefined) await kill(at);
  await family[Symbol.asyncDispose]();
  clock.advance(10_000);
  // Stopped while none was up: let go of, and not because one is.
  expect(fallback).toMatchObject({ shown: false, up: false });
  // Before the first door was up it was no surprise.
  expect(fallback.starting).toEqual([true, false]);
});

test('kills a child that hangs before it is ready, and says that it was not', async () => {
  const told: ProcessEvent[] = [];
  const record = (happened: ProcessEvent): void => void told.push(happened);
  const clock = manualClock();
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('stuck')]], record });
  const pid = family.status()[0]?.pid;
  clock.advance(59_000);
  expect(family.status()[0]?.pid).toBe(pid);
  clock.advance(3_000);
  await until(() => family.status()[0]?.pid === undefined);
  expect(told[0]).toMatchObject({ event: 'died', why: 'hung', unready: true });
});

test('a child that the system cannot even start is retried, and the others live on', async () => {
  const clock = manualClock();
  // A NUL byte in an argument is thrown by Node like a failure of the system that it does not tell as an event.
  const broken = { name: 'broken', args: ['a\0b'], grace: ms(5000) };
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[broken, spec('a')]] });
  await until(() => family.status()[1]?.ready === true);
  clock.advance(50);
  clock.advance(250);
  expect(family.status()).toMatchObject([
    { name: 'broken', pid: undefined, restarts: 3 },
    { name: 'a', restarts: 0 },
  ]);
});

test('stops group after group in the given order', async () => {
  const family = open({
    clock: manualClock(),
    log: silentLog,
    entry: entry(),
    groups: [[spec('door')], [spec('site')], [spec('studio')]],
  });
  await family.ready;
  await family[Symbol.asyncDispose]();
  expect(readFileSync(join(dir, 'log'), 'utf8').trim().split('\n')).toEqual(['door', 'site', 'studio']);
});

test('outlives its only child, and starts it again', async () => {
  const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  writeFileSync(
    join(dir, 'parent.mjs'),
    `
import { systemClock } from ${here('../base/clock.ts')};
import { silentLog } from ${here('../base/log.ts')};
import { open } from ${here('./index.ts')};
const log = ${JSON.stringify(join(dir, 'log'))};
const spec = { name: 'only', args: ['only', log], grace: 5000 };
const family = open({ clock: systemClock, log: silentLog, entry: ${JSON.stringify(entry())}, groups: [[spec]] });
await family.ready;
const first = family.status()[0].pid;
process.kill(first, 'SIGKILL');
const look = setInterval(() => {
  const { pid, ready } = family.status()[0];
  if (ready && pid !== first) family[Symbol.asyncDispose]().then(() => process.exit(0));
}, 10);
look.unref();
await new Promise(() => undefined);
`,
  );
  const parent = spawn(process.execPath, [join(dir, 'parent.mjs')], { stdio: 'inherit' });
  expect(await new Promise((resolve) => parent.once('exit', resolve))).toBe(0);
});

test('a wall clock that jumps an hour kills no child that answers, and spares none that does not', async () => {
  const clock = manualClock();
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('a'), spec('deaf')]] });
  await family.ready;
  const [a, deaf] = family.status();
  for (const jump of [3_600_000, -7_200_000, 3_600_000, 0, 0, 0]) {
    clock.stepWall(jump);
    clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  expect(family.status().map(({ pid }) => pid)).toEqual([a?.pid, deaf?.pid]);
  clock.stepWall(-3_600_000);
  clock.advance(1_000);
  await until(() => family.status()[1]?.pid === undefined);
  expect(family.status()[0]?.pid).toBe(a?.pid);
  clock.stepWall(3_600_000);
  clock.advance(50);
  await until(() => family.status()[1]?.ready === true);
});

test('a child that holds more memory than its limit is warned about and ended, and the reason and its room are recorded', async () => {
  writeFileSync(
    join(dir, 'hoards.mjs'),
    `const hoard = [];
     process.send({ notice: 'ready' });
     process.on('message', (m) => m.order === 'ping' && process.send({ notice: 'pong', n: m.n }));
     const more = () => { hoard.push(Buffer.alloc(40e6, 1)); if (hoard.length < 20) setTimeout(more, 20); };
     more();`,
  );
  const clock = manualClock();
  const told: ProcessEvent[] = [];
  const spec = { name: 'cell-0', args: [], grace: ms(5000), memory: 300e6, room: () => 'guilty' };
  const record = (happened: ProcessEvent): void => void told.push(happened);
  await using family = open({
    clock,
    log: silentLog,
    entry: join(dir, 'hoards.mjs'),
    groups: [[spec]],
    record,
  });
  await family.ready;
  await until(() => {
    clock.advance(100);
    return told.length > 0;
  });
  expect(told[0]).toMatchObject({ event: 'died', signal: 'SIGKILL', why: 'memory', room: 'guilty' });
});

test('a child whose heap is full says so before it ends', async () => {
  writeFileSync(
    join(dir, 'heap.mjs'),
    `process.send({ notice: 'ready' }); const hoard = [];
     setTimeout(() => { for (;;) hoard.push(new Array(1000).fill({})); }, 10);`,
  );
  const clock = manualClock();
  const told: ProcessEvent[] = [];
  const spec = { name: 'cell-0', args: [], grace: ms(5000), heap: 64 };
  const record = (happened: ProcessEvent): void => void told.push(happened);
  await using _family = open({
    clock,
    log: silentLog,
    entry: join(dir, 'heap.mjs'),
    groups: [[spec]],
    record,
  });
  await until(() => told.length > 0);
  expect(told[0]).toMatchObject({ event: 'died', why: 'memory' });
});

test('a child that is wanted only at times is started and stopped as wanted, and is no trouble while it sleeps', async () => {
  const clock = manualClock();
  let wanted = false;
  const sometimes = { ...spec('sometimes'), wanted: () => wanted };
  await using family = open({ clock, log: silentLog, entry: entry(), groups: [[spec('a'), sometimes]] });
  await family.ready;
  expect(family.status()[1]).toMatchObject({ name: 'sometimes', pid: undefined });
  expect(family.readiness().code).toBe(200);
  wanted = true;
  clock.advance(1_000);
  await until(() => family.status()[1]?.ready === true);
  wanted = false;
  clock.advance(1_000);
  await until(() => family.status()[1]?.pid === undefined);
  expect(family.status()[1]?.restarts).toBe(0);
  expect(family.readiness().code).toBe(200);
  wanted = true;
  clock.advance(1_000);
  await until(() => family.status()[1]?.ready === true);
});
