import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, expect, test, vi } from 'vitest';
import { fakeOrigin, grace, openTestDoor, pause, until, wire } from '../../../test/door.ts';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { LIMITS, loadAssets } from '../index.ts';

const run = mkdtempSync(join(tmpdir(), 'earshot-door-'));
afterAll(() => rmSync(run, { recursive: true }));
const codeOf = async (reply: Response): Promise<string> => ((await reply.json()) as { code: string }).code;
const get = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

/** A process behind the door, on a UNIX socket. */
async function behind(
  name: string,
  handle: Parameters<typeof createServer>[1],
): Promise<{ socketPath: string; server: Server } & AsyncDisposable> {
  const socketPath = join(run, name);
  const server = createServer({}, handle);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('pages are the same bytes for everyone, compressed once, with an entity tag and a strict policy', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const url = `http://127.0.0.1:${door.port}`;
  const plain = await fetch(`${url}/r/room`, { headers: { 'accept-encoding': 'identity' } });
  const html = await plain.text();
  expect(plain.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(plain.headers.get('cache-control')).toBe('public, max-age=1');
  const policy = plain.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(plain.headers.get('permissions-policy')).toContain('microphone=(self)');
  expect(plain.headers.get('x-content-type-options')).toBe('nosniff');
  expect(html).toContain('<h1 dir="auto">A &lt;room&gt;</h1>');
  expect(html).toMatch(/with (?:<bdi>)?Ana/);
  expect(html).toContain('data-slug="room" data-status="live"');
  expect(html).toContain('/r/room/radio.mp3');
  expect(html).toContain('property="og:title" content="A &lt;room&gt;"');
  expect(html.match(/<dt>/g)?.length).toBe(4);
  expect(html).not.toMatch(/<script(?![^>]*src)/);
  // Previews of links have the name by which the server was called.
  const unnamed = (text: string): string =>
    text.replaceAll(/http(?::\/\/|%3A%2F%2F)(?:x|127\.0\.0\.1(?::|%3A)\d+)/g, '');
  for (const [coding, decode] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const w = wire(door.port, get('/r/room', `Accept-Encoding: ${coding}\r\nConnection: close\r\n`));
    await w.closed;
    expect(w.text()).toContain(`content-encoding: ${coding}`);
    expect(unnamed(decode(w.body()).toString())).toBe(unnamed(html));
  }
  const tag = plain.headers.get('etag') ?? '';
  const conditional = (coding: string) =>
    fetch(`${url}/r/room`, { headers: { 'if-none-match': tag, 'accept-encoding': coding } });
  expect((await conditional('identity')).status).toBe(304);
  // Other bytes have another tag: a cache must not take one coding for the other.
  const other = await conditional('br');
  expect([other.status, other.headers.get('etag')]).toEqual([200, tag.replace(/"$/, '-br"')]);
});

test('a page shows a change within a second', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const url = `http://127.0.0.1:${door.port}/r/room`;
  expect(await (await fetch(url)).text()).toContain('Live, about a second behind.');
  const card = origin.rooms.get('room')!;
  origin.rooms.set('room', {
    ...card,
    status: 'ended',
    clocks: { ...card.clocks, ended: Date.UTC(2026, 4, 3, 22, 7) },
  });
  await pause(1050);
  const html = await (await fetch(url)).text();
  expect(html).toContain('Ended Sunday');
  expect(html).toContain('22:07 UTC. Listen again from the beginning.');
  expect(html).toContain('/r/room/replay.m4a');
});

test('every page, file and refusal has its address, status and type', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  for (const [path, status, type] of [
    ['/', 200, 'text/html'],
    ['/r/room/studio', 200, 'text/html'],
    ['/errors', 200, 'text/html'],
    ['/healthz', 200, 'text/plain'],
    ['/robots.txt', 200, 'text/plain'],
    ['/favicon.svg', 200, 'image/svg+xml'],
    ['/r/nothing', 404, 'application/problem+json'],
    ['/r/room/nothing', 404, 'application/problem+json'],
    ['/_/nothing.js', 404, 'application/problem+json'],
    ['/_/..%2f..%2fetc/passwd', 404, 'application/problem+json'],
    ['/r/..%2froom', 404, 'application/problem+json'],
  ] as const) {
    for (const method of ['GET', 'HEAD']) {
      const reply = await fetch(`http://127.0.0.1:${door.port}${path}`, { method });
      expect([path, reply.status]).toEqual([path, status]);
      expect(reply.headers.get('content-type')).toContain(type);
      const body = await reply.text();
      expect(body.length > 0).toBe(method === 'GET');
    }
  }
  const page = await fetch(`http://127.0.0.1:${door.port}/r/nothing`, { headers: { accept: 'text/html' } });
  expect(page.status).toBe(404);
  expect(await page.text()).toContain('No public room is at this address');
  const slash = await fetch(`http://127.0.0.1:${door.port}/r/room/`, { redirect: 'manual' });
  expect([slash.status, slash.headers.get('location')]).toEqual([308, '/r/room']);
});

test('a method that an address does not accept is 405 with Allow', async () => {
  const origin = fakeOrigin();
  origin.answers = async () => ({ status: 200, headers: {}, body: 'x' });
  await using door = await openTestDoor(origin);
  for (const path of ['/', '/r/room', '/r/room/stream', '/healthz', '/r/room/state.json']) {
    const reply = await fetch(`http://127.0.0.1:${door.port}${path}`, { method: 'DELETE' });
    expect([path, reply.status, reply.headers.get('allow')]).toEqual([path, 405, 'GET, HEAD, OPTIONS']);
    expect(await codeOf(reply)).toBe('method-not-allowed');
  }
});

test('HEAD of a stream says what GET would: a type, or why there is none', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const head = (slug: string) => fetch(`http://127.0.0.1:${door.port}/r/${slug}/stream`, { method: 'HEAD' });
  const here = await head('room');
  expect([here.status, here.headers.get('content-type')]).toEqual([200, 'audio/mp4; codecs="opus"']);
  expect((await head('nowhere')).status).toBe(404);
  origin.refusal = 'room-ended';
  expect((await head('room')).status).toBe(410);
});

test('files of the build are immutable, precompressed and answered 304', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'earshot-dist-'));
  const { writeFileSync, mkdirSync } = await import('node:fs');
  mkdirSync(join(dist, 'assets'));
  writeFileSync(join(dist, 'assets/main-a1B2c3D4.js'), 'export const a = 1;\n'.repeat(100));
  writeFileSync(join(dist, 'plain.svg'), '<svg/>');
  const assets = await loadAssets(dist);
  await using door = await openTestDoor(fakeOrigin(), { assets });
  const url = `http://127.0.0.1:${door.port}/_/assets/main-a1B2c3D4.js`;
  const reply = await fetch(url, { headers: { 'accept-encoding': 'br' } });
  expect(reply.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(reply.headers.get('content-encoding')).toBe('br');
  expect(reply.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await reply.text()).length).toBe(2000);
  const known = { 'accept-encoding': 'br', 'if-none-match': reply.headers.get('etag') ?? '' };
  expect((await fetch(url, { headers: known })).status).toBe(304);
  expect((await fetch(`http://127.0.0.1:${door.port}/_/plain.svg`)).headers.get('cache-control')).toBe(
    'public, max-age=60',
  );
  rmSync(dist, { recursive: true });
});

