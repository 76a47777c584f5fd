import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../../test/certificate.ts';
import { fakeOrigin, openTestDoor, wire } from '../../test/door.ts';
import { problem } from '../base/reply.ts';
import { ADDRESSES, type Address } from '../http/index.ts';
import { LIMITS } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-cross-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What came back: the status, and the head by name. */
interface Answer {
  readonly status: number;
  readonly head: Readonly<Record<string, string>>;
}
async function ask(port: number, method: string, path: string, fields = ''): Promise<Answer> {
  const w = wire(port, `${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${fields}\r\n`);
  while (!w.text().includes('\r\n\r\n') && w.ended === undefined) await new Promise((r) => setTimeout(r, 2));
  const [first = '', ...lines] = w.text().split('\r\n\r\n')[0]?.split('\r\n') ?? [];
  w.socket.destroy();
  const head = lines.map((line) => [
    line.slice(0, line.indexOf(':')).toLowerCase(),
    line.slice(line.indexOf(':') + 2),
  ]);
  return { status: Number(first.slice(9, 12)), head: Object.fromEntries(head) };
}
const PREFLIGHT = (method: string, names: string): string =>
  `Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: ${method}\r\nAccess-Control-Request-Headers: ${names}\r\n`;
const CMCD = 'cmcd-object,cmcd-request,cmcd-session,cmcd-status,x-anything';

/** These need no leave as methods: what they carry does. Spec: Fetch, 2.2.1. */
const SAFELISTED = ['GET', 'HEAD', 'POST'];
/** What a browser would do with the answer to a preflight. Spec: Fetch, 4.8. */
function leave({ status, head }: Answer, method: string, names: string): boolean {
  const list = (name: string): string[] =>
    (head[name] ?? '').split(',').map((one) => one.trim().toLowerCase());
  const open = head['access-control-allow-origin'] === '*' && status >= 200 && status < 300;
  const fields = list('access-control-allow-headers');
  const allowed = names
    .split(',')
    .every((name) => fields.includes(name) || (fields.includes('*') && name !== 'authorization'));
  const methods = list('access-control-allow-methods');
  return open && allowed && (SAFELISTED.includes(method) || methods.includes(method.toLowerCase()));
}
/** Examples of the table, in the one room of the fake origin. */
const paths = (picks: (address: Address) => boolean): string[] =>
  ADDRESSES.filter(picks).flatMap(({ examples }) => examples.map((path) => path.replace('hall', 'room')));

test('a page of another origin may GET with any header at every public address, whether it exists or not', async () => {
  await using door = await openTestDoor(fakeOrigin());
  const open = [
    ...paths(({ cors }) => cors === 'reads'),
    '/r/nobody/live/main.m3u8',
    '/r/nobody/stream',
    '/nowhere',
  ];
  for (const path of open) {
    const answer = await ask(door.port, 'OPTIONS', path, PREFLIGHT('GET', CMCD));
    expect([path, answer.status, leave(answer, 'GET', CMCD)]).toEqual([path, 204, true]);
    expect(Number(answer.head['access-control-max-age'])).toBeGreaterThan(3_600);
    expect(answer.head).not.toHaveProperty('access-control-allow-credentials');
    expect(answer.head).not.toHaveProperty('content-length');
  }
});

test('sound may also be requested with a token, the API may not; no other origin may write to it', async () => {
  await using door = await openTestDoor(fakeOrigin());
  const stream = await ask(door.port, 'OPTIONS', '/r/room/stream', PREFLIGHT('GET', 'authorization,range'));
  expect(leave(stream, 'GET', 'authorization,range')).toBe(true);
  const readOnly = new Set(paths(({ methods }) => methods.every((method) => method === 'GET')));
  for (const path of paths(({ owner, cors }) => owner === 'site' && cors === 'reads')) {
    const token = await ask(door.port, 'OPTIONS', path, PREFLIGHT('GET', 'authorization'));
    expect([path, leave(token, 'GET', 'authorization')]).toEqual([path, false]);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const names of [
        'content-type',
        'authorization,content-type',
        `content-type,${'x'.repeat(5_000)}`,
      ]) {
        const answer = await ask(door.port, 'OPTIONS', path, PREFLIGHT(method, names));
        expect([path, method, names, leave(answer, method, names)]).toEqual([path, method, names, false]);
      }
      // Leave for a field is kept by browsers whatever the method was.
      if (readOnly.has(path)) continue;
      for (const names of [
        'content-type',
        'authorization',
        'x-a,content-type',
        'no name',
        'x'.repeat(5_000),
      ]) {
        const answer = await ask(door.port, 'OPTIONS', path, PREFLIGHT('GET', names));
        expect([path, names, leave(answer, 'POST', 'content-type')]).toEqual([path, names, false]);
      }
    }
  }
  for (const path of paths(({ cors }) => cors === 'own')) {
    const answer = await ask(door.port, 'OPTIONS', path, PREFLIGHT('GET', 'x-a'));
    expect([path, answer.status, leave(answer, 'GET', 'x-a')]).toEqual([path, 204, false]);
    expect((await ask(door.port, 'GET', path)).head).not.toHaveProperty('access-control-allow-origin');
  }
});

