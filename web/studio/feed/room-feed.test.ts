import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RoomStatus } from '../../../src/wire/room.ts';
import type { BackstageLine, BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import { openRoomFeed, type RoomFeed } from './room-feed.ts';

/** A server that has one room; every request that a console would show in red is counted. */
let status: RoomStatus;
let studio: 'here' | 'away';
let up: boolean;
let refusal: { status: number; code: string } | undefined;
let asked: string[];
let red: string[];
let line: ((it: BackstageLine) => void) | undefined;
let cut: (() => void) | undefined;
let told: string[];

const answer = async (url: string): Promise<Response> => {
  asked.push(url);
  const fail = (code: number): Response => {
    red.push(`${code} ${url}`);
    return new Response(JSON.stringify({ code: refusal?.code ?? 'x' }), { status: code });
  };
  if (!up) {
    red.push(`0 ${url}`);
    throw new TypeError('refused');
  }
  if (url.endsWith('/state.json')) {
    const state = {
      title: 'T',
      status,
      studio,
      at: 1_000_000,
      clocks: { opened: 1 },
      gaps: [],
      delivery: {},
    };
    return Response.json(state);
  }
  if (refusal) return fail(refusal.status);
  if (status !== 'open' && status !== 'live') return fail(status === 'scheduled' ? 409 : 410);
  if (studio === 'away') return fail(503);
  return new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        const encoder = new TextEncoder();
        line = (it) => controller.enqueue(encoder.encode(`${JSON.stringify(it)}\n`));
        cut = () => controller.close();
        line({ kind: 'you', id: 'me', name: 'Me', role: 'host' });
      },
    }),
  );
};
const person = (id: string, more: Partial<BackstagePerson> = {}): BackstagePerson => ({
  ...{ id, name: id, role: 'speaker', speaking: false, muted: false, connected: true },
  ...{ joined: 1, loss: 0, forced: false, asks: false },
  ...more,
});
const program = (now: RoomStatus): BackstageLine => ({
  ...{ kind: 'program', status: now, program: { carries: 'stage', since: 1 } },
  ...{ streams: 3, gaps: 0, recordingFailed: false },
});
const pass = (span: number) => vi.advanceTimersByTimeAsync(span);
const open = (): RoomFeed =>
  openRoomFeed({ slug: 'r', token: 'T', role: 'host', id: 'me', name: 'Me' }, 'T', {
    asked: ({ what }) => told.push(what),
    joined: ({ id }) => told.push(`joined ${id}`),
    left: ({ id }) => told.push(`left ${id}`),
    raised: ({ id }) => told.push(`raised ${id}`),
    asks: ({ id, asks }) => told.push(`${id} asks ${asks}`),
  });

beforeEach(() => {
  vi.useFakeTimers();
  [status, studio, up, refusal] = ['live', 'here', true, undefined];
  [asked, red, told] = [[], [], []];
  vi.stubGlobal('fetch', (url: string) => answer(String(url)));
  vi.stubGlobal('addEventListener', () => undefined);
  vi.stubGlobal('removeEventListener', () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('before a room opens the page does not ask its stage; when it opens the page joins automatically', async () => {
  status = 'scheduled';
  const room = open();
  const calls = vi.fn();
  void room.ready(new AbortController().signal).then(calls);
  await pass(600_000);
  expect(red).toEqual([]);
  expect(asked.every((url) => url.endsWith('/state.json'))).toBe(true);
  expect([room.status.value, room.contact.value]).toEqual(['scheduled', 'here']);
  expect(calls).not.toHaveBeenCalled();
  status = 'open';
  await pass(16_000);
  expect(room.state.value.at).toBe('here');
  expect(calls).toHaveBeenCalled();
  expect(red).toEqual([]);
});

test('the studio’s last line ends everything: no request follows it', async () => {
  const room = open();
  await pass(0);
  line?.(program('live'));
  await pass(0);
  const calls = vi.fn();
  line?.(program('ended'));
  status = 'ended';
  cut?.();
  void room.ready(new AbortController().signal).then(calls);
  await pass(60_000);
  expect(room.status.value).toBe('ended');
  expect(red).toEqual([]);
  // Calls that wait for the stage are ended by their owner, and never go on by themselves.
  expect(calls).not.toHaveBeenCalled();
});

test("a removed person's page sends no further requests", async () => {
  open();
  await pass(0);
  line?.({ kind: 'asked', what: 'leave', by: 'Ana' });
  cut?.();
  refusal = { status: 403, code: 'removed' };
  await pass(120_000);
  expect(told).toEqual(['leave']);
  expect(red).toEqual([]);
});

test('a bad link is reported once', async () => {
  refusal = { status: 403, code: 'link-withdrawn' };
  const room = open();
  await pass(120_000);
  expect(red).toHaveLength(1);
  expect(room.state.value).toMatchObject({ at: 'refused', why: { code: 'link-withdrawn' } });
});

test('a missing server, a missing studio and a broken connection are told apart', async () => {
  const room = open();
  await pass(0);
  line?.(program('live'));
  line?.({ kind: 'roster', people: [person('me'), person('ben')], ears: [] });
  const ben = room.level('ben');
  line?.({ kind: 'levels', people: { ben: 10 }, program: -9 });
  await pass(0);
  expect([room.contact.value, ben.value, room.programLevel.value]).toEqual(['here', -10, -9]);
  up = false;
  cut?.();
  await pass(200);
  expect([room.contact.value, ben.value, room.programLevel.value]).toEqual(['unreachable', -127, -127]);
  [up, studio] = [true, 'away'];
  await pass(2_100);
  expect(room.contact.value).toBe('restarting');
  studio = 'here';
  await pass(8_000);
  expect(room.contact.value).toBe('here');
});

test('asking to speak is told when it begins and when it ends', async () => {
  const room = open();
  await pass(0);
  const roster = (...people: BackstagePerson[]) => line?.({ kind: 'roster', people, ears: [] });
  roster(person('ben', { joined: 2 }));
  roster(person('ben', { joined: 2, forced: true, asks: true }), person('zoe', { joined: 1 }));
  roster(person('ben', { joined: 2 }));
  await pass(0);
  expect(told).toEqual(['joined zoe', 'ben asks true', 'ben asks false', 'left zoe']);
  expect(room.people.value.map((it) => it.id)).toEqual(['ben']);
});
