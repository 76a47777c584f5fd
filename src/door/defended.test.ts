import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, streamGet, until, wire } from '../../test/door.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { epochMs, ms } from '../base/time.ts';
import { type ActChange, LIMITS, readAddressList } from './index.ts';

const stop: (() => void)[] = [];
afterEach(() => {
  for (const end of stop.splice(0)) end();
});

const SPEED = 20;
/** A clock that is twenty times as fast, so that minutes of an attack are seconds of a test. */
const fast: Clock = {
  now: () => ms(systemClock.now() * SPEED),
  wall: () => epochMs(1_800_000_000_000 + systemClock.now() * SPEED),
  every: (period, run) => systemClock.every(ms(period / SPEED), run),
  after: (delay, run) => systemClock.after(ms(delay / SPEED), run),
};

async function openDefended(over: Parameters<typeof openTestDoor>[1] = {}, mode: 'on' | 'log-only' = 'on') {
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  origin.answers = () =>
    Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'x' });
  const changes: ActChange[] = [];
  const door = await openTestDoor(origin, {
    clock: fast,
    limits: {
      ...LIMITS,
      ...{ busyFrom: Number.POSITIVE_INFINITY, loopbackCounts: true },
      // A busy machine must not close anybody out in half a second.
      ...{
        headTimeout: ms(10_000 * SPEED),
        requestTimeout: ms(20_000 * SPEED),
        keepAlive: ms(65_000 * SPEED),
      },
    },
    defence: {
      ...{ mode, expiry: ms(600_000), capacity: 1_000, strained: () => true },
      acted: (change) => changes.push(change),
    },
    knowsToken: (token) => token === 'aa.bb.cc',
    ...over,
  });
  return { door, origin, changes };
}

const head = (line: string, ...fields: string[]): string =>
  `${[line, 'Host: x', ...fields].join('\r\n')}\r\n\r\n`;

const stream = (query: string, ...fields: string[]): string =>
  streamGet(query, '1.1', fields.map((field) => `${field}\r\n`).join(''));

/** One answer, on a connection of its own; from an address of this machine. */
async function ask(port: number, text: string, from = '127.0.0.1'): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from });
  let got = '';
  socket.on('data', (chunk) => {
    got += String(chunk);
  });
  socket.on('error', () => {});
  stop.push(() => socket.destroy());
  socket.write(text);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([until(() => got.includes('\r\n\r\n')), closed]);
  socket.destroy();
  return got;
}

/** Asks for the home page again and again, on connections that are opened anew when they are closed. */
function flood(port: number, agent: string, fields: string[] = [], from = '127.0.0.1'): void {
  let on = true;
  const text = head('GET / HTTP/1.1', `User-Agent: ${agent}`, ...fields).repeat(20);
  const run = (): void => {
    if (!on) return;
    const socket = connect({ port, host: '127.0.0.1', localAddress: from });
    const sending = setInterval(() => socket.writable && socket.write(text), 10);
    socket.on('data', () => {}).on('error', () => {});
    socket.on('close', () => {
      clearInterval(sending);
      setTimeout(run, 5);
    });
    stop.push(() => socket.destroy());
  };
  stop.push(() => {
    on = false;
  });
  run();
}

const PAGE = 'Accept: text/html';
const BOT = 'User-Agent: flood';

