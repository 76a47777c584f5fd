import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoomState } from '../src/wire/room.ts';
import { inject, poison } from './rig/inject.ts';
import {
  continuity,
  longestSilence,
  type RawListener,
  type Received,
  rawListener,
} from './rig/raw-listener.ts';
import { type Server, startServer, until } from './rig/server.ts';
import { openStallMeter } from './rig/stall-meter.ts';

/** Rooms: even ones are in cell 0, odd ones in cell 1. */
const ROOMS = 4;
const KEY = 'operator-key-of-some-length';
const FRAGMENT_MS = 320;
/** How soon a room must be back after its cell has died. */
const BACK_MS = 10_000;

/** Times of the faults, printed at the end with MEASURE=1. */
const measured: { fault: string; backMs: number; silenceMs: number; lateElsewhere: number }[] = [];
const stood = openStallMeter();

/** Fragments that came more than a second late, and later than the machine's stalls explain. */
function late(received: readonly Received[]): number {
  const offsets = received.map(({ seq, at }) => at - seq * FRAGMENT_MS);
  const usual = [...offsets].sort((a, b) => a - b)[Math.floor(offsets.length / 2)] ?? 0;
  return offsets.filter((offset) => offset - usual > 1000 + stood()).length;
}

describe('a room that makes its studio fail', () => {
  let server: Server;
  const slugs: string[] = [];
  const listeners: RawListener[] = [];
  const state = async (slug: string): Promise<RoomState> =>
    (await (await fetch(`${server.url}/r/${slug}/state.json`)).json()) as RoomState;
  /** The API with the operator's key: a process of the command line for each would take longer than the test itself. */
  const api = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${server.url}/api/rooms${path}`, { method, headers, ...sent });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const statusOf = async (slug: string): Promise<string> =>
    (await api<{ status: string }>('GET', `/${slug}`)).status;
  const died = (): { process: string; why?: string; room?: string }[] =>
    readFileSync(`${server.data}/processes.jsonl`, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { event: string; process: string; why?: string; room?: string })
      .filter(({ event }) => event === 'died');

  beforeAll(async () => {
    server = await startServer({
      ...{ EARSHOT_DOORS: '2', EARSHOT_CELLS: '2', EARSHOT_CELL_MEMORY: '600MB' },
      EARSHOT_OPERATOR_KEY: KEY,
    });
    for (let i = 0; i < ROOMS; i += 1)
      slugs.push((await api<{ slug: string }>('POST', '', { title: `Room ${i}` })).slug);
    for (const slug of slugs) listeners.push(rawListener(server.url, slug));
    await until('every room is heard', () => listeners.every((l) => l.received.length > 12), 60_000);
  });
  afterAll(async () => {
    for (const listener of listeners) listener[Symbol.dispose]();
    await server?.[Symbol.asyncDispose]();
    if (process.env.MEASURE) console.table(measured);
  });

  /** Has something done to cell 0, and waits until `back`; other rooms may not notice. */
  async function fault(what: string, kill: (pid: number) => Promise<void>, back: () => Promise<boolean>) {
    const from = listeners.map((l) => l.received.length - 1);
    const old = server.child('studio', 0) ?? 0;
    const deaths = died().length;
    const began = performance.now();
    await kill(old);
    await until(`${what}: it dies`, () => died().length > deaths, 60_000);
    await until(`${what}: its rooms are back`, back, 60_000);
    const backMs = Math.round(performance.now() - began);
    const heard = listeners.map((l, i) => l.received.slice(from[i]));
    const lateElsewhere = late(heard[1] ?? []) + late(heard[3] ?? []);
    const silenceMs = Math.round(Math.max(longestSilence(heard[0] ?? []), longestSilence(heard[2] ?? [])));
    measured.push({ fault: what, backMs, silenceMs, lateElsewhere });
    // A machine with many times more work than processors says nothing about any of these.
    if ((loadavg()[0] ?? 0) > 3 * availableParallelism()) return;
    expect([what, lateElsewhere]).toEqual([what, 0]);
    expect(silenceMs).toBeLessThan(3_000 + stood());
    // Twice the goal: docs/isolation.md has what was measured; a slow day is no fault.
    expect(backMs).toBeLessThan(2 * BACK_MS + 2 * stood());
  }
  const here = async (slug = ''): Promise<boolean> => (await state(slug)).studio === 'here';

  test('three times in a minute, in three ways, is kept apart; the others of its cell go on, and other cells notice nothing', async () => {
    const [guilty = '', , neighbour] = slugs;
    const both = async () => (await here(guilty)) && (await here(neighbour));
    const faults = {
      'an error that nobody catches': `throw new Error('poison');`,
      'an endless loop': `for (;;);`,
      'memory without end': `globalThis.hoard ??= []; for (let i = 0; i < 4; i += 1) globalThis.hoard.push(Buffer.alloc(100e6, 1));`,
    };
    for (const [what, code] of Object.entries(faults))
      await fault(what, (pid) => inject(pid, poison(server.data, 0, guilty, code)), both);
    expect(died().map(({ process }) => process)).toEqual(['studio-0', 'studio-0', 'studio-0']);
    // Memory runs out wherever the last byte is asked for: that death may name nobody, but never somebody else.
    const named = died().flatMap(({ room }) => room ?? []);
    expect(new Set(named)).toEqual(new Set([guilty]));
    expect(named.length).toBeGreaterThanOrEqual(2);
    expect(died().map(({ why }) => why)).toEqual([undefined, 'hung', 'memory']);
    await until('it is kept apart', async () => (await state(guilty)).quarantine !== undefined);
    await until('its own cell runs', () => server.child('studio', 2) !== undefined);
    expect((await state(neighbour ?? '')).quarantine).toBeUndefined();
    await until('its page says so', async () =>
      (await (await fetch(`${server.url}/r/${guilty}`)).text()).includes('it runs apart for a while'),
    );
    const before = listeners[0]?.received.length ?? 0;
    await until('its listeners hear on', () => (listeners[0]?.received.length ?? 0) > before + 12);
    for (const listener of listeners) expect(continuity(listener.received).repeated).toEqual([]);
  });

  test('the operator brings it back among the others, and its cell goes to sleep', async () => {
    const [guilty = ''] = slugs;
    await api('POST', `/${guilty}/release`);
    await until(
      'it runs among the others',
      async () => (await here(guilty)) && !(await state(guilty)).quarantine,
    );
    await until('the quarantine cell sleeps', () => server.child('studio', 2) === undefined);
    expect(await statusOf(guilty)).toBe('open');
  });

  test('the operator stops a room: its listeners are gone at once, everybody reads why, and it goes on where it was', async () => {
    const [slug = ''] = slugs;
    await api('POST', `/${slug}/stop`, { reason: 'It <b>broke</b> the rules.' });
    const ended = listeners[0]?.received.length ?? 0;
    for (const path of ['stream', 'live/main.m3u8', 'radio.mp3', 'replay.m4a']) {
      const answer = await fetch(`${server.url}/r/${slug}/${path}`);
      expect([path, answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
        path,
        403,
        'room-stopped',
      ]);
    }
    expect(await (await fetch(`${server.url}/r/${slug}`)).text()).toContain(
      'It &lt;b&gt;broke&lt;/b&gt; the rules.',
    );
    expect(listeners[0]?.received.length ?? 0).toBeLessThan(ended + 3);
    const answer = await fetch(`${server.url}/api/rooms/${slug}/resume`, { method: 'POST' });
    expect(answer.status).toBe(401);
    await api('POST', `/${slug}/resume`);
    await until('it is heard again', () => (listeners[0]?.received.length ?? 0) > ended + 6);
    expect(await statusOf(slug)).toBe('open');
  });
});
