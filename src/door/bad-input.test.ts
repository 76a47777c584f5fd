import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { fakeOrigin, INIT, numbers, openTestDoor, pause, streamGet, until, wire } from '../../test/door.ts';
import { ms } from '../base/time.ts';
import { type Assets, LIMITS, openPages } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-bad-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A site that counts what reaches it. */
async function site(name: string, handle: RequestListener) {
  const socketPath = join(folder, name);
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
const post = (fields: string, body = ''): string =>
  `POST /api/rooms HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}`;
const open = (metrics: string): number => Number(/open_connections (\d+)/.exec(metrics)?.[1]);

test('connections with half a head, new or kept alive, or without their body are closed in time, and their slots are freed', async () => {
  let aborted = 0;
  await using behind = await site('slow', (req) => void req.on('close', () => (aborted += 1)).resume());
  const bodies = { requestTimeout: ms(800), bodyStall: ms(800), bodyWindow: ms(800), bodyWindowBytes: 800 };
  const limits = { ...LIMITS, ...bodies, headTimeout: ms(400) };
  await using door = await openTestDoor(fakeOrigin(), { site: behind, limits });
  const began = performance.now();
  const kept = wire(door.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await kept.has(3);
  kept.socket.write('GET /r/room HTTP/1.1\r\nHos');
  const slow = [
    wire(door.port, 'GET /r/room HTTP/1.1\r\nHost: x\r\nX: '),
    wire(door.port, 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\nX: '),
    wire(door.port, post('Content-Length: 10\r\n', 'abc')),
    wire(door.port, post('Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n')),
    kept,
  ];
  // A byte now and then is no sign of life.
  const drip = setInterval(() => {
    for (const { socket } of slow) if (socket.writable) socket.write('a');
  }, 100);
  await Promise.all(slow.map(({ closed }) => closed));
  clearInterval(drip);
  // Node looks every 2 s.
  expect(performance.now() - began).toBeLessThan(6_000);
  await until(() => open(door.metrics()) === 0);
  await until(() => aborted >= 1);
});

test('bodies: a gigabyte announced, endless chunks, a chunk that lies about itself, a wrong length', async () => {
  let bytes = 0;
  let whole = 0;
  await using behind = await site('bodies', (req, res) => {
    req.on('data', (chunk) => (bytes += chunk.length));
    req.on('end', () => {
      whole += 1;
      res.end('{}');
    });
    req.on('error', () => {});
  });
  await using door = await openTestDoor(fakeOrigin(), { site: behind });
  const announced = wire(door.port, post('Content-Length: 1000000000\r\n'));
  await announced.closed;
  expect([announced.text().slice(0, 12), bytes]).toEqual(['HTTP/1.1 413', 0]);

  const endless = wire(door.port, post('Transfer-Encoding: chunked\r\n'));
  const chunk = `4000\r\n${'a'.repeat(0x4000)}\r\n`;
  let sent = 0;
  while (endless.ended === undefined && sent < 2_000) {
    if (endless.socket.writable) endless.socket.write(chunk);
    sent += 1;
    await pause(1);
  }
  await endless.closed;
  expect(endless.text().slice(0, 12)).toBe('HTTP/1.1 413');
  expect(bytes).toBeLessThanOrEqual(2 * 0x10000);

  for (const lie of [
    'FFFFFFFFFFFFFFFFF\r\nabc',
    '-3\r\nabc',
    '3;x=y\rz\r\nabc',
    '3\r\nabcd\r\n',
    `3;${'x'.repeat(20_000)}\r\nabc`,
  ]) {
    const w = wire(door.port, post('Transfer-Encoding: chunked\r\n', lie));
    await w.closed;
    expect([lie.slice(0, 12), w.text().slice(0, 10)]).toEqual([lie.slice(0, 12), 'HTTP/1.1 4']);
  }
  expect(whole).toBe(0);

  // Fewer bytes than said and then the end: never a whole request to those behind.
  const short = wire(door.port, post('Content-Length: 10\r\n', 'abc'));
  short.socket.end();
  await short.closed;
  // More than said: the rest is the next request, and no good one. The first is answered, and nothing else is said.
  const long = wire(door.port, post('Content-Length: 3\r\n', 'abcdef\r\n\r\n'));
  await long.closed;
  expect(whole).toBe(1);
  expect(long.text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  await until(() => open(door.metrics()) === 0);
});

test('addresses: encoded slashes, dots, NUL, eight kilobytes: a 404 and no file', async () => {
  const asset = { bytes: Buffer.from('ok'), type: 'text/plain', immutable: true, etag: '"1"' };
  const assets: Assets = new Map([['/_/a.js', asset]]);
  await using door = await openTestDoor(fakeOrigin(), { assets });
  for (const path of [
    ...[
      '/_/../../package.json',
      '/_/..%2f..%2fpackage.json',
      '/_/%2e%2e/%2e%2e/package.json',
      '/_/..\\..\\x',
    ],
    ...['/_//etc/passwd', '/_/a.js%00.txt', '/_/a.js/', '/r/room%2f..%2f..', '/r/..%2froom', '/r/%72oom/x'],
    ...['/r/room/stream/..%2f', '/%', '/%ff%fe', '/r/__proto__/x', '/_/__proto__', '/_/constructor'],
    `/${'a'.repeat(7_900)}`,
  ]) {
    const w = wire(door.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    await w.closed;
    expect([path.slice(0, 40), w.text().slice(0, 12)]).toEqual([path.slice(0, 40), 'HTTP/1.1 404']);
    expect(w.text()).not.toMatch(/root:|"earshot"/);
  }
  // Nobody is asked elsewhere: a name in the target is one of ours, like any in Host.
  const absolute = wire(
    door.port,
    'GET http://other/_/a.js HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  await absolute.closed;
  expect(absolute.text()).toMatch(/^HTTP\/1\.1 200 [\s\S]*ok$/);
});

test('a thousand random queries get one page, rendered once', async () => {
  let made = 0;
  const pages = openPages({ manifest: {} });
  const counted = {
    ...pages,
    room: (...args: Parameters<typeof pages.room>) => {
      made += 1;
      return pages.room(...args);
    },
  };
  const clock = manualClock();
  await using door = await openTestDoor(fakeOrigin(), { pages: counted, clock });
  const w = wire(
    door.port,
    Array.from({ length: 900 }, (_, i) => `HEAD /r/room?x=${i}&${i}=y HTTP/1.1\r\nHost: x\r\n\r\n`).join(''),
  );
  await until(() => (w.text().match(/HTTP\/1\.1 200/g)?.length ?? 0) === 900);
  expect(made).toBe(1);
  expect(new Set(w.text().match(/etag: \S+/g)).size).toBe(1);
  w.socket.destroy();
});

test('three hundred requests in one packet are answered in order; a bad one behind them ends the connection', async () => {
  await using door = await openTestDoor(fakeOrigin());
  const paths = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? '/healthz' : `/no/${i}`));
  const w = wire(door.port, paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  const said = (): string[] => w.text().match(/HTTP\/1\.1 \d{3}/g) ?? [];
  await until(() => said().length === 300);
  expect(said()).toEqual(paths.map((path) => `HTTP/1.1 ${path === '/healthz' ? 200 : 404}`));
  w.socket.write('BAD\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await w.closed;
  expect(said().slice(300)).toEqual(['HTTP/1.1 400']);
});

test('a wall clock that jumps an hour forward and back closes nobody and cuts nothing', async () => {
  const clock = manualClock();
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { clock });
  const listener = wire(door.port, streamGet());
  await listener.has(INIT.length);
  const half = wire(door.port, 'GET /r/room HTTP/1.1\r\n');
  for (const step of [3_600_000, -7_200_000, 3_600_000]) {
    clock.stepWall(step);
    clock.advance(1_000);
    origin.tick();
  }
  await until(() => numbers(listener.body().subarray(INIT.length)).length === 4);
  expect(half.ended).toBeUndefined();
  expect(open(door.metrics())).toBe(2);
  listener.socket.destroy();
  half.socket.destroy();
});

test('X-Forwarded-For of a stranger is ignored; of a listed proxy it counts the listener for its own network', async () => {
  const origin = fakeOrigin();
  origin.tick();
  const limits = { ...LIMITS, connections: 40, shareFrom: 0.25 };
  const ask = async (port: number, address: string): Promise<string> => {
    const w = wire(port, streamGet('', '1.1', `X-Forwarded-For: ${address}\r\n`));
    await w.has(1);
    return w.text().slice(9, 12);
  };
  await using behind = await openTestDoor(origin, { limits, trustedProxies: ['127.0.0.0/8'] });
  await using bare = await openTestDoor(origin, { limits });
  const crowd = { behind: [] as string[], bare: [] as string[] };
  for (let i = 0; i < 14; i += 1) {
    // What a client behind the proxy says of itself changes nothing.
    crowd.behind.push(await ask(behind.port, `9.9.${i}.9, 203.0.113.${i}`));
    crowd.bare.push(await ask(bare.port, `203.0.113.${i}`));
  }
  expect(crowd.behind.slice(0, 10)).toEqual(Array(10).fill('200'));
  expect(crowd.behind.at(-1)).toBe('503');
  expect(crowd.bare).toEqual(Array(14).fill('200'));
  expect(await ask(behind.port, '198.51.100.1')).toBe('200');
});

test('a large body that is still arriving is not forgotten with the request before it on the same connection', async () => {
  await using behind = await site('pipelined', (req) => void req.resume());
  const limits = { ...LIMITS, unfinishedBodies: 2, unfinishedAfter: ms(300), busyFrom: Infinity };
  await using door = await openTestDoor(fakeOrigin(), { site: behind, limits });
  // Too large to be held in front.
  const whole = post('Content-Length: 9000\r\n', 'x'.repeat(9_000));
  const begun = post('Content-Length: 9000\r\n', 'x');
  const wires = Array.from({ length: 5 }, () => wire(door.port, whole + begun));
  await until(() => door.metrics().includes('unfinished_closed_total 3'));
  // Their first request has no answer yet: whatever was said would be taken for it.
  await Promise.all(wires.slice(0, 3).map(({ closed }) => closed));
  expect(wires.map((w) => w.text())).toEqual(['', '', '', '', '']);
  const alone = Array.from({ length: 3 }, () => wire(door.port, begun));
  await alone[0]?.closed;
  expect(alone[0]?.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"too-slow"/);
  for (const { socket } of [...wires, ...alone]) socket.destroy();
});

test('a request that times out behind one that is being answered ends the connection without an answer', async () => {
  let asked = 0;
  await using behind = await site('owing', (req, res) => {
    asked += 1;
    req.on('error', () => {}).resume();
    if (req.method === 'POST') res.write('begun');
  });
  const limits = { ...LIMITS, headTimeout: ms(400), bodyStall: ms(800), busyFrom: Infinity };
  await using door = await openTestDoor(fakeOrigin(), { site: behind, limits });
  const worked = wire(door.port, 'GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\nGET /api/rooms HTTP/1.1\r\nHos');
  const begun = wire(door.port, post('Content-Length: 9000\r\n', 'x'));
  await Promise.all([worked.closed, begun.closed]);
  expect(asked).toBe(2);
  expect(worked.text()).toBe('');
  expect(begun.text()).toMatch(/^HTTP\/1\.1 200 [\s\S]*begun/);
  expect(begun.text()).not.toContain('408');
  await until(() => open(door.metrics()) === 0);
});

test('behind a listed proxy each client waits for its own network, and heads are for the proxy to hold back', async () => {
  await using behind = await site('networks', (req) => void req.on('error', () => {}).resume());
  const limits = { ...LIMITS, unfinished: 2, unfinishedBodies: 4, unfinishedAfter: ms(300) };
  const options = { site: behind, limits: { ...limits, busyFrom: Infinity }, trustedProxies: ['127.0.0.1'] };
  await using door = await openTestDoor(fakeOrigin(), options);
  const heads = Array.from({ length: 5 }, () => wire(door.port, 'GET /r/room HTTP/1.1\r\nHos'));
  const from = (address: string) =>
    wire(door.port, post(`X-Forwarded-For: ${address}\r\nContent-Length: 9000\r\n`, 'x'));
  // The few came first: in one network with the many they would be the first to go.
  const few = ['198.51.100.1', '198.51.100.2'].map(from);
  await until(() => door.metrics().includes('requests_total 2'));
  const many = Array.from({ length: 6 }, (_, n) => from(`203.0.113.${n}`));
  await until(() => door.metrics().includes('unfinished_closed_total 4'));
  await Promise.all(many.slice(0, 4).map(({ closed }) => closed));
  expect([...few, ...heads].map(({ ended }) => ended)).toEqual(Array(7).fill(undefined));
  expect(many.filter(({ ended }) => ended === undefined)).toHaveLength(2);
  for (const { socket } of [...heads, ...few, ...many]) socket.destroy();
});

test('CONNECT is refused with a reason', async () => {
  await using door = await openTestDoor(fakeOrigin());
  const asked = wire(door.port, 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n');
  await asked.closed;
  expect(asked.text()).toMatch(/^HTTP\/1\.1 405 .*method-not-allowed/s);
});