test('a microphone in a page of another origin is permitted, even when its room is over', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const names = 'authorization,content-type';
  for (const status of ['live', 'ended'] as const) {
    const card = origin.rooms.get('room');
    if (card) origin.rooms.set('room', { ...card, status });
    for (const path of ['/r/room/whip', '/r/room/whep', '/r/room/backstage'])
      expect([
        path,
        leave(await ask(door.port, 'OPTIONS', path, PREFLIGHT('POST', names)), 'POST', names),
      ]).toEqual([path, true]);
    const session = await ask(
      door.port,
      'OPTIONS',
      '/r/room/whip/abc',
      PREFLIGHT('PATCH', `${names},if-match`),
    );
    expect(leave(session, 'PATCH', `${names},if-match`)).toBe(true);
  }
  const over = await ask(door.port, 'POST', '/r/room/whip', 'Content-Length: 0\r\n');
  expect([over.status, over.head['access-control-allow-origin']]).toEqual([410, '*']);
});

test('every answer and every refusal may be read by a page of another origin, with what it says in its head', async () => {
  const origin = fakeOrigin();
  origin.tick();
  origin.answers = async (path) =>
    path.endsWith('.m3u8')
      ? {
          status: 200,
          headers: { 'content-type': 'application/vnd.apple.mpegurl', 'cache-control': 'public, max-age=1' },
          body: '#EXTM3U',
        }
      : problem('room-not-open');
  const socketPath = join(folder, 'refusing');
  const refusing = createServer((_, res) => void res.writeHead(404).end());
  await new Promise<void>((resolve) => refusing.listen(socketPath, resolve));
  await using door = await openTestDoor(origin, { site: { socketPath } });
  const asked: [string, string, number?][] = [
    ...paths(({ cors }) => cors === 'reads').map((path): [string, string] => ['GET', path]),
    ...paths(({ cors, methods }) => cors === 'reads' && methods.includes('GET')).map(
      (path): [string, string] => ['HEAD', path],
    ),
    ...([
      ['GET', '/nowhere', 404],
      ['GET', '/r/nobody', 404],
      ['GET', '/r/a/../b', 404],
    ] as [string, string, number][]),
  ];
  for (const [method, path, status] of asked) {
    const { head, ...answer } = await ask(door.port, method, path);
    expect([method, path, head['access-control-allow-origin']]).toEqual([method, path, '*']);
    expect([path, head['access-control-expose-headers']]).toEqual([
      path,
      expect.stringMatching(/retry-after/),
    ]);
    expect(head['cross-origin-resource-policy']).toBe('cross-origin');
    expect(head['x-content-type-options']).toBe('nosniff');
    expect(head).not.toHaveProperty('access-control-allow-credentials');
    if (status) expect([path, answer.status]).toEqual([path, status]);
  }
  const list =
    (await ask(door.port, 'GET', '/r/room/live/opus64.m3u8')).head['access-control-expose-headers'] ?? '';
  for (const name of ['content-range', 'etag', 'content-length', 'date', 'link', 'location', 'retry-after'])
    expect(list.split(', ')).toContain(name);
  expect((await ask(door.port, 'GET', '/r/room/radio.mp3')).head['access-control-expose-headers']).toContain(
    'icy-name',
  );
});

test('what is refused before it is read, too: malformed, too large, too many', async () => {
  await using door = await openTestDoor(fakeOrigin(), {
    limits: { ...LIMITS, busyFrom: Number.POSITIVE_INFINITY, connections: 16 },
  });
  for (const [path, fields, status] of [
    ['/r/room/stream', 'Host: y\r\n', 400],
    ['/r/room/live/opus64.m3u8', 'Host: y\r\n', 400],
    ['/r/room/state.json', `X: ${'y'.repeat(70_000)}\r\n`, 431],
    ['/r/room/stream', `X: ${'y'.repeat(70_000)}\r\n`, 431],
  ] as const) {
    const answer = await ask(door.port, 'GET', path, fields);
    expect([path, answer.status, answer.head['access-control-allow-origin']]).toEqual([path, status, '*']);
  }
});

