import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { roomsRig } from '../../test/rooms.ts';
import { repeatable } from '../api/index.ts';
import { silentLog } from '../base/log.ts';
import { open } from '../store/index.ts';
import { serveInner } from './inner-http.ts';

const rig = roomsRig();
const dir = mkdtempSync(join(tmpdir(), 'earshot-inner-'));
afterAll(() => rmSync(dir, { recursive: true }));
const socketPath = join(dir, 'site.http');

/** One request over the socket, its body in pieces without a length. */
const ask = (headers: Record<string, string>, ...pieces: string[]): Promise<[number, string]> =>
  new Promise((resolve, reject) => {
    const all = { host: 'x.example', 'content-type': 'application/json', ...headers };
    const call = request(
      { socketPath, method: 'POST', path: '/api/rooms', headers: all, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
      },
    );
    call.on('error', reject);
    for (const piece of pieces) call.write(piece);
    call.end();
  });

test('a body in chunks starts a room, and is measured while it comes', async () => {
  await using _server = await serveInner(socketPath, (r) => rig.rooms.fetch(r));
  expect((await ask({}, '{"title":', '"In pieces"}'))[0]).toBe(201);
  expect(rig.card('in-pieces').title).toBe('In pieces');
  const long = await ask({}, '"', 'a'.repeat(17_000), '"');
  expect([long[0], JSON.parse(long[1]).code]).toEqual([413, 'too-large']);
});

test('a request with a key is done once, and nobody outside chooses its row', async () => {
  await using store = await open({ url: 'sqlite::memory:' });
  const kept = { store, clock: manualClock(), key: new Uint8Array(32), trouble: () => false };
  await using _server = await serveInner(
    socketPath,
    repeatable(kept, (r) => rig.rooms.fetch(r)),
  );
  const key = { 'idempotency-key': 'a-key-of-some-length' };
  const first = await ask(key, '{"title":', '"Made once"}');
  expect(first[0]).toBe(201);
  expect(await ask(key, '{"title":"Made once"}')).toEqual(first);
  expect(rig.rooms.cards().filter(({ title }) => title === 'Made once')).toHaveLength(1);
  expect((await ask({ 'earshot-row-id': 'mine' }, '{"title":', '"Row of mine"}'))[0]).toBe(201);
});

test('answers again after its file was removed, and finishes requests that had begun', async () => {
  const clock = manualClock();
  let answer = (_text: string): void => undefined;
  const slow = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const fetch = async (request: Request): Promise<Response> =>
    new Response(new URL(request.url).pathname === '/slow' ? await slow : 'at once');
  const get = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = { socketPath, path, agent: false, headers: { host: 'x.example' } };
      const call = request(options, (reply) => {
        let text = '';
        reply.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        reply.on('end', () => resolve(text));
      });
      call.on('error', reject).end();
    });
  await using _server = await serveInner(socketPath, fetch, { clock, log: silentLog });
  const begun = get('/slow');
  expect(await get('/')).toBe('at once');
  rmSync(socketPath);
  await expect(get('/')).rejects.toThrow('ENOENT');
  clock.advance(2_000);
  while (!existsSync(socketPath)) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(await get('/')).toBe('at once');
  answer('late');
  expect(await begun).toBe('late');
});
