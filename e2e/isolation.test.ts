import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RoomState } from '../src/wire/room.ts';
import { startPostgres } from '../test/contract/postgres.ts';
import { inject } from './rig/inject.ts';
import {
  continuity,
  longestSilence,
  type RawListener,
  type Received,
  rawListener,
} from './rig/raw-listener.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { openStallMeter } from './rig/stall-meter.ts';

/** Number of rooms beside the affected one; `QUIET_ROOMS=10` for the full test. */
const QUIET = Number(process.env.QUIET_ROOMS ?? 3);
const FLOOD_MS = 5_000;
const FLOOD = fileURLToPath(new URL('./rig/flood.ts', import.meta.url));
const FRAGMENT_MS = 320;

const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
const state = async (server: Server, slug: string): Promise<RoomState> =>
  (await (await fetch(`${server.url}/r/${slug}/state.json`)).json()) as RoomState;

/** Delay of fragments in ms, relative to the fastest one. */
function lateness(received: readonly Received[]): number[] {
  const offsets = received.map(({ seq, at }) => at - seq * FRAGMENT_MS);
  const usual = [...offsets].sort((a, b) => a - b)[Math.floor(offsets.length / 2)] ?? 0;
  return offsets.map((offset) => offset - usual);
}
const stood = openStallMeter();
/** Fragments that came more than a second late, and later than the machine's stalls explain. */
const late = (received: readonly Received[]): number =>
  lateness(received).filter((by) => by > 1000 + stood()).length;
const whole = (listener: RawListener): void =>
  expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });

/** Time to the first sound of a new listener, in ms. */
async function join(server: Server, slug: string): Promise<number> {
  using listener = rawListener(server.url, slug);
  const began = performance.now();
  await until(`somebody new hears ${slug}`, () => listener.received.length > 2, 10_000);
  return performance.now() - began;
}

