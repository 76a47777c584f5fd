import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { afterAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../../test/certificate.ts';
import { manualClock } from '../../test/clock.ts';
import { fakeOrigin, INIT, numbers, openTestDoor, pause, until, wire } from '../../test/door.ts';
import { type Log, silentLog } from '../base/log.ts';
import { ms } from '../base/time.ts';
import { LIMITS } from './index.ts';
import { openCounters } from './metrics/counters.ts';
import { openTls } from './tls.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-tls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const first = selfSigned();
const files = writeCertificate(folder, first);
const tls = { files, later: false };

interface Secure {
  readonly socket: TLSSocket;
  bytes(): Buffer;
  body(): Buffer;
  readonly ready: Promise<void>;
  readonly closed: Promise<void>;
}
function secure(port: number, request: string, options: ConnectionOptions = {}): Secure {
  const socket = connect({ port, host: '127.0.0.1', ca: first.cert, servername: 'localhost', ...options });
  let received = Buffer.alloc(0);
  const ready = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  ready.promise.catch(() => {});
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  socket.once('secureConnect', () => {
    ready.resolve();
    if (request) socket.write(request);
  });
  socket.on('error', (error) => ready.reject(error));
  socket.on('close', () => closed.resolve());
  const bytes = (): Buffer => received;
  return {
    ...{ socket, bytes, ready: ready.promise, closed: closed.promise },
    body: () => bytes().subarray(bytes().indexOf('\r\n\r\n') + 4),
  };
}
async function untilLate(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 60 && !condition(); i += 1) await pause(100);
  expect(condition()).toBe(true);
}
const STREAM = 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\n\r\n';

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'the stream, a page and a small file come over %s',
  async (version) => {
    const origin = fakeOrigin();
    origin.tick();
    await using door = await openTestDoor(origin, { tls });
    const options = { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] };
    const listener = secure(door.port, STREAM, options);
    await until(() => listener.body().length >= INIT.length + 200);
    expect([listener.socket.getProtocol(), listener.socket.alpnProtocol]).toEqual([version, 'http/1.1']);
    for (let i = 0; i < 20; i += 1) origin.tick(3000);
    await until(() => listener.body().length >= INIT.length + 200 + 20 * 3000);
    expect(numbers(listener.body().subarray(INIT.length))).toEqual(
      Array.from({ length: 21 }, (_, i) => 100 + i),
    );
    expect(door.presence().get('room')).toBe(1);
    const page = secure(door.port, 'GET /r/room HTTP/1.1\r\nHost: x\r\n\r\n', options);
    await until(() => page.bytes().includes('</html>'));
    // The same kept connection goes over to the stream.
    page.socket.write(STREAM);
    await until(() => page.bytes().includes('earshot-rendition'));
    expect(door.presence().get('room')).toBe(2);
    page.socket.destroy();
    await until(() => door.presence().get('room') === 1);
    listener.socket.destroy();
  },
);

test.each([
  ['X25519MLKEM768:X25519', 'X25519MLKEM768'],
  ['X25519:X25519MLKEM768', 'X25519'],
  ['P-384:X25519', 'secp384r1'],
  // What it has sent a key for is unknown here, so it has to be asked for another.
  ['brainpoolP256r1tls13:P-256', 'prime256v1'],
])(
  'a client that offers the key exchanges %s, the first with its key, agrees on %s',
  async (ecdhCurve, agreed) => {
    await using door = await openTestDoor(fakeOrigin(), { tls });
    const peer = secure(door.port, '', { ecdhCurve, minVersion: 'TLSv1.3' });
    await peer.ready;
    expect(peer.socket.getEphemeralKeyInfo()).toMatchObject({ name: agreed });
    peer.socket.destroy();
  },
);

test('what is older than TLS 1.2, plain HTTP or garbage is refused, and others notice nothing', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { tls });
  const old = secure(door.port, '', {
    maxVersion: 'TLSv1.1',
    minVersion: 'TLSv1',
    ciphers: 'ALL@SECLEVEL=0',
  });
  await expect(old.ready).rejects.toThrow();
  for (const bytes of [STREAM, '\x16\x03\x01\x00\x05hello', '\0'.repeat(500)]) {
    const w = wire(door.port, bytes);
    await w.closed;
    expect(w.text()).not.toContain('HTTP/1.1 200');
  }
  const listener = secure(door.port, STREAM);
  await until(() => listener.body().length > 0);
  expect(door.metrics()).toMatch(/bad_handshakes_total [34]\n/);
  listener.socket.destroy();
});