test('answers of the origin pass through, streams included, and a client that leaves aborts the wait', async () => {
  const origin = fakeOrigin();
  let aborted = false;
  origin.answers = (path, signal) => {
    if (path === '/r/room/state.json')
      return Promise.resolve({ status: 200, headers: { etag: '"1"' }, body: '{}' });
    if (path === '/r/room/replay.m4a')
      return Promise.resolve({
        status: 206,
        headers: { 'content-range': 'bytes 0-5/6' },
        body: Readable.from([Buffer.from('abc'), Buffer.from('def')]),
      });
    if (path === '/r/room/live/opus64.m3u8')
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('gone'));
        }),
      );
    return undefined;
  };
  await using door = await openTestDoor(origin);
  const url = `http://127.0.0.1:${door.port}/r/room`;
  expect(await (await fetch(`${url}/state.json`)).json()).toEqual({});
  const replay = await fetch(`${url}/replay.m4a`);
  expect([replay.status, await replay.text(), replay.headers.get('content-range')]).toEqual([
    206,
    'abcdef',
    'bytes 0-5/6',
  ]);
  const w = wire(door.port, get('/r/room/live/opus64.m3u8?_HLS_msn=9'));
  await pause(50);
  expect(aborted).toBe(false);
  w.socket.destroy();
  await until(() => aborted);
});