/** Uses the API: a process for each would take longer than the test itself. */
async function makeRoom(server: Server, title: string): Promise<{ slug: string }> {
  const answer = await fetch(`${server.url}/api/rooms`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title }),
  });
  if (answer.status !== 201) throw new Error(`no room: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as { slug: string };
}

describe('a fault in one room is not heard in another', () => {
  let server: Server;
  const rooms: { slug: string }[] = [];
  const listeners: RawListener[] = [];
  let cellOf: (slug: string) => number;

  beforeAll(async () => {
    server = await startServer({ EARSHOT_DOORS: '2', EARSHOT_CELLS: '2', EARSHOT_ROOMS_PER_CELL: '20' });
    for (let i = 0; i <= QUIET; i += 1) rooms.push(await makeRoom(server, `Room ${i}`));
    // A room goes to the cell with the fewest rooms, so they are made one after the other.
    cellOf = (slug) => rooms.findIndex((room) => room.slug === slug) % 2;
    for (const room of rooms) listeners.push(rawListener(server.url, room.slug));
    await until('every room is heard', () => listeners.every((l) => l.received.length > 12), 60_000);
  });
  afterEach(() => {
    for (const listener of listeners) whole(listener);
  });
  afterAll(async () => {
    for (const listener of listeners) listener[Symbol.dispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const mark = (): (() => Received[][]) => {
    const from = listeners.map((l) => l.received.length - 1);
    return () => listeners.map((l, i) => l.received.slice(from[i]));
  };
  const others = (cell: number, since: Received[][]): Received[][] =>
    since.filter((_, i) => cellOf(rooms[i]?.slug ?? '') !== cell);
  const pidOf = (role: string, index: number): number => server.child(role, index) ?? 0;
  const replaced = (role: string, index: number, old: number): Promise<void> =>
    until(`another ${role} ${index}`, () => ![undefined, old].includes(server.child(role, index)), 30_000);

  test('one room is flooded: no part of the others is a second late, and people still get in', async () => {
    const since = mark();
    const flood: ChildProcess = spawn(process.execPath, [FLOOD, server.url, rooms[0]?.slug ?? '', '300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    flood.stdout?.on('data', (chunk) => {
      printed += chunk;
    });
    await pause(FLOOD_MS / 2);
    const first = await join(server, rooms[1]?.slug ?? '');
    await pause(FLOOD_MS / 2);
    const gone = new Promise((resolve) => flood.once('close', resolve));
    flood.kill('SIGTERM');
    await gone;
    const answers = JSON.parse(printed) as Record<string, number>;
    // It was a flood, and it was answered.
    expect(answers['200'] ?? 0).toBeGreaterThan(500);
    expect(Object.keys(answers).filter((status) => status.startsWith('5'))).toEqual([]);
    expect(first).toBeLessThan(5_000);
    for (const received of since().slice(1)) expect(late(received)).toBe(0);
  });

  test('a cell in an endless loop is replaced, and only its own rooms hear hold music meanwhile', async () => {
    const since = mark();
    const old = pidOf('studio', 0);
    await inject(old, 'for (;;);');
    await until(
      'its rooms are filled in',
      async () => (await state(server, rooms[0]?.slug ?? '')).studio === 'away',
    );
    await replaced('studio', 0, old);
    await until(
      'it carries its rooms again',
      async () => (await state(server, rooms[0]?.slug ?? '')).studio === 'here',
    );
    const heard = since();
    for (const received of heard) expect(longestSilence(received)).toBeLessThan(3_000);
    for (const received of others(0, heard)) expect(late(received)).toBe(0);
  });

  test('a cell that runs out of memory ends by itself, and the rooms of the other cell notice nothing', async () => {
    const since = mark();
    const old = pidOf('studio', 1);
    await inject(old, 'const hoard = []; for (;;) hoard.push(new Array(100000).fill({}).map(() => ({})));');
    await replaced('studio', 1, old);
    await until(
      'it carries its rooms again',
      async () => (await state(server, rooms[1]?.slug ?? '')).studio === 'here',
    );
    const heard = since();
    for (const received of heard) expect(longestSilence(received)).toBeLessThan(3_000);
    for (const received of others(1, heard)) expect(late(received)).toBe(0);
  });

  test('the site hangs: no listener misses anything, newcomers get in, and another site takes over', async () => {
    const since = mark();
    const old = pidOf('site', 0);
    process.kill(old, 'SIGSTOP');
    expect(await join(server, rooms[0]?.slug ?? '')).toBeLessThan(5_000);
    // A door that starts meanwhile still knows the rooms.
    const door = pidOf('door', 0);
    process.kill(door, 'SIGKILL');
    await replaced('door', 0, door);
    for (let i = 0; i < 6; i += 1) expect(await join(server, rooms[1]?.slug ?? '')).toBeLessThan(10_000);
    await replaced('site', 0, old);
    await until('the site answers', async () => (await fetch(`${server.url}/api/rooms`)).ok, 60_000);
    for (const received of since()) expect(longestSilence(received)).toBeLessThan(3_000);
  });

  test('every door dies and dies again: a plain page answers, and then the rooms are back without a gap', async () => {
    const get = (headers: Record<string, string>): Promise<Response> => fetch(server.url, { headers });
    let stop = false;
    const killer = (async () => {
      while (!stop) {
        for (const index of [0, 1]) {
          const pid = server.child('door', index);
          if (pid) process.kill(pid, 'SIGKILL');
        }
        await pause(20);
      }
    })();
    const page = await (async () => {
      for (let tries = 0; ; tries += 1) {
        const answer = await get({ accept: 'text/html' }).catch(() => undefined);
        if (answer?.status === 503 || tries > 100) return answer;
        await pause(50);
      }
    })();
    expect(page?.status).toBe(503);
    expect(Number(page?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await page?.text()).toContain('The doors are shut for a moment');
    expect(await (await get({ accept: '*/*' })).json()).toMatchObject({ code: 'doors-away' });
    stop = true;
    await killer;
    await until(
      'the rooms are back',
      async () => (await get({}).catch(() => undefined))?.status === 200,
      30_000,
    );
    const heard = listeners.map((l) => l.received.length);
    await until(
      'all hear again',
      () => listeners.every((l, i) => l.received.length > (heard[i] ?? 0) + 6),
      30_000,
    );
    // The port is fully released: doors answer ten connections in a row.
    for (let i = 0; i < 10; i += 1) expect((await get({ connection: 'close' })).status).toBe(200);
  });
});

/** Duration of the database outage; `DATABASE_AWAY_S=300` is longer than a test run should wait. */
const AWAY_S = Number(process.env.DATABASE_AWAY_S ?? 4);

test(
  'the database is away: no listener misses anything, newcomers get in, changes are refused with a reason and work again later',
  async () => {
    const away = AWAY_S * 1000;
    await using postgres = await startPostgres();
    await using server = await startServer({
      EARSHOT_DATABASE: postgres.url,
      EARSHOT_DOORS: '1',
      EARSHOT_CELLS: '1',
    });
    const room = await makeRoom(server, 'Evening');
    using listener = rawListener(server.url, room.slug);
    await until('sound', () => listener.received.length > 10);
    postgres.stand();
    const since = Date.now();
    const refused = fetch(`${server.url}/api/rooms`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Meanwhile' }),
    });
    expect(await join(server, room.slug)).toBeLessThan(5_000);
    expect((await fetch(`${server.url}/api/rooms`)).status).toBe(200);
    await pause(Math.max(0, away - (Date.now() - since)));
    expect(await join(server, room.slug)).toBeLessThan(5_000);
    postgres.go();
    const answer = await refused;
    expect([201, 503]).toContain(answer.status);
    await until(
      'rooms can be made',
      async () => (await makeRoom(server, 'Later').catch(() => undefined)) !== undefined,
    );
    whole(listener);
    expect(late(listener.received)).toBe(0);
  },
  (AWAY_S + 120) * 1000,
);