test('programs on the same machine may speak plain HTTP on the port of TLS, beside those who speak TLS', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { tls: { ...tls, plainLocal: true } });
  const plain = wire(door.port, STREAM);
  await plain.has(INIT.length);
  const split = wire(door.port, 'G');
  await pause(20);
  split.socket.write('ET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await split.has(3);
  const secured = secure(door.port, STREAM);
  await until(() => secured.body().length > INIT.length);
  origin.tick();
  await until(() => numbers(plain.body().subarray(INIT.length)).length === 2);
  await until(() => numbers(secured.body().subarray(INIT.length)).length === 2);
  for (const { socket } of [plain, split, secured]) socket.destroy();
  const silent = wire(door.port, '');
  silent.socket.end();
  await silent.closed;
  await until(() => door.metrics().includes('open_connections 0'));
});

test('a client that does not finish the handshake is closed like one that does not send its head', async () => {
  const clock = manualClock();
  await using door = await openTestDoor(fakeOrigin(), { tls, clock });
  const silent = wire(door.port, '');
  const half = wire(door.port, '\x16\x03\x01');
  const shaken = secure(door.port, '');
  await shaken.ready;
  await until(() => door.metrics().includes('open_connections 3'));
  clock.advance(11_000);
  await Promise.all([silent.closed, half.closed, shaken.closed]);
  await until(() => door.metrics().includes('open_connections 0'));
});

test('a session that began at one door is resumed at another with the same keys, and not after they have changed', async () => {
  const clock = manualClock();
  let keys = Buffer.alloc(48, 7);
  const shared = { ...tls, ticketKeys: () => keys };
  await using one = await openTestDoor(fakeOrigin(), { tls: shared, clock });
  await using other = await openTestDoor(fakeOrigin(), { tls: shared, clock });
  // What is not told is a door's own, and nobody else can make it.
  await using stranger = await openTestDoor(fakeOrigin(), { tls, clock });
  const beginning = secure(one.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const session = await new Promise<Buffer>((resolve) => beginning.socket.once('session', resolve));
  const resumed = async (port: number): Promise<boolean> => {
    const again = secure(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n', { session });
    await until(() => again.bytes().includes('ok'));
    const reused = again.socket.isSessionReused();
    again.socket.destroy();
    return reused;
  };
  expect([await resumed(one.port), await resumed(other.port), await resumed(stranger.port)]).toEqual([
    true,
    true,
    false,
  ]);
  keys = Buffer.alloc(48, 8);
  clock.advance(5_000);
  await pause(50);
  expect(await resumed(other.port)).toBe(false);
  beginning.socket.destroy();
});

test('a reader that stops is closed at its backlog limit by a reset, and its memory given back', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { tls, limits: { ...LIMITS, backlog: 64 * 1024 } });
  const slow = secure(door.port, STREAM);
  const good = secure(door.port, STREAM);
  await until(() => slow.body().length > 0 && good.body().length > 0);
  slow.socket.pause();
  let reset = '';
  slow.socket.on('error', (error: NodeJS.ErrnoException) => {
    reset = error.code ?? '';
  });
  let made = 1;
  while (door.presence().get('room') === 2 && made < 2_000) {
    origin.tick(65_536);
    made += 1;
    await pause(1);
  }
  expect(door.metrics()).toContain('departures_total{cause="backlog"} 1');
  slow.socket.resume();
  await slow.closed;
  expect(reset).toBe('ECONNRESET');
  await until(() => numbers(good.body().subarray(INIT.length)).length === made);
  await until(() => door.metrics().includes('open_connections 1'));
  good.socket.destroy();
});

test('a reader of TLS that takes next to nothing is closed by the watchdog', async () => {
  const origin = fakeOrigin();
  origin.tick();
  const limits = { ...LIMITS, stallWindow: ms(1_000), backlog: 64 * 1024 * 1024 };
  await using door = await openTestDoor(origin, { tls, limits });
  const slow = secure(door.port, STREAM);
  await until(() => slow.body().length > 0);
  slow.socket.pause();
  for (let i = 0; i < 400; i += 1) origin.tick(32_768);
  await untilLate(() => door.metrics().includes('departures_total{cause="stalled"} 1'));
});

test('the end of the program closes the TLS connection properly', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { tls });
  const listener = secure(door.port, STREAM);
  await until(() => listener.body().length > 0);
  let ended = false;
  listener.socket.on('end', () => {
    ended = true;
  });
  origin.end('room');
  await listener.closed;
  expect(ended).toBe(true);
});

test('a connection beyond the limit is closed before its handshake', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { tls, limits: { ...LIMITS, connections: 1 } });
  const inside = secure(door.port, STREAM);
  await until(() => inside.body().length > 0);
  const outside = secure(door.port, STREAM);
  await expect(outside.ready).rejects.toThrow();
  inside.socket.destroy();
});