test('the site gets its own requests, with the peer named and hop-by-hop fields removed', async () => {
  const seen: { url: string | undefined; headers: Record<string, unknown>; body: string }[] = [];
  await using site = await behind('site.http', (req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += chunk));
    req.on('end', () => {
      seen.push({ url: req.url, headers: req.headers, body });
      res.writeHead(303, { location: '/r/new/studio', 'x-own': 'yes' }).end();
    });
  });
  await using door = await openTestDoor(fakeOrigin(), { site });
  const reply = await fetch(`http://127.0.0.1:${door.port}/api/rooms?a=1`, {
    method: 'POST',
    body: 'title=Hello',
    redirect: 'manual',
    headers: {
      'x-forwarded-for': '6.6.6.6',
      'x-forwarded-proto': 'https',
      forwarded: 'for=6.6.6.6',
      'content-type': 'application/x-www-form-urlencoded',
    },
  });
  expect([reply.status, reply.headers.get('location'), reply.headers.get('x-own')]).toEqual([
    303,
    '/r/new/studio',
    'yes',
  ]);
  expect(seen[0]).toMatchObject({ url: '/api/rooms?a=1', body: 'title=Hello' });
  const headers = seen[0]?.headers ?? {};
  expect(headers['x-forwarded-for']).toBe('127.0.0.1');
  expect(headers['x-forwarded-proto']).toBe('http');
  expect(headers['x-forwarded-host']).toBe(`127.0.0.1:${door.port}`);
  expect(headers.forwarded).toBeUndefined();
  // Chunked bodies and named hop-by-hop fields.
  const w = wire(
    door.port,
    'POST /api/x HTTP/1.1\r\nHost: x\r\nConnection: X-Secret\r\nX-Secret: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  );
  await until(() => seen.length === 2);
  expect(seen[1]?.body).toBe('abc');
  expect(seen[1]?.headers['x-secret']).toBeUndefined();
  w.socket.destroy();
});

test('a listed proxy in front is believed about the client', async () => {
  const seen: Record<string, unknown>[] = [];
  await using site = await behind('site2.http', (req, res) => {
    seen.push(req.headers);
    res.end('{}');
  });
  await using door = await openTestDoor(fakeOrigin(), { site, trustedProxies: ['127.0.0.1'] });
  await fetch(`http://127.0.0.1:${door.port}/openapi.json`, {
    headers: { 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' },
  });
  expect(seen[0]).toMatchObject({ 'x-forwarded-for': '6.6.6.6', 'x-forwarded-proto': 'https' });
});

test('backstage lines reach the studio page as they are written, and the cell sees it leave', async () => {
  let gone = false;
  let say: ((line: string) => void) | undefined;
  await using cell = await behind('cell-0.http', (req, res) => {
    res.writeHead(200, { 'content-type': 'application/x-ndjson' });
    res.flushHeaders();
    say = (line) => void res.write(`${line}\n`);
    req.on('close', () => (gone = true));
  });
  await using door = await openTestDoor(fakeOrigin(), { cell: () => cell });
  const w = wire(door.port, get('/r/room/backstage', 'Authorization: Bearer t\r\n'));
  await until(() => say !== undefined && w.text().includes('x-ndjson'));
  for (const line of ['{"kind":"one"}', '{"kind":"two"}']) {
    say?.(line);
    await until(() => w.text().includes(line));
  }
  expect(gone).toBe(false);
  w.socket.destroy();
  await until(() => gone);
});

test('a site or studio that is away is 503 with Retry-After; so is one that dies before it answers', async () => {
  const origin = fakeOrigin();
  await using dying = await behind('dying.http', (req) => req.socket.destroy());
  await using door = await openTestDoor(origin, { cell: () => dying });
  for (const [path, code] of [
    ['/api/rooms', 'site-away'],
    ['/r/room/event.ics', 'site-away'],
    ['/r/room/whip', 'studio-away'],
  ] as const) {
    const post = path.endsWith('.ics') ? {} : { method: 'POST', body: 'x' };
    const reply = await fetch(`http://127.0.0.1:${door.port}${path}`, post);
    expect([path, reply.status, reply.headers.get('retry-after')]).toEqual([path, 503, '2']);
    expect(await codeOf(reply)).toBe(code);
  }
  const card = origin.rooms.get('room')!;
  const { cell: _, ...without } = card;
  for (const [changed, code] of [
    [without, 'room-not-open'],
    [{ ...card, status: 'ended' as const }, 'room-ended'],
  ] as const) {
    origin.rooms.set('room', changed);
    expect(await codeOf(await fetch(`http://127.0.0.1:${door.port}/r/room/whip`, { method: 'POST' }))).toBe(
      code,
    );
  }
});

test('whoever leaves the stage of a room that is over has left; all else there is refused as before', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const card = origin.rooms.get('room')!;
  const ask = (method: string, path: string) => fetch(`http://127.0.0.1:${door.port}${path}`, { method });
  const leave = async (path = '/r/room/whip/abc') => (await ask('DELETE', path)).status;
  // On the air there is a session to end, and nobody behind this door to end it.
  expect(await leave()).toBe(503);
  for (const [status, code] of [
    ['ended', 'room-ended'],
    ['stopped', 'room-stopped'],
  ] as const) {
    origin.rooms.set('room', { ...card, status });
    expect([await leave(), await leave('/r/room/whep/abc')]).toEqual([200, 200]);
    for (const [method, path] of [
      ['PATCH', '/r/room/whip/abc'],
      ['POST', '/r/room/whip'],
    ] as const)
      expect([method, await codeOf(await ask(method, path))]).toEqual([method, code]);
  }
  expect(await leave('/r/no-room/whip/abc')).toBe(404);
});

