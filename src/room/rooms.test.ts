import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { epochMs } from '../base/time.ts';
import { type Grant, openTokens } from '../base/token.ts';
import { open as openStore, type Store } from '../store/index.ts';
import type { RoomCard } from '../wire/room.ts';
import { open, type Rooms, type RoomsDeps } from './index.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const OPERATOR = 'operator-key-of-some-length';
const tokens = openTokens(new Uint8Array(32).fill(7));

let clock = manualClock(epochMs(NOW));
let store: Store;
let rooms: Rooms;
const start = (more: Partial<RoomsDeps> = {}): Promise<Rooms> =>
  open({
    ...{ store, tokens, clock, log: silentLog, publicUrl: 'https://x.example', cells: 2 },
    ...{ openLead: 15 * MINUTE, idleEnd: 2 * HOUR },
    ...more,
  });

beforeEach(async () => {
  clock = manualClock(epochMs(NOW));
  store = await openStore({ url: 'sqlite::memory:' });
  rooms = await start();
});
afterEach(async () => {
  await rooms[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
});

type Answer = { status: number; headers: Headers; body: Record<string, unknown> };
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
  const init = {
    method,
    headers,
    ...(body === undefined ? {} : { body: (raw ? body : JSON.stringify(body)) as string }),
  };
  const response = await rooms.fetch(new Request(`http://door.internal${path}`, init));
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json');
  return {
    status: response.status,
    headers: response.headers,
    body: json && text ? JSON.parse(text) : { text },
  };
};
const card = (slug: string): RoomCard => rooms.cards().find((c) => c.slug === slug) as RoomCard;
const create = async (body: object): Promise<{ slug: string; token: string; studio: string }> => {
  const answer = await ask('POST', '/api/rooms', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body as { slug: string; token: string; studio: string };
};
const inMs = (delay: number): string => new Date(NOW + delay).toISOString();
const refusal = (answer: Answer): [number, ErrorCode] => {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.body).toMatchObject({ status: answer.status, type: `/errors#${answer.body.code}` });
  return [answer.status, answer.body.code as ErrorCode];
};

describe('starting a room', () => {
  test('without a start it opens at once, with a program that begins now in the emptiest cell', async () => {
    await create({ title: 'First' });
    await create({ title: 'Second' });
    expect(card('first')).toEqual({
      slug: 'first',
      title: 'First',
      hosts: [],
      status: 'open',
      clocks: { opened: NOW },
      zero: NOW,
      cell: 0,
    });
    expect(card('second').cell).toBe(1);
  });

  test('gives a host link whose token is the host of this room only', async () => {
    const { slug, token, studio } = await create({ title: 'Town hall', host: 'Ana' });
    expect(studio).toBe(`https://x.example/r/town-hall/studio#token=${token}`);
    expect(await tokens.check(token, slug)).toMatchObject({ slug, role: 'host', name: 'Ana' });
    expect(await tokens.check(token, 'another')).toBe('token-other-room');
    expect(card(slug).hosts).toEqual(['Ana']);
  });

  test('the host link of a room a year ahead still works on the day', async () => {
    const ahead = 360 * 24 * HOUR;
    const { token } = await create({ title: 'Far', start: inMs(ahead) });
    const { exp = 0, iat = 0 } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect((exp - iat) * 1000).toBeGreaterThan(ahead);
  });

  test('an address is never used twice, not even after its room is over', async () => {
    const { token } = await create({ title: 'Again' });
    await ask('POST', '/api/rooms/again/end', undefined, token);
    const second = await create({ title: 'Again' });
    expect(second.slug).toMatch(/^again-[a-z2-9]{4}$/);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x', slug: 'again' }))).toEqual([
      409,
      'slug-taken',
    ]);
    expect((await create({ title: 'x', slug: 'my-own' })).slug).toBe('my-own');
  });

  test('nobody takes the address of the demo room', async () => {
    expect((await create({ title: 'Welcome' })).slug).toMatch(/^welcome-/);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x', slug: 'welcome' }))).toEqual([
      409,
      'slug-taken',
    ]);
  });

  test('a dozen at once with one title get a dozen addresses', async () => {
    const made = await Promise.all(
      Array.from({ length: 12 }, (_, i) => create({ title: 'Same', start: inMs(HOUR + i) })),
    );
    expect(new Set(made.map((m) => m.slug)).size).toBe(12);
  });

  test('a form is answered with the way to the studio', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const answer = await ask('POST', '/api/rooms', 'title=Caf%C3%A9+talk&host=&start=', undefined, form);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/r\/cafe-talk\/studio#token=/);
    expect(card('cafe-talk').hosts).toEqual([]);
  });

  test('a form on a foreign page starts nothing', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    expect(refusal(await ask('POST', '/api/rooms', 'title=x', undefined, form))).toEqual([
      403,
      'foreign-page',
    ]);
    expect(rooms.cards()).toEqual([]);
  });

  test('a full server says so and takes rooms again when one has ended', async () => {
    await rooms[Symbol.asyncDispose]();
    rooms = await start({ cells: 1, roomsPerCell: 2 });
    const { token } = await create({ title: 'One' });
    await create({ title: 'Two' });
    const full = await ask('POST', '/api/rooms', { title: 'Three' });
    expect(refusal(full)).toEqual([503, 'rooms-full']);
    expect(full.headers.get('retry-after')).toBeTruthy();
    await create({ title: 'Later', start: inMs(HOUR) });
    await ask('POST', '/api/rooms/one/end', undefined, token);
    await create({ title: 'Three' });
  });

  test('a burst of new rooms is slowed down, and may go on after a while', async () => {
    for (let i = 0; i < 30; i++) await create({ title: `r${i}`, start: inMs(HOUR) });
    const answer = await ask('POST', '/api/rooms', { title: 'r30', start: inMs(HOUR) });
    expect(refusal(answer)).toEqual([429, 'too-many-rooms']);
    clock.advance(2000);
    await create({ title: 'r30', start: inMs(HOUR) });
  });

  test('where only the operator starts rooms, the key is needed and suffices', async () => {
    await rooms[Symbol.asyncDispose]();
    rooms = await start({ create: 'operator', operatorKey: OPERATOR });
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x' }))).toEqual([401, 'token-missing']);
    expect(refusal(await ask('POST', '/api/rooms', { title: 'x' }, 'wrong'))).toEqual([403, 'operator-only']);
    expect((await ask('POST', '/api/rooms', { title: 'x y z' }, OPERATOR)).status).toBe(201);
    expect((await ask('POST', '/api/rooms/x-y-z/live', undefined, OPERATOR)).status).toBe(200);
  });
});

