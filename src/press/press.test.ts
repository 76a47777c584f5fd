import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { openPressServer, type PressServer, pressReply } from './index.ts';

let dir: string;
let folder: string;
let server: PressServer | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'press-'));
  folder = join(dir, 'press');
  mkdirSync(join(folder, 'incidents', '1'), { recursive: true });
  writeFileSync(join(folder, 'incidents.html'), 'all');
  writeFileSync(join(folder, 'incidents.fr.html'), 'tous');
  writeFileSync(join(folder, 'incidents', '1.html'), 'one');
  writeFileSync(join(folder, 'incidents', '1.fr.html'), 'un');
  writeFileSync(join(folder, 'incidents', '.draft'), 'half');
  writeFileSync(join(folder, 'incidents', '1', 'hall.bundle'), 'x'.repeat(700_000));
  writeFileSync(join(dir, 'secret'), 'secret');
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const start = async (clock: Clock = systemClock): Promise<PressServer> => {
  server = await openPressServer({
    ...{ folder, socketPath: join(dir, 'press.http'), port: 0, host: '127.0.0.1' },
    keeping: { clock, log: silentLog },
  });
  return server;
};
/** What is answered to a path as it stands, which fetch would tidy up. */
const asked = (path: string, port?: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const to = port === undefined ? { socketPath: join(dir, 'press.http') } : { port, host: '127.0.0.1' };
    request({ ...to, path }, (answer) => resolve(answer.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });

test('a page is given in the language of whoever asks, and a file as it is named', async () => {
  const { port } = await start();
  const url = `http://127.0.0.1:${port}`;
  const text = async (path: string, language: string): Promise<string> =>
    (await fetch(url + path, { headers: { 'accept-language': language } })).text();
  expect(await text('/incidents', 'fr')).toBe('tous');
  expect(await text('/incidents/1', 'en')).toBe('one');
  expect(await text('/incidents/1.fr.html', 'en')).toBe('un');
  expect((await (await fetch(`${url}/incidents/1/hall.bundle`)).text()).length).toBe(700_000);
  const head = await fetch(`${url}/incidents/1`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-security-policy')?.includes("default-src 'none'")]).toEqual([
    200,
    true,
  ]);
  const tag = head.headers.get('etag') ?? '';
  expect((await fetch(`${url}/incidents/1`, { headers: { 'if-none-match': tag } })).status).toBe(304);
  expect(await asked('/incidents')).toBe(200);
});

test('nothing outside the folder is given, nothing hidden, and nothing is taken', async () => {
  const { port } = await start();
  symlinkSync(join(dir, 'secret'), join(folder, 'incidents', 'link.txt'));
  for (const path of [
    ...['/incidents/../../secret', '/incidents/..%2f..%2fsecret', '/incidents/.draft', '/secret'],
    ...[
      '/incidents/',
      '/incidents/1/',
      '/incidents/1/hall',
      `/incidents/${'x'.repeat(300)}`,
      '/incidents/%00',
    ],
  ])
    expect([path, await asked(path, port)]).toEqual([path, 404]);
  expect((await fetch(`http://127.0.0.1:${port}/incidents/1`, { method: 'POST', body: 'x' })).status).toBe(
    405,
  );
});

test('the same files are answered without the server, for doors that find it away', async () => {
  const { status, body } = await pressReply(folder, { path: '/incidents/1', language: 'fr' });
  expect([status, String(body)]).toEqual([200, 'un']);
  expect((await pressReply(folder, { path: '/incidents/2' })).status).toBe(404);
});

test('a network has 64 connections at most, and a head is not endless', async () => {
  const { port = 0 } = await start();
  const sockets: Socket[] = [];
  const opened = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      sockets.push(socket);
      let answered = false;
      socket.on('data', () => {
        answered = true;
        resolve(true);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answered));
      socket.write('GET /incidents HTTP/1.1\r\nHost: a\r\n\r\n');
    });
  const all: boolean[] = [];
  for (let i = 0; i < 66; i += 1) all.push(await opened());
  for (const socket of sockets) socket.destroy();
  expect(all.filter(Boolean)).toHaveLength(64);
  expect(all.slice(-2)).toEqual([false, false]);
  const large = await fetch(`http://127.0.0.1:${port}/incidents`, { headers: { x: 'y'.repeat(9_000) } });
  expect(large.status).toBe(431);
});

test('who stops reading is let go after 15 s', async () => {
  writeFileSync(join(folder, 'incidents', '1', 'long.bundle'), Buffer.alloc(32 * 1024 * 1024, 'x'));
  const clock = manualClock();
  const { port = 0 } = await start(clock);
  const reader = connect({ port, host: '127.0.0.1' });
  const closed = new Promise<void>((resolve) => reader.on('close', () => resolve()));
  reader.on('error', () => undefined);
  reader.write('GET /incidents/1/long.bundle HTTP/1.1\r\nHost: a\r\n\r\n');
  await new Promise((resolve) => reader.once('data', resolve));
  reader.pause();
  // What the system keeps for it is sent first; then nothing moves any more. Who does not read learns of the end by writing.
  const looking = setInterval(() => {
    clock.advance(15_000);
    reader.write('\r\n');
  }, 100);
  await closed;
  clearInterval(looking);
  expect(reader.bytesRead).toBeLessThan(32 * 1024 * 1024);
});
