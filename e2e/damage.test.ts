import { copyFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paths } from '../src/role/paths.ts';
import { inject, poison } from './rig/inject.ts';
import { continuity, type RawListener, rawListener } from './rig/raw-listener.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

let server: Server;
let room: MadeRoom;
let listeners: RawListener[];

beforeAll(async () => {
  server = await startServer({ EARSHOT_DOORS: '2', EARSHOT_CELLS: '1' });
  room = await server.room('Damage');
  await until('a stream', async () => (await fetch(`${server.url}/r/${room.slug}`)).ok);
  listeners = Array.from({ length: 6 }, () => rawListener(server.url, room.slug));
  await until('everyone hears', () => listeners.every((l) => l.received.length > 6));
});
afterAll(async () => {
  for (const listener of listeners ?? []) listener[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

const reconnects = (): number[] => listeners.map((l) => l.reconnects);
const unhurt = (): void => {
  for (const listener of listeners)
    expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
};
/** Waits until every listener has received this many more fragments. */
const onward = (count: number): Promise<void> => {
  const marks = listeners.map((l) => l.received.length);
  return until('everyone goes on hearing', () =>
    listeners.every((l, i) => l.received.length >= (marks[i] ?? 0) + count),
  );
};
const create = (title: string): Promise<Response> =>
  fetch(`${server.url}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  });

test('a normal start warns of no missing door', () => {
  expect(server.output()).not.toMatch(/no door is up/);
});

test('sockets that somebody removes are created again: no listener notices, and everything answers', async () => {
  const before = reconnects();
  const { run } = paths(server.data);
  // The doors keep today's salt in memory.
  const names = readdirSync(run).filter((name) => !name.startsWith('listener-salt'));
  expect(names).toEqual(
    expect.arrayContaining(['site.sock', 'site.http', 'cell-0.sock', 'cell-0.http', 'cell-0.marks']),
  );
  // If a file is created while the folder is removed, the removal is tried again.
  rmSync(run, { recursive: true, maxRetries: 5 });
  await until('all of them are there again', () => {
    try {
      return names.every((name) => readdirSync(run).includes(name));
    } catch {
      return false;
    }
  });
  await until(
    'rooms can be made',
    async () => (await create('After the sockets').catch(() => undefined))?.status === 201,
  );
  const whip = () => fetch(room.whip, { method: 'POST', headers: { 'content-type': 'text/plain' } });
  // A socket may be there a moment before its process listens: a request that breaks off is sent again.
  await until(
    'the stage answers',
    async () => ((await whip().catch(() => undefined))?.status ?? 503) !== 503,
  );
  await onward(6);
  expect(reconnects()).toEqual(before);
  unhurt();
  expect(server.output()).toMatch(/a socket file was removed: it has been recreated/);
});

test('all doors killed at once: everyone is back, without a gap', async () => {
  expect(readdirSync(join(server.data, 'compiled')).length).toBeGreaterThan(0);
  const before = reconnects();
  for (const door of [0, 1]) process.kill(server.child('door', door) ?? 0, 'SIGKILL');
  await until('everyone is back', () => reconnects().every((now, i) => now > (before[i] ?? 0)));
  await onward(6);
  unhurt();
  expect(server.output()).toMatch(/"ms":\d+,"msg":"a door is up again"/);
});

test('a database damaged while Earshot runs, or before the site starts, is explained in the log, and everyone still hears the sound', async () => {
  const before = reconnects();
  const { database } = paths(server.data);
  const files = [database, `${database}-wal`, `${database}-shm`];
  for (const file of files) copyFileSync(file, `${file}.copy`);
  for (const file of files) writeFileSync(file, Buffer.alloc(statSync(file).size, 'noise'), { flag: 'r+' });
  const refused = await create('Into the void');
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([503, 'database-away']);
  const sentence = new RegExp(
    `the database ${database} is damaged \\([^)]+\\): stop Earshot, put a copy`,
    'g',
  );
  expect(server.output().match(sentence)).toHaveLength(1);

  process.kill(server.child('site', 0) ?? 0, 'SIGKILL');
  await until('the site is tried more than once', () => (server.output().match(sentence)?.length ?? 0) > 2);
  expect(server.output()).not.toMatch(/SqliteError|\n {4}at /);
  expect((await create('Nobody there')).status).toBe(503);
  await onward(6);
  using late = rawListener(server.url, room.slug);
  await until('somebody new hears', () => late.received.length > 3);

  for (const file of files) copyFileSync(`${file}.copy`, file);
  await until('the site is back by itself', async () => (await create('Back')).status === 201, 30_000);
  const { rooms } = (await (await fetch(`${server.url}/api/rooms`)).json()) as { rooms: { slug: string }[] };
  expect(rooms.map(({ slug }) => slug)).toContain(room.slug);
  expect(reconnects()).toEqual(before);
  unhurt();
});

test('a studio that dies after all that still names the room that it died of', async () => {
  const journal = join(server.data, 'processes.jsonl');
  const died = () =>
    readFileSync(journal, 'utf8')
      .split('\n')
      .filter((line) => /"event":"died".*"studio-0"|"studio-0".*"event":"died"/.test(line))
      .map((line) => JSON.parse(line) as { room?: string });
  expect(died()).toEqual([]);
  await inject(
    server.child('studio', 0) ?? 0,
    poison(server.data, 0, room.slug, `throw new Error('poison');`),
  );
  await until('it has died', () => died().length > 0);
  expect(died().map((death) => death.room)).toEqual([room.slug]);
  await onward(6);
});