describe('what a request may hold', () => {
  test.each([
    ['no title', {}],
    ['an empty title', { title: '   ' }],
    ['a title of controls only', { title: '\u0000\u202e\u200f' }],
    ['a title of 141', { title: 'a'.repeat(141) }],
    ['a title that is a list', { title: ['x'] }],
    ['a torn character', '{"title":"\\ud83d"}'],
    ['a start in the past', { title: 'x', start: inMs(-1) }],
    ['a start after more than a year', { title: 'x', start: inMs(367 * 24 * HOUR) }],
    ['a start without offset', { title: 'x', start: '2026-02-01T20:00:00' }],
    ['a start that is a number', { title: 'x', start: NOW + HOUR }],
    ['an address with a slash', { title: 'x', slug: '../etc' }],
    ['a short address', { title: 'x', slug: 'ab' }],
    ['an unknown field', { title: 'x', status: 'live' }],
    ['a prototype', '{"title":"x","__proto__":{"welcome":true}}'],
    ['a list', []],
    ['null', 'null'],
    ['nothing', ''],
  ])('%s is refused with the reason', async (_, body) => {
    const answer = await ask('POST', '/api/rooms', body);
    expect(refusal(answer)).toEqual([422, 'unprocessable']);
    expect(String(answer.body.detail).length).toBeGreaterThan(5);
    expect(rooms.cards()).toEqual([]);
  });

  test.each([
    ['half a JSON', '{"title":'],
    ['not UTF-8', new Uint8Array([0x22, 0xff, 0xfe, 0x22])],
  ])('%s is not understood', async (_, body) => {
    expect(refusal(await ask('POST', '/api/rooms', body))).toEqual([400, 'bad-request']);
  });

  test('lists nested thousands deep are refused, not followed', async () => {
    const deep = `{"title":${'['.repeat(7000)}${']'.repeat(7000)}}`;
    expect(refusal(await ask('POST', '/api/rooms', deep))).toEqual([422, 'unprocessable']);
  });

  test('16 kB are read and no more', async () => {
    expect(refusal(await ask('POST', '/api/rooms', `"${'a'.repeat(17_000)}"`))).toEqual([413, 'too-large']);
    const endless = new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(4096).fill(0x20)) });
    const request = new Request('http://x/api/rooms', {
      ...{ method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': 'application/json' } },
    });
    expect((await rooms.fetch(request)).status).toBe(413);
  });

  test('other content types are refused', async () => {
    const answer = await ask('POST', '/api/rooms', '{"title":"x"}', undefined, {
      'content-type': 'text/plain',
    });
    expect(refusal(answer)).toEqual([415, 'unsupported-media-type']);
  });

  test('140 characters outside the basic plane are a title; spaces and controls are tidied', async () => {
    const { slug } = await create({ title: '𝄞'.repeat(140) });
    expect(card(slug).title).toBe('𝄞'.repeat(140));
    const { slug: tidy } = await create({ title: ' Good\u202e\n\t evening\u0007 ' });
    expect(card(tidy).title).toBe('Good evening');
  });
});

