import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { ms } from '../base/time.ts';
import { open, type Store } from '../store/index.ts';
import { MOST_OF_CALLER } from './repeat-store.ts';
import { type Fetch, repeatable, rowIdOf } from './repeats.ts';

const KEY = '0197f3b0-5b1c-7cc2-a9a5-5a8f4b3d2e11';
let store: Store;
let clock = manualClock();
let done: string[];
let answer: (request: Request) => Promise<Response>;
let fetch: Fetch;

const opened = (): Fetch =>
  repeatable(
    { store, clock, key: new Uint8Array(32).fill(1), trouble: (error) => store.fault(error) !== undefined },
    (request) => answer(request),
  );
beforeEach(async () => {
  clock = manualClock();
  store = await open({ url: 'sqlite::memory:' });
  done = [];
  answer = async (request) => {
    done.push(await request.text());
    return Response.json({ made: done.length }, { status: 201, headers: { location: '/api/rooms/x' } });
  };
  fetch = opened();
});
afterEach(() => store[Symbol.asyncDispose]());

const post = (body: string, headers: Record<string, string> = {}, path = '/api/rooms'): Promise<Response> =>
  fetch(
    new Request(`http://x${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'idempotency-key': KEY, ...headers },
    }),
  );
const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as { code: string }).code,
];

test('the same request with the same key is done once and answered twice alike', async () => {
  const first = await post('{"a":1}');
  const again = await post('{"a":1}', { 'idempotency-key': `"${KEY}"` });
  expect(done).toEqual(['{"a":1}']);
  expect([again.status, await again.text(), again.headers.get('location')]).toEqual([
    ...[201, await first.text(), '/api/rooms/x'],
  ]);
  expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
});

test('without a key everything is done each time', async () => {
  const sent = () => fetch(new Request('http://x/api/rooms', { method: 'POST', body: '{}' }));
  await sent();
  await sent();
  expect(done).toHaveLength(2);
});

test('the same key with another body or at another address is refused', async () => {
  await post('{"a":1}');
  expect(await codeOf(await post('{"a":2}'))).toEqual([422, 'repeat-differs']);
  expect(await codeOf(await post('{"a":1}', {}, '/api/rooms/x/invites'))).toEqual([422, 'repeat-differs']);
  expect(done).toHaveLength(1);
});

test('a key belongs to its caller: nobody gets the answer of somebody else', async () => {
  await post('{}', { authorization: 'Bearer a' });
  const other = await post('{}', { authorization: 'Bearer b' });
  expect(await other.json()).toEqual({ made: 2 });
  const network = await post('{}', { 'x-forwarded-for': '192.0.2.1' });
  expect(await network.json()).toEqual({ made: 3 });
});

test('while the first is being answered, the same request is told to wait, another is refused', async () => {
  let finish = (): void => {};
  answer = () => new Promise((resolve) => (finish = () => resolve(Response.json({}))));
  const first = post('{}');
  // Until the first has reached the part that answers.
  while (!(await store.db.selectFrom('repeat').select('id').executeTakeFirst())) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
  const second = await post('{}');
  expect(second.headers.get('retry-after')).toBe('1');
  expect(await codeOf(second)).toEqual([409, 'repeat-running']);
  expect(await codeOf(await post('{"b":1}'))).toEqual([422, 'repeat-differs']);
  finish();
  expect((await first).status).toBe(200);
});

test('a refusal is not kept: the same key may be used for the corrected request', async () => {
  const well = answer;
  answer = async () => Response.json({}, { status: 422 });
  expect((await post('{"bad":1}')).status).toBe(422);
  answer = well;
  expect((await post('{"good":1}')).status).toBe(201);
});

test('when the process dies in between, the repeat is done under the same row id', async () => {
  const ids: (string | undefined)[] = [];
  answer = async (request) => {
    ids.push(rowIdOf(request));
    return new Promise(() => undefined);
  };
  void post('{}');
  while (ids.length === 0) await new Promise((resolve) => setImmediate(resolve));
  // A new process on the same database.
  fetch = opened();
  answer = async (request) => {
    ids.push(rowIdOf(request));
    return Response.json({});
  };
  expect((await post('{}')).status).toBe(200);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(ids[1]).toBe(ids[0]);
});

test('nobody outside chooses a row id', async () => {
  let seen: string | undefined = 'unasked';
  answer = async (request) => {
    seen = rowIdOf(request);
    return Response.json({});
  };
  await fetch(
    new Request('http://x/api/rooms', { method: 'POST', body: '{}', headers: { 'earshot-row-id': 'mine' } }),
  );
  expect(seen).toBeUndefined();
});

test('after a day the key is free', async () => {
  await post('{}');
  clock.advance(ms(86_400_001));
  expect(await (await post('{}')).json()).toEqual({ made: 2 });
  expect(await store.db.selectFrom('repeat').select('id').execute()).toHaveLength(1);
});

test('one caller keeps at most 1,000 answers, and pushes out nobody else', async () => {
  await post('{}', { authorization: 'other' });
  for (let i = 0; i <= MOST_OF_CALLER; i += 1) {
    clock.advance(ms(1));
    await post('{}', { authorization: 'me', 'idempotency-key': `key-of-many-${String(i).padStart(8, '0')}` });
  }
  expect(await store.db.selectFrom('repeat').select('id').execute()).toHaveLength(MOST_OF_CALLER + 1);
  expect((await post('{}', { authorization: 'other' })).headers.get('idempotency-replayed')).toBe('true');
});

test('what is kept can be read by nobody who has only the database', async () => {
  answer = async () => Response.json({ token: 'secret-of-a-host' });
  await post('{}');
  const [row] = await store.db.selectFrom('repeat').selectAll().execute();
  expect(Buffer.from(row?.answer ?? '', 'base64url').includes('secret')).toBe(false);
  expect(JSON.stringify(row)).not.toContain(KEY);
});

test.each(['short', 'x'.repeat(256), 'with a space in it'])('the key "%s" is refused', async (key) => {
  expect(await codeOf(await post('{}', { 'idempotency-key': key }))).toEqual([422, 'unprocessable']);
});

test('an answer that sets a cookie is given once', async () => {
  answer = async () => {
    done.push('');
    return new Response('{}', { headers: { 'set-cookie': 'a=b' } });
  };
  await post('{}');
  await post('{}');
  expect(done).toHaveLength(2);
});
