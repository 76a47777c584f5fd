import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { roomsRig } from '../../test/rooms.ts';
import { serveInner } from './inner-http.ts';

const rig = roomsRig();
const dir = mkdtempSync(join(tmpdir(), 'earshot-inner-'));
afterAll(() => rmSync(dir, { recursive: true }));
const socketPath = join(dir, 'site.http');

/** One request over the socket, its body in pieces without a length. */
const ask = (headers: Record<string, string>, ...pieces: string[]): Promise<[number, string]> =>
  new Promise((resolve, reject) => {
    const all = { host: 'x.example', 'content-type': 'application/json', ...headers };
    const call = request({ socketPath, method: 'POST', path: '/api/rooms', headers: all }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
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