describe('hosting', () => {
  const link = (grant: Partial<Grant>, seconds?: number): Promise<string> =>
    tokens.sign({ slug: 'talk', role: 'host', speaker: 'me', name: '', ...grant } as Grant, seconds);
  let token: string;
  beforeEach(async () => {
    ({ token } = await create({ title: 'Talk' }));
  });
  const act = (action: string, by: string | undefined = token): Promise<Answer> =>
    ask('POST', `/api/rooms/talk/${action}`, undefined, by);

  test('lobby, live, back to the lobby, live, ended', async () => {
    const seen: string[] = [];
    rooms.onChange(() => seen.push(card('talk').status));
    for (const action of ['live', 'standby', 'live', 'end']) expect((await act(action)).status).toBe(200);
    expect(seen).toEqual(['live', 'open', 'live', 'ended']);
    expect(card('talk')).toMatchObject({ zero: NOW, clocks: { opened: NOW, ended: NOW } });
    expect(card('talk').cell).toBeUndefined();
  });

  test('asking again for what is so already changes nothing and tells nobody', async () => {
    await act('live');
    let told = 0;
    rooms.onChange(() => told++);
    expect((await act('live')).body.status).toBe('live');
    expect(told).toBe(0);
  });

  test.each([
    ['no link', () => undefined, 401, 'token-missing'],
    ['an altered link', () => `${token.slice(0, -3)}abc`, 401, 'token-invalid'],
    ['an expired link', () => link({}, -10), 401, 'token-expired'],
    ['the link of another room', () => link({ slug: 'other' as Grant['slug'] }), 403, 'token-other-room'],
    ['a speaker link', () => link({ role: 'speaker' }), 403, 'not-host'],
    ['the operator key where there is none', () => OPERATOR, 401, 'token-invalid'],
  ])('%s does not end the room', async (_, by, status, code) => {
    const answer = await ask('POST', '/api/rooms/talk/end', undefined, await by());
    expect(refusal(answer)).toEqual([status, code]);
    expect(card('talk').status).toBe('open');
    if (status === 401) expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  test('what comes too late says what to do instead', async () => {
    await act('live');
    const early = await act('cancel');
    expect(refusal(early)).toEqual([409, 'wrong-moment']);
    expect(early.body.detail).toContain('end it');
    await act('end');
    expect(refusal(await act('live'))).toEqual([410, 'room-ended']);
    expect(refusal(await ask('POST', '/api/rooms/nowhere/live', undefined, token))).toEqual([
      404,
      'room-unknown',
    ]);
  });

  test('invites are links for one place each; co-hosts invite speakers, not co-hosts', async () => {
    const ana = await ask('POST', '/api/rooms/talk/invites', { name: 'Ana' }, token);
    const bob = await ask('POST', '/api/rooms/talk/invites', { name: 'Bob', role: 'co-host' }, token);
    expect([ana.status, bob.status]).toEqual([201, 201]);
    expect(ana.body.url).toBe(`https://x.example/r/talk/studio#token=${ana.body.token}`);
    const grants = await Promise.all([ana, bob].map((a) => tokens.check(String(a.body.token), 'talk')));
    expect(grants).toMatchObject([
      { role: 'speaker', name: 'Ana', speaker: ana.body.speaker },
      { role: 'co-host', name: 'Bob', speaker: bob.body.speaker },
    ]);
    expect(ana.body.speaker).not.toBe(bob.body.speaker);
    const byBob = String(bob.body.token);
    expect((await ask('POST', '/api/rooms/talk/invites', undefined, byBob)).status).toBe(201);
    const more = await ask('POST', '/api/rooms/talk/invites', { role: 'co-host' }, byBob);
    expect(refusal(more)).toEqual([403, 'not-host']);
    expect((await act('live', byBob)).status).toBe(200);
    const host = await ask('POST', '/api/rooms/talk/invites', { role: 'host' }, token);
    expect(refusal(host)).toEqual([422, 'unprocessable']);
  });

  test('the title can change at any time, the start only before the room opens', async () => {
    const changed = await ask('PATCH', '/api/rooms/talk', { title: 'Talks' }, token);
    expect(changed.body).toMatchObject({ slug: 'talk', title: 'Talks' });
    expect(refusal(await ask('PATCH', '/api/rooms/talk', { start: inMs(HOUR) }, token))).toEqual([
      409,
      'wrong-moment',
    ]);
    expect(refusal(await ask('PATCH', '/api/rooms/talk', {}, token))).toEqual([422, 'unprocessable']);
    const later = await create({ title: 'Later', start: inMs(HOUR) });
    await ask('PATCH', '/api/rooms/later', { start: inMs(2 * HOUR) }, later.token);
    expect(card('later').clocks.scheduled).toBe(NOW + 2 * HOUR);
  });
});

describe('time', () => {
  const settle = async (): Promise<void> => {
    await vi.waitFor(async () => {
      await ask('GET', '/api/rooms');
    });
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };

  test('an announced room opens by itself a quarter of an hour before its start, not earlier', async () => {
    await create({ title: 'Evening', start: inMs(HOUR) });
    clock.advance(45 * MINUTE - 1);
    await settle();
    expect(card('evening').status).toBe('scheduled');
    clock.advance(1000);
    await vi.waitFor(() => expect(card('evening').status).toBe('open'));
    expect(card('evening')).toMatchObject({ clocks: { scheduled: NOW + HOUR }, cell: 0 });
    expect(card('evening').zero).toBe(card('evening').clocks.opened);
  });

  test('one announced for the next minutes opens at once', async () => {
    await create({ title: 'Soon', start: inMs(5 * MINUTE) });
    expect(card('soon')).toMatchObject({
      status: 'open',
      clocks: { scheduled: NOW + 5 * MINUTE, opened: NOW },
    });
  });

  test('an abandoned room ends by itself; one with somebody on stage does not', async () => {
    await create({ title: 'Empty' });
    await create({ title: 'Busy' });
    for (let i = 0; i < 130; i++) {
      rooms.onStage('busy', 1);
      rooms.onStage('empty', 0);
      clock.advance(MINUTE);
      await settle();
    }
    expect(card('empty').status).toBe('ended');
    expect(card('busy').status).toBe('open');
  });

  test('waiting for a late host counts from the announced start', async () => {
    await rooms[Symbol.asyncDispose]();
    rooms = await start({ openLead: 3 * HOUR });
    await create({ title: 'Late', start: inMs(3 * HOUR) });
    for (let i = 0; i < 4; i++) {
      clock.advance(HOUR);
      await settle();
    }
    expect(card('late').status).toBe('open');
  });

  test('setting the clock of the machine forward ends no room', async () => {
    await create({ title: 'Stepped' });
    clock.stepWall(5 * HOUR);
    clock.advance(2000);
    await settle();
    expect(card('stepped').status).toBe('open');
  });

  test('the first report of first audio and first speech stands', async () => {
    await create({ title: 'Clocks' });
    rooms.clocks('clocks', { firstAudio: NOW + 100 });
    rooms.clocks('clocks', { firstAudio: NOW + 900, firstSpeech: NOW + 500, opened: 1, ended: 2 });
    rooms.clocks('nowhere', { firstAudio: 1 });
    await vi.waitFor(() =>
      expect(card('clocks').clocks).toEqual({ opened: NOW, firstAudio: NOW + 100, firstSpeech: NOW + 500 }),
    );
  });
});

describe('a restart', () => {
  const restart = async (more: Partial<RoomsDeps> = {}): Promise<void> => {
    await rooms[Symbol.asyncDispose]();
    rooms = await start(more);
  };

  test('finds every room as it was', async () => {
    const { token } = await create({ title: 'On air', host: 'Ana' });
    await create({ title: 'Later', start: inMs(HOUR) });
    await ask('POST', '/api/rooms/on-air/live', undefined, token);
    rooms.clocks('on-air', { firstAudio: NOW + 5 });
    await vi.waitFor(() => expect(card('on-air').clocks.firstAudio).toBe(NOW + 5));
    const before = rooms.cards();
    await restart();
    expect(rooms.cards()).toEqual(before);
  });

  test('opens what fell due meanwhile', async () => {
    await create({ title: 'Due', start: inMs(HOUR) });
    await rooms[Symbol.asyncDispose]();
    clock.advance(HOUR);
    rooms = await start();
    expect(card('due').status).toBe('open');
  });

  test('with fewer cells moves rooms to one that exists, with the same program', async () => {
    await create({ title: 'One' });
    await create({ title: 'Two' });
    expect(card('two').cell).toBe(1);
    await restart({ cells: 1 });
    expect(card('two')).toMatchObject({ cell: 0, zero: NOW });
  });
});

describe('the demo room', () => {
  test('is live at once, made once, and outlives everything', async () => {
    await rooms.ensureWelcome();
    await rooms.ensureWelcome();
    expect(rooms.cards()).toHaveLength(1);
    expect(card('welcome')).toMatchObject({ status: 'live', welcome: true, zero: NOW, cell: 0 });
    clock.advance(5 * HOUR);
    await ask('GET', '/api/rooms');
    expect(card('welcome').status).toBe('live');
  });

  test('can be switched off and on again and keeps its program', async () => {
    await rooms.ensureWelcome();
    await rooms.ensureWelcome(false);
    expect(card('welcome').status).toBe('ended');
    clock.advance(HOUR);
    await rooms.ensureWelcome();
    expect(card('welcome')).toMatchObject({ status: 'live', zero: NOW });
    expect(card('welcome').clocks.ended).toBeUndefined();
  });
});

describe('reading', () => {
  test('anyone reads a room and the list, newest first, by status', async () => {
    await create({ title: 'One' });
    clock.advance(1);
    await create({ title: 'Two', start: inMs(HOUR) });
    const all = await ask('GET', '/api/rooms');
    expect((all.body.rooms as { slug: string }[]).map((r) => r.slug)).toEqual(['two', 'one']);
    const open = await ask('GET', '/api/rooms?status=open,live&limit=5');
    expect((open.body.rooms as { slug: string }[]).map((r) => r.slug)).toEqual(['one']);
    expect((await ask('GET', '/api/rooms/one')).body).toMatchObject({
      url: 'https://x.example/r/one',
      whip: 'https://x.example/r/one/whip',
      event: 'https://x.example/r/one/event.ics',
    });
    expect(refusal(await ask('GET', '/api/rooms?status=gone'))).toEqual([422, 'unprocessable']);
    expect(refusal(await ask('GET', '/api/rooms/nowhere'))).toEqual([404, 'room-unknown']);
  });

  test('nothing that anyone can read holds a token', async () => {
    const { token } = await create({ title: 'Quiet' });
    const read = await Promise.all(
      ['/api/rooms', '/api/rooms/quiet', '/r/quiet/event.ics'].map((p) => ask('GET', p)),
    );
    expect(JSON.stringify([read.map((r) => r.body), rooms.cards()])).not.toContain(token.split('.')[2]);
  });

  test('without a public address links follow the request', async () => {
    await rooms[Symbol.asyncDispose]();
    rooms = await start({ publicUrl: undefined });
    expect((await create({ title: 'Here' })).studio).toMatch(/^http:\/\/door\.internal\/r\/here\/studio#/);
  });

  test('other methods and addresses are named as such', async () => {
    const answer = await ask('DELETE', '/api/rooms');
    expect(refusal(answer)).toEqual([405, 'method-not-allowed']);
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD');
    expect(refusal(await ask('GET', '/api/nothing'))).toEqual([404, 'not-found']);
    expect(refusal(await ask('GET', '/api/rooms/%E0%A4%A'))).toEqual([404, 'room-unknown']);
  });

  test('the description names every address that is served', async () => {
    const { body } = await ask('GET', '/openapi.json');
    const paths = body.paths as Record<string, Record<string, unknown>>;
    await create({ title: 'Probe me' });
    for (const [path, entry] of Object.entries(paths)) {
      for (const method of ['get', 'post', 'patch', 'put', 'delete']) {
        const answer = await ask(method.toUpperCase(), path.replace('{slug}', 'probe-me'));
        expect([path, method, answer.status !== 405]).toEqual([path, method, method in entry]);
      }
    }
    expect(Object.keys(paths)).toHaveLength(9);
  });
});
