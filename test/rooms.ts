import { afterEach, beforeEach, expect } from 'vitest';
import type { ErrorCode } from '../src/base/errors.ts';
import { silentLog } from '../src/base/log.ts';
import { epochMs } from '../src/base/time.ts';
import { openTokens } from '../src/keys/token.ts';
import { open, type Rooms, type RoomsDeps } from '../src/room/index.ts';
import { open as openStore, type Store } from '../src/store/index.ts';
import type { RoomCard } from '../src/wire/room.ts';
import { manualClock } from './clock.ts';

/** The start time of the tests of rooms, and their units of time. */
export const NOW = Date.UTC(2026, 0, 1, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
/** The token signer of all rigs. */
export const tokens = openTokens(new Uint8Array(32).fill(7));

/** An answer with its body: parsed JSON, anything else as `text`. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** Rooms with a store in memory and a clock that the test moves; new for every test of the file. */
export function roomsRig() {
  let clock = manualClock(epochMs(NOW));
  let store: Store;
  let rooms: Rooms;
  const start = (more: Partial<RoomsDeps>): Promise<Rooms> =>
    open({
      ...{ store, tokens, clock, log: silentLog, publicUrl: 'https://x.example', cells: 2 },
      ...{ openLead: 15 * MINUTE, idleEnd: 2 * HOUR },
      ...more,
    });
  beforeEach(async () => {
    clock = manualClock(epochMs(NOW));
    store = await openStore({ url: 'sqlite::memory:' });
    rooms = await start({});
  });
  afterEach(async () => {
    await rooms[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
  });

  const ask = async (
    method: string,
    path: string,
    body?: unknown,
    token?: string,
    more: Record<string, string> = {},
  ): Promise<Answer> => {
    const raw = body === undefined || typeof body === 'string' || body instanceof Uint8Array;
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...more,
    };
    const sent = (raw ? body : JSON.stringify(body)) as string;
    const init = { method, headers, ...(body === undefined ? {} : { body: sent }) };
    const response = await rooms.fetch(new Request(`http://door.internal${path}`, init));
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : { text },
    };
  };

  return {
    ask,
    get clock() {
      return clock;
    },
    get rooms() {
      return rooms;
    },
    get store() {
      return store;
    },
    card: (slug: string): RoomCard => rooms.cards().find((c) => c.slug === slug) as RoomCard,
    /** Starts a room by the API; the test fails when it is refused. */
    async create(body: object): Promise<{ slug: string; token: string; studio: string }> {
      const answer = await ask('POST', '/api/rooms', body);
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      return answer.body as { slug: string; token: string; studio: string };
    },
    /** Closes the rooms, runs `meanwhile`, and opens them again on the same store. */
    async restart(more: Partial<RoomsDeps> = {}, meanwhile = (): void => {}): Promise<void> {
      await rooms[Symbol.asyncDispose]();
      meanwhile();
      rooms = await start(more);
    },
    /** Forgets a room for good, as if it had never been. */
    async forget(slug: string, more: Partial<RoomsDeps> = {}): Promise<void> {
      await store.db.deleteFrom('room').where('slug', '=', slug).execute();
      await rooms[Symbol.asyncDispose]();
      rooms = await start(more);
    },
    /** Waits until the work that timers started is finished. */
    async settle(): Promise<void> {
      await ask('GET', '/api/rooms');
      for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** The instant `delay` ms after the start of the tests, in the format of requests. */
export const inMs = (delay: number): string => new Date(NOW + delay).toISOString();

/** Status and code of an answer that must be problem+json. */
export function refusal(answer: Answer): [number, ErrorCode] {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status: answer.status, type: `/errors#${answer.body.code}` });
  return [answer.status, answer.body.code as ErrorCode];
}