test('a write to the API is answered to our own pages alone, whatever comes of it', async () => {
  const socketPath = join(folder, 'site');
  const site = createServer(
    (req, res) => void res.setHeader('access-control-allow-origin', '*').end(req.method),
  );
  await new Promise<void>((resolve) => site.listen(socketPath, resolve));
  await using door = await openTestDoor(fakeOrigin(), { site: { socketPath } });
  const from = 'Origin: https://elsewhere.example\r\nContent-Length: 0\r\n';
  for (const [method, path] of [
    ['POST', '/api/rooms'],
    ['PATCH', '/api/rooms/room'],
    ['PUT', '/api/rooms/room/music'],
  ] as const)
    expect((await ask(door.port, method, path, from)).head).not.toHaveProperty('access-control-allow-origin');
  expect((await ask(door.port, 'GET', '/api/rooms', from)).head['access-control-allow-origin']).toBe('*');
  site.close();
});

test('a health check by a proxy is answered', async () => {
  await using door = await openTestDoor(fakeOrigin());
  for (const [method, path] of [
    ...(['/', '*', '/healthz', '/r/room'] as const).map((path) => ['OPTIONS', path] as const),
  ]) {
    for (const version of ['1.0', '1.1']) {
      const w = wire(
        door.port,
        `${method} ${path} HTTP/${version}\r\n${version === '1.1' ? 'Host: x\r\nConnection: close\r\n' : ''}\r\n`,
      );
      await w.closed;
      expect([path, version, w.text().slice(9, 12)]).toEqual([path, version, '204']);
    }
  }
  expect((await ask(door.port, 'OPTIONS', '/r/room/stream')).head.allow).toBe('GET, HEAD, OPTIONS');
});

test('HEAD works wherever GET does, with the same head and no body', async () => {
  const origin = fakeOrigin();
  origin.tick();
  origin.answers = async () => ({
    status: 200,
    headers: { etag: '"1"', 'cache-control': 'public, max-age=1' },
    body: 'seven b',
  });
  await using door = await openTestDoor(origin);
  for (const path of paths(
    ({ methods, owner }) => methods.includes('GET') && (owner === 'door' || owner === 'origin'),
  )) {
    const [get, head] = [await ask(door.port, 'GET', path), await ask(door.port, 'HEAD', path)];
    expect([path, head.status, head.head['content-length'], head.head.etag]).toEqual([
      ...[path, get.status, get.head['content-length'], get.head.etag],
    ]);
  }
});

test('HSTS is sent by a door that speaks TLS, under the https address that people use, and nowhere else', async () => {
  const certificate = selfSigned('rooms.example');
  const files = writeCertificate(folder, certificate);
  const tls = { files, later: false, secret: Buffer.alloc(32, 7) };
  const said = async (
    publicUrl: string | undefined,
    host: string,
    secure: boolean,
    hsts?: 'off' | 'name' | 'subdomains',
  ): Promise<string | undefined> => {
    await using door = await openTestDoor(fakeOrigin(), {
      ...(publicUrl ? { publicUrl } : {}),
      ...(hsts ? { hsts } : {}),
      ...(secure ? { tls } : {}),
    });
    return await new Promise((resolve, reject) => {
      const get = secure ? getSecure : getPlain;
      const options = {
        port: door.port,
        host: '127.0.0.1',
        headers: { host },
        rejectUnauthorized: false,
        agent: false,
      };
      get(options, (res) => resolve(res.resume().headers['strict-transport-security'])).on('error', reject);
    });
  };
  const year = 'max-age=31536000';
  expect(await said('https://rooms.example', 'rooms.example', true)).toBe(year);
  expect(await said('https://rooms.example', 'rooms.example', true, 'subdomains')).toBe(
    `${year}; includeSubDomains`,
  );
  // Whoever was told before has to be told again to forget it.
  expect(await said('https://rooms.example', 'rooms.example', true, 'off')).toBe('max-age=0');
  expect(await said('https://rooms.example', 'Rooms.Example:8443', true)).toMatch(/^max-age=\d+$/);
  expect(await said('https://rooms.example', 'other.example', true)).toBeUndefined();
  expect(await said('https://rooms.example', 'rooms.example', false)).toBeUndefined();
  expect(await said('http://rooms.example', 'rooms.example', true)).toBeUndefined();
  expect(await said(undefined, 'rooms.example', true)).toBeUndefined();
});

test('an unlisted proxy on this machine is counted, because nobody behind it is limited', async () => {
  await using door = await openTestDoor(fakeOrigin());
  await ask(door.port, 'GET', '/healthz', 'X-Forwarded-For: 203.0.113.9\r\n');
  expect(door.metrics()).toMatch(/unlisted_proxy_requests_total 1/);
  await using listed = await openTestDoor(fakeOrigin(), { trustedProxies: ['127.0.0.1'] });
  await ask(listed.port, 'GET', '/healthz', 'X-Forwarded-For: 203.0.113.9\r\n');
  expect(listed.metrics()).toMatch(/unlisted_proxy_requests_total 0/);
});