test('a body over the limit is 413, announced or not', async () => {
  let whole = 0;
  await using site = await behind('site3.http', (req, res) => {
    req.resume();
    req.on('end', () => {
      whole += 1;
      res.end('ok');
    });
  });
  await using door = await openTestDoor(fakeOrigin(), { site });
  const announced = await fetch(`http://127.0.0.1:${door.port}/api/x`, {
    method: 'POST',
    body: 'x'.repeat(70_000),
  });
  expect(announced.status).toBe(413);
  const w = wire(door.port, 'POST /api/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let i = 0; i < 20; i += 1) w.socket.write(`1388\r\n${'y'.repeat(5000)}\r\n`);
  await until(() => w.text().includes('HTTP/1.1 413'));
  w.socket.destroy();
  expect(whole).toBe(0);
  const fits = await fetch(`http://127.0.0.1:${door.port}/api/x`, {
    method: 'POST',
    body: 'x'.repeat(65_536),
  });
  expect(fits.status).toBe(200);
});

test('an orderly close answers what is in flight', async () => {
  const origin = fakeOrigin();
  let answer: (() => void) | undefined;
  origin.answers = () => new Promise((resolve) => (answer = () => resolve(problem('not-found', 'late'))));
  await using door = await openTestDoor(origin);
  const w = wire(door.port, get('/r/room/live/x.m3u8'));
  await until(() => answer !== undefined);
  const closing = door.close(grace(3000));
  const began = performance.now();
  setTimeout(() => answer?.(), 100);
  await closing;
  expect(performance.now() - began).toBeLessThan(1500);
  await w.closed;
  expect(w.text()).toContain('"detail":"late"');
  expect(w.ended).toBe('fin');
});

test('connections beyond the limit are told to come back', async () => {
  await using door = await openTestDoor(fakeOrigin(), { limits: { ...LIMITS, connections: 3 } });
  const held = [0, 1, 2].map(() => wire(door.port, get('/healthz')));
  await Promise.all(held.map((w) => w.has(3)));
  const fourth = wire(door.port, get('/healthz'));
  await fourth.closed;
  expect(fourth.text()).toContain('HTTP/1.1 503 ');
  expect(fourth.text()).toContain('retry-after: 2');
  expect(fourth.text()).toContain('door-full');
  held[0]?.socket.destroy();
  await until(() => door.metrics().includes('open_connections 2'));
  const fifth = wire(door.port, get('/healthz'));
  await fifth.has(3);
  expect(fifth.text()).toContain('200 OK');
});

test('a flood of connections beyond the limit is closed without an answer', async () => {
  const limits = { ...LIMITS, connections: 1, refusals: 2 };
  await using door = await openTestDoor(fakeOrigin(), { limits });
  await wire(door.port, get('/healthz')).has(3);
  // They hear that the door is full and do not go.
  const stubborn = [0, 1].map(() => connect({ port: door.port, host: '127.0.0.1', allowHalfOpen: true }));
  await Promise.all(stubborn.map((socket) => once(socket.resume(), 'end')));
  const next = wire(door.port, get('/healthz'));
  await next.closed;
  expect([next.text(), next.ended]).toEqual(['', 'reset']);
  for (const socket of stubborn) socket.destroy();
  const told = async (): Promise<string> => {
    const later = wire(door.port, get('/healthz'));
    await later.closed;
    return later.text();
  };
  await vi.waitFor(async () => expect(await told()).toContain('door-full'));
});

test('a connection that sends nothing, or half a head, is closed', async () => {
  await using door = await openTestDoor(fakeOrigin(), { limits: { ...LIMITS, headTimeout: ms(700) } });
  const silent = wire(door.port, '');
  const half = wire(door.port, 'GET /r/room/str');
  await silent.closed;
  await half.closed;
  expect(door.metrics()).toContain('head_timeouts_total 2');
});

test('a fault in answering one request is a 500 with its code, and the streams continue', async () => {
  const origin = fakeOrigin();
  origin.tick();
  origin.answers = (path) => {
    if (path === '/r/room/live/throws') throw new Error('a bug');
    return Promise.reject(new Error('another'));
  };
  await using door = await openTestDoor(origin);
  const listener = wire(door.port, 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await listener.has(100);
  for (const path of ['/r/room/live/throws', '/r/room/live/rejects']) {
    const reply = await fetch(`http://127.0.0.1:${door.port}${path}`);
    expect([path, reply.status, await codeOf(reply)]).toEqual([path, 500, 'internal']);
  }
  const join = origin.join;
  origin.join = () => {
    throw new Error('a third');
  };
  const refused = wire(door.port, 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await refused.closed;
  expect(refused.text()).toContain('HTTP/1.1 500 ');
  origin.join = join;
  expect(door.metrics()).toContain('faults_total 3');
  const before = listener.bytes().length;
  origin.tick();
  await until(() => listener.bytes().length > before);
});

test('a stranger cannot choose the host, length and connection fields that the process behind gets', async () => {
  const seen: string[] = [];
  await using site = await behind('named.http', (req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += chunk));
    req.on('end', () => {
      seen.push(`${req.method} ${req.headers.host} ${req.headers.connection} ${body}`);
      res.end('{}');
    });
  });
  await using door = await openTestDoor(fakeOrigin(), { site });
  const inner = 'GET /api/inner HTTP/1.1\r\nHost: x\r\n\r\n';
  const hidden = wire(
    door.port,
    `GET /api/outer HTTP/1.1\r\nHost: x\r\nConnection: close, host, content-length\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
  );
  await hidden.closed;
  const old = wire(door.port, 'GET /api/old HTTP/1.0\r\n\r\n');
  await old.closed;
  // Kept alive: a refusal before the body was read would else be followed by a reset that can outrun it.
  expect(seen).toEqual([`GET x keep-alive ${inner}`, 'GET localhost keep-alive ']);
  for (const host of ['a b', '[', 'a/../b?x=', '\xe9', 'user@x', 'x:123456']) {
    const w = wire(door.port, `GET /api/rooms HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    await w.closed;
    expect([host, w.text().slice(0, 12), w.text().includes('bad-request')]).toEqual([
      host,
      'HTTP/1.1 400',
      true,
    ]);
  }
  for (const host of ['[::1]:80', 'Über.example'.replace('Ü', 'xn--'), 'my_box:8080', '']) {
    const w = wire(door.port, `GET /api/rooms HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await w.closed;
    expect([host, w.text().slice(0, 12)]).toEqual([host, 'HTTP/1.1 200']);
  }
});

test('a connection is closed after its last request, and asks for nothing more', async () => {
  await using door = await openTestDoor(fakeOrigin(), { limits: { ...LIMITS, requestsPerSocket: 3 } });
  const w = wire(door.port, get('/healthz'));
  // As a program does that goes on whatever it is told.
  w.socket.on('data', () => w.socket.writable && w.socket.write(get('/healthz')));
  await w.closed;
  expect(w.text().match(/^HTTP\/1\.1 \d+/gm)).toEqual(Array(3).fill('HTTP/1.1 200'));
});