test('where somebody listens the others of that address are asked to wait, and are served then; sound, feeds, speakers and health go on', async () => {
  const { door, origin, changes } = await openDefended();
  await using _door = door;
  const { port } = door;
  const listener = wire(port, stream('', BOT));
  stop.push(() => listener.socket.destroy());
  await listener.has(200);
  const proof = /^earshot-back: (\S+)/m.exec(listener.text())?.[1];
  flood(port, 'flood');
  const reached = (step: string) =>
    changes.some((change) => change.scope === 'client' && change.step === step);
  await until(
    () => reached('wait'),
    () => JSON.stringify(changes),
    20_000,
  );
  const asked = await ask(port, head('GET /r/room HTTP/1.1', BOT, PAGE));
  expect(asked).toMatch(/^HTTP\/1\.1 429 /);
  expect(asked).toMatch(/^retry-after: 8\r$/m);
  expect(asked).toContain('A moment, please');
  expect(asked).not.toContain('<script');
  const next = /url=([^"]+)"/.exec(asked)?.[1] ?? '';
  expect(next).toMatch(/^\/r\/room\?wait=/);
  expect(await ask(port, head('GET /r/room HTTP/1.1', BOT))).toMatch(
    /^HTTP\/1\.1 429 [\s\S]*"code":"over-share"/,
  );
  await new Promise((resolve) => setTimeout(resolve, 8_500 / SPEED));
  expect(await ask(port, head(`GET ${next} HTTP/1.1`, BOT, PAGE))).toMatch(/^HTTP\/1\.1 200 /);
  // What the page loads names the page, so it needs no pass of its own.
  const referer = `Referer: http://x${next}`;
  expect(await ask(port, head('GET /r/room/state.json HTTP/1.1', BOT, referer))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(port, stream('', BOT, referer))).toContain('earshot-place: live');
  expect(await ask(port, head('GET /r/room/state.json HTTP/1.1', BOT))).toMatch(/^HTTP\/1\.1 429 /);
  // Never touched.
  expect(await ask(port, head('GET /healthz HTTP/1.1', BOT))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(port, head('GET /feed.xml HTTP/1.1', BOT))).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(port, stream(`?after=100&back=${proof}`, BOT))).toContain('earshot-place: live');
  const speak = (token: string) =>
    head('POST /r/room/whip HTTP/1.1', BOT, `Authorization: Bearer ${token}`, 'Content-Length: 0');
  // Nobody is behind this door: 503 says that the request was let through to the studio.
  expect(await ask(port, speak('aa.bb.cc'))).toMatch(/^HTTP\/1\.1 503 [\s\S]*studio-away/);
  expect(await ask(port, speak('made.up.token'))).toMatch(/^HTTP\/1\.1 429 /);
  const before = listener.bytes().length;
  for (let i = 0; i < 3; i += 1) origin.tick();
  await until(() => listener.bytes().length > before);
  expect(listener.ended).toBeUndefined();
  expect(changes.some(({ step }) => step === 'refuse')).toBe(false);
});

test('a client that only takes is refused in the end, by a typed problem, and its connection closed', async () => {
  const { door, changes } = await openDefended();
  await using _door = door;
  flood(door.port, 'flood', [], '127.0.7.1');
  const refused = () => changes.some(({ scope, step }) => scope === 'client' && step === 'refuse');
  await until(refused, () => JSON.stringify(changes), 20_000);
  const told = await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE), '127.0.7.1');
  expect(told).toMatch(/^HTTP\/1\.1 429 [\s\S]*^connection: close[\s\S]*"code":"over-share"/m);
  expect(await ask(door.port, stream('', BOT), '127.0.7.1')).toMatch(/^HTTP\/1\.1 429 [\s\S]*retry-after/);
  const file = head('GET /r/room/state.json HTTP/1.1', BOT);
  expect(await ask(door.port, file, '127.0.7.1')).toMatch(/^HTTP\/1\.1 429 [\s\S]*over-share/);
  // Odd paths and OPTIONS are no way around it.
  for (const line of ['GET /a/../b HTTP/1.1', 'OPTIONS / HTTP/1.1'])
    expect(await ask(door.port, head(line, BOT), '127.0.7.1'), line).toMatch(/^HTTP\/1\.1 429 /);
  // Another network is served as always.
  expect(await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE), '127.0.9.1')).toMatch(/^HTTP\/1\.1 200 /);
  expect(door.metrics()).toMatch(/defence_requests_total\{step="refuse",mode="on"\} [1-9]/);
  const [network] = readAddressList('127.0.7.0/24').networks;
  expect(network && door.lift(network)).toBeGreaterThan(0);
});

test('log-only serves everybody, and says what it would have done', async () => {
  const { door, changes } = await openDefended({}, 'log-only');
  await using _door = door;
  flood(door.port, 'flood');
  await until(
    () => changes.some(({ step }) => step === 'refuse'),
    () => JSON.stringify(changes),
    20_000,
  );
  expect(await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE))).toMatch(/^HTTP\/1\.1 200 /);
  expect(door.acts().every(({ mode }) => mode === 'log-only')).toBe(true);
});

test('behind a listed proxy the client is met and not the proxy; nobody else can name somebody', async () => {
  const { door, changes } = await openDefended({ trustedProxies: ['127.0.0.1'] });
  await using _door = door;
  const named = (address: string) => `X-Forwarded-For: ${address}`;
  flood(door.port, 'flood', [named('203.0.113.7')]);
  await until(
    () => changes.some(({ step }) => step === 'refuse'),
    () => JSON.stringify(changes),
    20_000,
  );
  expect(changes.map(({ who }) => who)).not.toContain('127.0.0.1');
  expect(await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE, named('203.0.113.7')))).toMatch(
    /^HTTP\/1\.1 429 /,
  );
  expect(await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE, named('198.51.100.7')))).toMatch(
    /^HTTP\/1\.1 200 /,
  );
  expect(await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE))).toMatch(/^HTTP\/1\.1 200 /);
  // From an address that is no proxy of ours the header says nothing.
  const stranger = await ask(door.port, head('GET / HTTP/1.1', BOT, PAGE, named('203.0.113.7')), '127.0.8.8');
  expect(stranger).toMatch(/^HTTP\/1\.1 200 /);
});

test("the operator's deny list closes connections at once, and behind a proxy refuses requests; the allow list comes first", async () => {
  const { door } = await openDefended({ trustedProxies: ['127.0.5.5'] });
  await using _door = door;
  const read = (text: string) => readAddressList(text).networks;
  door.listed(read('127.0.6.7'), read('127.0.6.0/24\n203.0.113.0/24'));
  const get = head('GET / HTTP/1.1', PAGE);
  expect(await ask(door.port, get, '127.0.6.1')).toBe('');
  expect(await ask(door.port, get, '127.0.6.7')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await ask(door.port, get, '127.0.4.1')).toMatch(/^HTTP\/1\.1 200 /);
  const brought = head('GET / HTTP/1.1', PAGE, 'X-Forwarded-For: 203.0.113.8');
  expect(await ask(door.port, brought, '127.0.5.5')).toMatch(/^HTTP\/1\.1 403 [\s\S]*"code":"denied"/);
  const file = head('GET /r/room/state.json HTTP/1.1', 'X-Forwarded-For: 203.0.113.8');
  expect(await ask(door.port, file, '127.0.5.5')).toMatch(/^HTTP\/1\.1 403 /);
  door.listed([], []);
  expect(await ask(door.port, get, '127.0.6.1')).toMatch(/^HTTP\/1\.1 200 /);
});
