import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { english } from '../words/english.ts';
import { french } from '../words/french.ts';
import { complaintsOf, type HostActions, openHostActions, reasonOf } from './host-actions.ts';

let answer: { status: number; body?: object } | 'broken';
let sent: string[];
let said: string[];
let actions: HostActions;
let token: string;

beforeEach(() => {
  [answer, sent, said, token] = [{ status: 200, body: {} }, [], [], 'T'];
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    const bearer = (init.headers as Record<string, string>)['authorization'];
    sent.push(`${init.method} ${url} ${bearer} ${init.body ?? ''}`);
    if (answer === 'broken') throw new TypeError('no');
    return new Response(answer.body ? JSON.stringify(answer.body) : null, { status: answer.status });
  });
  actions = openHostActions({
    slug: 'r',
    token: () => token,
    renewed: (next) => {
      token = next;
    },
    words: () => english,
    say: (text) => said.push(text),
    changed: () => sent.push('look'),
  });
});
afterEach(() => void vi.unstubAllGlobals());

const DAY = 86_400_000;
test('what is wrong with a title or a time is said under its field, before any request', async () => {
  const wrong = (wish: { title?: string; start?: number }) => complaintsOf(wish, 10 * DAY, english);
  expect(wrong({ title: '  ' })).toEqual({ title: english.titleMissing });
  expect(wrong({ title: '\u{1f600}'.repeat(140), start: 11 * DAY })).toBeUndefined();
  expect(wrong({ title: 'a'.repeat(141), start: Number.NaN })).toEqual({
    title: english.titleLong,
    start: english.startMissing,
  });
  expect(wrong({ start: 10 * DAY })).toEqual({ start: english.startPast });
  expect(wrong({ start: 400 * DAY })).toEqual({ start: english.startFar });
  expect(await actions.announce({ start: 1 }, 10 * DAY)).toEqual({ start: english.startPast });
  expect(sent).toEqual([]);
});

test('a new title and time travel together, and the room is looked at again', async () => {
  expect(await actions.announce({ title: ' New ', start: 11 * DAY }, 10 * DAY)).toBeUndefined();
  expect(sent).toEqual([
    'PATCH /api/rooms/r Bearer T {"title":"New","start":"1970-01-12T00:00:00.000Z"}',
    'look',
  ]);
});

test('the server’s own complaints are put in the page’s words', async () => {
  const refuse = async (status: number, code: string, detail: string) => {
    answer = { status, body: { code, detail } };
    return actions.announce({ title: 'x', start: 11 * DAY }, 10 * DAY);
  };
  expect(await refuse(422, 'unprocessable', 'start: use a time between now and a year from now')).toEqual({
    start: english.startPast,
  });
  expect(await refuse(422, 'unprocessable', 'title: use 1 to 140 characters')).toEqual({
    title: english.titleLong,
  });
  expect(await refuse(409, 'wrong-moment', 'The room has opened')).toEqual({ start: english.startOpen });
  expect(await refuse(503, 'site-away', '')).toEqual({ other: english.refusals['site-away'] });
  expect(await refuse(412, 'etag-mismatch', '')).toEqual({ other: english.settings.changed });
  answer = 'broken';
  expect(await actions.announce({ title: 'x' }, 0)).toEqual({ other: english.refusals['network'] });
});

test('one action at a time; what did not work is reported', async () => {
  const [first, second] = [actions.change('live'), actions.change('standby')];
  expect(actions.busy.value).toBe('live');
  expect(await Promise.all([first, second])).toEqual([true, false]);
  expect(actions.busy.value).toBeUndefined();
  expect(sent).toEqual(['POST /api/rooms/r/live Bearer T {}', 'look']);
  answer = { status: 410, body: { code: 'room-ended', detail: 'English of the server' } };
  expect(await actions.change('standby')).toBe(false);
  expect(said.at(-1)).toContain(english.refusals['room-ended']);
});

test('an invitation whose guest was removed leaves the list, and all of them when the links are replaced', async () => {
  const invite = async (speaker: string) => {
    answer = { status: 201, body: { url: `https://h/r/r/studio#token=${speaker}`, speaker } };
    await actions.invite(speaker);
  };
  await invite('ben');
  await invite('zoe');
  actions.forgetInvite('ben');
  expect(actions.invites.value.map((it) => it.id)).toEqual(['zoe']);
  answer = { status: 201, body: { token: 'NEW' } };
  expect(await actions.renewLinks()).toBe(true);
  expect([token, actions.invites.value]).toEqual(['NEW', []]);
  await actions.change('live');
  expect(sent.at(-2)).toContain('Bearer NEW');
});

test('an invitation says until when its link is good', async () => {
  const claims = btoa(JSON.stringify({ sub: 'ben', exp: 1_800_000_000 }));
  answer = {
    status: 201,
    body: { url: 'https://h/r/r/studio#token=x', token: `x.${claims}.x`, speaker: 'ben' },
  };
  await actions.invite('Ben');
  expect(actions.invites.value[0]).toMatchObject({ id: 'ben', until: 1_800_000_000_000 });
});

test('a recording is removed with an empty request', async () => {
  answer = { status: 204 };
  expect(await actions.removeRecording()).toBe(true);
  expect(sent).toEqual(['DELETE /api/rooms/r/recording Bearer T ']);
});

test('every refusal that has words has them in both languages', () => {
  expect(Object.keys(french.refusals)).toEqual(Object.keys(english.refusals));
  const why = {
    refused: true,
    status: 409,
    code: 'odd',
    detail: 'Said by the server',
    retryAfter: 0,
  } as const;
  expect(reasonOf(english, why as never)).toBe('Said by the server');
  const mixed = 'name: use letters of one alphabet in each word';
  expect(reasonOf(french, { ...why, code: 'unprocessable', detail: mixed } as never)).toBe(french.nameMixed);
});
