import { expect, test } from 'vitest';
import { ms } from '../../src/base/time.ts';
import { MAX_RETRY_DELAY, retryDelay } from './backoff.ts';
import { hangUp, isPassing, isRefusal, offer, type Refusal, restart } from './exchange.ts';
import { iceServersOf } from './ice-servers.ts';

type Call = { url: string; init: RequestInit };
const server = (answer: Response | Error) => {
  const calls: Call[] = [];
  const fake = async (url: string | URL | Request, init?: RequestInit) => {
    calls.push({ url: String(url), init: init ?? {} });
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { calls, fetch: fake as typeof fetch };
};
const refused = (fields: Partial<Refusal>): Refusal => ({
  refused: true,
  status: 409,
  code: 'http',
  detail: '',
  retryAfter: ms(0),
  ...fields,
});

test('an offer is posted with the link as Bearer, and the session is absolute', async () => {
  const headers = {
    location: '/r/x/whip/1',
    etag: '"e1"',
    link: '<turn:t.example:3478>; rel="ice-server"; username="u;1"; credential="p\\"q"; credential-type="password"',
  };
  const { calls, fetch } = server(new Response('v=0\r\n', { status: 201, headers }));
  const session = await offer('https://h.example/r/x/whip', 'v=0 offer', { token: 'T', fetch });
  expect(calls[0]?.init.method).toBe('POST');
  expect(calls[0]?.init.headers).toMatchObject({
    'content-type': 'application/sdp',
    authorization: 'Bearer T',
  });
  expect(session).toEqual({
    url: 'https://h.example/r/x/whip/1',
    etag: '"e1"',
    answer: 'v=0\r\n',
    iceServers: [{ urls: 'turn:t.example:3478', username: 'u;1', credential: 'p"q' }],
  });
});

test('a refusal carries the code, the words and the wait of the server', async () => {
  const body = JSON.stringify({ code: 'stage-full', detail: 'At most 12', title: 'The stage is full' });
  const { fetch } = server(new Response(body, { status: 503, headers: { 'retry-after': '10' } }));
  const answer = await offer('https://h.example/w', 'v=0', { token: 'T', fetch });
  expect(answer).toEqual(
    refused({ status: 503, code: 'stage-full', detail: 'At most 12', retryAfter: ms(10_000) }),
  );
});

test('a broken network, an answer without SDP and an HTML page are refusals, not exceptions', async () => {
  for (const reply of [
    new TypeError('offline'),
    new Response('<html>', { status: 201, headers: { location: '/x' } }),
    new Response('v=0', { status: 201 }),
    new Response('<html>busy</html>', { status: 502, headers: { 'retry-after': 'soon' } }),
  ])
    expect(isRefusal(await offer('https://h.example/w', 'v=0', { token: 'T', ...server(reply) }))).toBe(true);
});

test('temporary failures are retried; permanent ones are not', () => {
  for (const it of [
    { status: 0 },
    { status: 503 },
    { status: 429 },
    { code: 'room-not-open' },
    { code: 'session-unknown', status: 404 },
  ])
    expect(isPassing(refused(it)), JSON.stringify(it)).toBe(true);
  for (const it of [
    { code: 'already-on-stage' },
    { status: 401 },
    { status: 403 },
    { status: 410 },
    { status: 400 },
  ])
    expect(isPassing(refused(it)), JSON.stringify(it)).toBe(false);
});

test('a restart matches any state of the session; hanging up outlives the page', async () => {
  const session = { url: 'https://h.example/s', etag: undefined, answer: '', iceServers: [] };
  const first = server(new Response('a=ice-ufrag:x'));
  expect(await restart(session, 'frag', { token: 'T', fetch: first.fetch })).toBe('a=ice-ufrag:x');
  expect(first.calls[0]?.init.headers).toMatchObject({ 'if-match': '*' });
  const second = server(new Response(null, { status: 200 }));
  await hangUp(session, { token: 'T', fetch: second.fetch });
  expect(second.calls[0]?.init).toMatchObject({ method: 'DELETE', keepalive: true });
});

test('Link headers that are not ICE servers, or TURN without its secret, are passed over', () => {
  expect(
    iceServersOf('<https://x>; rel="ice-server", <stun:s:1>; rel=ice-server, <stun:t>; rel="help"'),
  ).toEqual([{ urls: 'stun:s:1' }]);
  expect(iceServersOf('<turn:t>; rel="ice-server"; username="u"')).toEqual([]);
  expect(iceServersOf(null)).toEqual([]);
  expect(
    iceServersOf(Array.from({ length: 50 }, (_, i) => `<stun:s${i}>; rel=ice-server`).join(',')),
  ).toHaveLength(8);
});

test('the first five tries come within 3 s of the loss, later ones never faster than half their base', () => {
  const slowest = [0, 1, 2, 3].reduce((sum, attempt) => sum + retryDelay(attempt, ms(0), () => 1), 0);
  expect(slowest).toBeLessThan(3_000);
  expect(retryDelay(0, ms(0), () => 1)).toBeLessThan(100);
  for (let attempt = 0; attempt < 60; attempt++)
    expect(retryDelay(attempt, ms(0), () => 1)).toBeLessThanOrEqual(MAX_RETRY_DELAY);
  expect(retryDelay(20, ms(0), () => 0)).toBe(MAX_RETRY_DELAY / 2);
});

test('a server that says when to come back is not asked before, and not by everyone at once', () => {
  expect(retryDelay(0, ms(10_000), () => 0)).toBe(10_000);
  expect(retryDelay(0, ms(10_000), () => 1)).toBe(12_500);
});