/** A log that keeps its messages. */
function keptLog(): { log: Log; said: string[] } {
  const said: string[] = [];
  const say = (_: object, message: string): void => void said.push(message);
  const log: Log = { ...silentLog, info: say, warn: say, error: say, part: () => log };
  return { log, said };
}

test('a new certificate is used without a break; a bad one is reported and the last good one stays', async () => {
  const own = mkdtempSync(join(folder, 'reload-'));
  const before = selfSigned();
  const changing = writeCertificate(own, before);
  const clock = manualClock();
  const { log, said } = keptLog();
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, {
    tls: { files: changing, later: false },
    clock,
    log,
  });
  const serial = async (ca: string): Promise<string> => {
    const peer = secure(door.port, '', { ca });
    await peer.ready;
    const { fingerprint256 } = peer.socket.getPeerCertificate();
    peer.socket.destroy();
    return fingerprint256;
  };
  const listener = secure(door.port, STREAM, { ca: before.cert });
  await until(() => listener.body().length > 0);
  const old = await serial(before.cert);

  const bad = async (cert: string, key: string): Promise<void> => {
    said.length = 0;
    writeFileSync(changing.cert, cert);
    writeFileSync(changing.key, key);
    clock.advance(5_000);
    await until(() => said.some((line) => line.includes('the previous one stays in use')));
    expect(await serial(before.cert)).toBe(old);
  };
  const after = selfSigned();
  await bad(after.cert, before.key);
  await bad(after.cert.slice(0, 200), after.key);
  await bad('', '');
  writeFileSync(changing.cert, after.cert);
  writeFileSync(changing.key, after.key);
  clock.advance(5_000);
  await until(() => said.includes('certificate in use'));
  expect(await serial(after.cert)).not.toBe(old);
  const bytes = listener.body().length;
  origin.tick();
  await until(() => listener.body().length > bytes);
  listener.socket.destroy();
});

test('a key of another certificate, a missing file or an empty one does not start, with file and reason', async () => {
  const own = mkdtempSync(join(folder, 'bad-'));
  const deps = {
    ...tls,
    clock: manualClock(),
    log: silentLog,
    counters: openCounters(),
    secured() {},
  };
  const mixed = writeCertificate(own, { cert: first.cert, key: selfSigned().key });
  await expect(openTls({ ...deps, files: mixed })).rejects.toThrow(
    /key\.pem: the key belongs to another certificate/,
  );
  writeFileSync(mixed.cert, 'nothing');
  await expect(openTls({ ...deps, files: mixed })).rejects.toThrow(/cert\.pem: /);
  await expect(openTls({ ...deps, files: { cert: join(own, 'no.pem'), key: mixed.key } })).rejects.toThrow(
    /tlsCert = .*no\.pem.*ENOENT/,
  );
});

test('until a certificate comes the plain port serves, then it sends everyone to https; challenges are answered always', async () => {
  const own = mkdtempSync(join(folder, 'later-'));
  const wanted = { cert: join(own, 'cert.pem'), key: join(own, 'key.pem') };
  const clock = manualClock();
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, {
    ...{ clock, tls: { files: wanted, later: true } },
    plain: { port: 0, challenge: async (token) => (token === 'abc' ? 'abc.proof' : undefined) },
  });
  const plain = `http://127.0.0.1:${door.plainPort}`;
  const get = (path: string) => fetch(plain + path, { redirect: 'manual' });
  const early = connectPlain({ port: door.port, host: '127.0.0.1' });
  early.on('error', () => {});
  await new Promise((resolve) => early.once('close', resolve));
  expect((await get('/r/room')).status).toBe(200);
  const stream = wire(door.plainPort ?? 0, STREAM);
  await stream.has(INIT.length);
  stream.socket.destroy();
  const returnTokens = async () => [
    await (await get('/.well-known/acme-challenge/abc')).text(),
    (await get('/.well-known/acme-challenge/abd')).status,
    (await get('/.well-known/acme-challenge/..%2fsecret')).status,
  ];
  expect(await returnTokens()).toEqual(['abc.proof', 404, 404]);

  const made = selfSigned();
  writeCertificate(own, made);
  clock.advance(5_000);
  let status = 0;
  while (status !== 308) ({ status } = await get('/r/room'));
  const moved = await get('/r/room?a=1');
  expect(moved.headers.get('location')).toBe(`https://127.0.0.1:${door.port}/r/room?a=1`);
  expect((await returnTokens()).slice(0, 2)).toEqual(['abc.proof', 404]);
  const w = wire(door.plainPort ?? 0, 'GET //evil/ HTTP/1.1\r\nHost: good\r\n\r\n');
  await w.has();
  expect(w.text()).toContain(`location: https://good:${door.port}//evil/`);
  w.socket.destroy();
  const listener = secure(door.port, STREAM, { ca: made.cert });
  await until(() => listener.body().length > 0);
  listener.socket.destroy();
});
