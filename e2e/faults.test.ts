import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLog } from '../src/base/log.ts';
import type { Incident } from '../src/incident/index.ts';
import { readEntries } from '../src/journal/index.ts';
import { readSound, speak } from '../src/stage/index.ts';
import type { RoomState } from '../src/wire/room.ts';
import {
  continuity,
  longestSilence,
  type RawListener,
  type Received,
  rawListener,
} from './rig/raw-listener.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const TALK = fileURLToPath(new URL('../assets/welcome.opus', import.meta.url));
const state = async (server: Server, slug: string): Promise<RoomState> =>
  (await (await fetch(`${server.url}/r/${slug}/state.json`)).json()) as RoomState;

/** A speaker who talks, and reconnects by itself, until stopped. */
function talker(server: Server, room: MadeRoom): Disposable {
  const stop = new AbortController();
  void (async () => {
    while (!stop.signal.aborted) {
      const whip = `${server.url}/r/${room.slug}/whip?takeover=1`;
      await speak({
        whip,
        token: room.token,
        sound: await readSound(TALK),
        signal: stop.signal,
        log: silentLog,
      }).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  return { [Symbol.dispose]: () => stop.abort() };
}

describe('while people listen', () => {
  let server: Server;
  let room: MadeRoom;
  let listeners: RawListener[];
  let speaker: Disposable;

  beforeAll(async () => {
    server = await startServer({ EARSHOT_DOORS: '2', EARSHOT_CELLS: '1' });
    room = await server.room('Faults');
    await server.cli('room', 'live', room.slug);
    speaker = talker(server, room);
    await until(
      'the stage is heard',
      async () => (await state(server, room.slug)).program.carries === 'stage',
      40_000,
    );
    // The doors must have the standby loop before the studio may die.
    await until('a stream', () => true);
    listeners = Array.from({ length: 20 }, (_, i) =>
      rawListener(server.url, room.slug, i % 4 === 3 ? 'aac' : 'opus'),
    );
    await until('everyone hears', () => listeners.every((l) => l.received.length > 12));
  });
  afterAll(async () => {
    for (const listener of listeners ?? []) listener[Symbol.dispose]();
    speaker?.[Symbol.dispose]();
    await server?.[Symbol.asyncDispose]();
  });

  const kill = (role: string, index: number): number => {
    const pid = server.child(role, index);
    if (!pid) throw new Error(`no ${role} ${index}`);
    process.kill(pid, 'SIGKILL');
    return pid;
  };
  const back = (role: string, index: number, old: number): Promise<void> =>
    until(`${role} ${index} is back`, () => (server.child(role, index) ?? old) !== old, 10_000);
  /** The fragments that each listener receives from now on. */
  const fromNow = (): (() => Received[][]) => {
    const marks = listeners.map((l) => l.received.length - 1);
    return () => listeners.map((l, i) => l.received.slice(marks[i]));
  };
  const unhurt = (): void => {
    for (const listener of listeners)
      expect(continuity(listener.received)).toEqual({ missing: [], repeated: [] });
  };

  test('kill -9 of a door: its listeners come back without a gap and the others notice nothing', async () => {
    const before = listeners.map((l) => l.reconnects);
    const since = fromNow();
    const old = kill('door', 0);
    await back('door', 0, old);
    await new Promise((resolve) => setTimeout(resolve, 3000));
    unhurt();
    const came = listeners.filter((l, i) => l.reconnects > (before[i] ?? 0)).length;
    expect(came).toBeLessThan(listeners.length);
    for (const received of since()) expect(longestSilence(received)).toBeLessThan(3000);
  });

  test('kill -9 of the site: nobody loses sound, and rooms can be changed again', async () => {
    const before = listeners.map((l) => l.reconnects);
    const old = kill('site', 0);
    await back('site', 0, old);
    await until('the site answers', async () => (await fetch(`${server.url}/api/rooms`)).ok);
    unhurt();
    expect(listeners.map((l) => l.reconnects)).toEqual(before);
    expect((await server.cli<{ status: string }>('room', 'show', room.slug)).status).toBe('live');
  });

  test('kill -9 of the studio: listeners hear standby without a gap, then the stage again', async () => {
    const before = listeners.map((l) => l.reconnects);
    const since = fromNow();
    const old = kill('studio', 0);
    await until('the page says so', async () => (await state(server, room.slug)).studio === 'away', 5000);
    await back('studio', 0, old);
    await until(
      'the studio is here again',
      async () => (await state(server, room.slug)).studio === 'here',
      15_000,
    );
    await until(
      'the stage is heard again',
      async () => (await state(server, room.slug)).program.carries === 'stage',
      15_000,
    );
    unhurt();
    expect(listeners.map((l) => l.reconnects)).toEqual(before);
    for (const received of since()) expect(longestSilence(received)).toBeLessThan(1500);
  });

  test('each of these deaths is in the journal, and every journal verifies', async () => {
    const happened = readEntries<{ event: string; process?: string; signal?: string }>(
      readFileSync(join(server.data, 'processes.jsonl'), 'utf8'),
    );
    expect(happened[0]?.event).toBe('started');
    for (const process of ['door-0', 'site-0', 'studio-0']) {
      const mine = happened.filter((entry) => entry.process === process);
      expect(mine.map(({ event }) => event)).toEqual(['died', 'restarted']);
      expect(mine[0]?.signal).toBe('SIGKILL');
    }
    const { journals } = await server.cli<{ journals: { path: string; holds: boolean }[] }>(
      'journal',
      'verify',
    );
    expect(journals.map(({ path }) => path)).toContain(join(server.data, 'processes.jsonl'));
    expect(journals.filter(({ holds }) => !holds)).toEqual([]);
  });

  test('and each is told under /incidents, as a fault of this server', async () => {
    const page = await (await fetch(`${server.url}/incidents`)).text();
    const ids = [
      ...new Set([...page.matchAll(/href="incidents\/(\d{8}-\d{6}b*)\.html"/g)].map(([, id = '']) => id)),
    ];
    const found = await Promise.all(
      ids.map(async (id) => (await (await fetch(`${server.url}/incidents/${id}.json`)).json()) as Incident),
    );
    const told = found.flatMap(({ signs }) => signs.filter(({ kind }) => kind === 'process'));
    for (const process of ['door-0', 'site-0', 'studio-0'])
      expect(told.map(({ detail }) => detail)).toContain(`${process}: SIGKILL`);
    for (const { label, caused } of found) {
      expect(label).toBe('INTERNAL_FAULT');
      // Not judged yet, or judged not to be an attack.
      expect([null, false]).toContain(caused);
    }
  });

  test('an orderly stop gives listeners whole fragments and an end, not a reset', async () => {
    for (const listener of listeners) expect(listener.received.length).toBeGreaterThan(20);
    await server[Symbol.asyncDispose]();
    for (const listener of listeners) expect(listener.lastEnd).toBe('whole');
    unhurt();
  });
});
