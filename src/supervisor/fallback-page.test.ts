import { connect, createServer } from 'node:net';
import { connect as connectSecure } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { selfSigned } from '../../test/certificate.ts';
import { manualClock } from '../../test/clock.ts';
import { until, wire } from '../../test/door.ts';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { type FallbackPage, openFallbackPage } from './index.ts';

let port = 0;
let page: FallbackPage;
let next = 0;

beforeEach(async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  port = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => probe.close(resolve));
  next = 0;
  page = openFallbackPage({
    clock: systemClock,
    log: silentLog,
    port,
    host: '127.0.0.1',
    random: () => next,
  });
});
afterEach(() => page.hide(false));

const ask = async (request: string): Promise<string> => {
  const asked = wire(port, request);
  await asked.closed;
  return asked.text();
};
const browser = 'GET /r/talk HTTP/1.1\r\nHost: x\r\nAccept: text/html,*/*\r\n\r\n';

test('a browser gets a page in two languages that comes back by itself, each after another pause', async () => {
  page.show();
  await until(() => page.shown);
  const pauses = new Set<string>();
  for (next = 0.05; next < 1; next += 0.1) {
    const answer = await ask(browser);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    const pause = /^retry-after: (\d+)\r$/m.exec(answer)?.[1] ?? '';
    expect(answer).toContain(`<meta http-equiv="refresh" content="${pause}">`);
    expect(answer).toMatch(/<h1>The doors are shut/);
    expect(answer).toMatch(/lang="fr"/);
    // Nothing in it leads to a process that is dead.
    expect(answer).not.toMatch(/ (?:src|href)=/);
    const body = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
    expect(Number(/^content-length: (\d+)/m.exec(answer)?.[1])).toBe(body.length);
    pauses.add(pause);
  }
  expect(pauses.size).toBe(10);
});

test('a player gets a typed refusal, and HEAD only the head', async () => {
  page.show();
  await until(() => page.shown);
  const answer = await ask('GET /r/talk/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toMatchObject({
    code: 'doors-away',
    status: 503,
  });
  expect((await ask('HEAD / HTTP/1.1\r\nHost: x\r\n\r\n')).endsWith('\r\n\r\n')).toBe(true);
});

test('bytes that are no request are answered or closed, and it survives', async () => {
  page.show();
  await until(() => page.shown);
  await ask('\x16\x03\x01\x02\x00\r\n\r\n');
  await ask('A'.repeat(20_000));
  expect(await ask(browser)).toContain('The doors are shut');
});

test('it shares the port, releases it, and takes it again', async () => {
  page.show();
  page.show();
  await until(() => page.shown);
  const door = createServer((socket) => socket.resume().end('door'));
  await new Promise<void>((resolve) => door.listen({ port, host: '127.0.0.1', reusePort: true }, resolve));
  page.hide(true);
  expect(page.shown).toBe(false);
  for (let i = 0; i < 8; i += 1) expect(await ask(browser)).toBe('door');
  await new Promise((resolve) => door.close(resolve));
  page.show();
  await until(() => page.shown);
  expect(await ask(browser)).toContain('The doors are shut');
});

test('while something else has the port it keeps trying', async () => {
  const other = createServer((socket) => socket.resume().end('other'));
  await new Promise<void>((resolve) => other.listen({ port, host: '127.0.0.1' }, resolve));
  page.show();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(page.shown).toBe(false);
  expect(await ask(browser)).toBe('other');
  await new Promise((resolve) => other.close(resolve));
  await until(() => page.shown);
});

test('says what visitors get while the certificate cannot be used, and not while the first door starts', async () => {
  const said: [string, object][] = [];
  const log = { ...silentLog, error: (fields: object, message: string) => said.push([message, fields]) };
  const deps = { clock: systemClock, log, port, host: '127.0.0.1', random: () => 0 };
  const pair = selfSigned();
  page = openFallbackPage({ ...deps, certificate: () => ({ pair, fault: 'gone' }) });
  page.show(true);
  await until(() => page.shown);
  expect(said).toEqual([]);
  const old = connectSecure({ port, host: '127.0.0.1', ca: pair.cert });
  await new Promise((resolve) => old.once('secureConnect', resolve));
  old.destroy();
  page.hide(true);
  page.show();
  await until(() => page.shown);
  expect(said).toEqual([
    [expect.stringMatching(/with the last good one; no door will start/), { fault: 'gone' }],
  ]);
  page.hide(true);
  page = openFallbackPage({ ...deps, certificate: () => ({ fault: 'none' }) });
  page.show();
  await until(() => page.shown);
  expect(said[1]).toEqual([expect.stringMatching(/speaks plain HTTP, which a browser/), { fault: 'none' }]);
  expect(await ask(browser)).toContain('The doors are shut');
  page.hide(true);
  page = openFallbackPage({ ...deps, certificate: () => ({ pair, fault: 'cut', later: true }) });
  page.show();
  expect(said[2]).toEqual([
    expect.stringMatching(/with the last good one; doors that start refuse TLS/),
    { fault: 'cut' },
  ]);
});

test('logs once that doors are missing and how long they were, and nothing when Earshot is stopped', async () => {
  const said: [string, object][] = [];
  const log = { ...silentLog, warn: (fields: object, message: string) => said.push([message, fields]) };
  const clock = manualClock();
  page = openFallbackPage({ clock, log, port, host: '127.0.0.1', random: () => 0 });
  const other = createServer();
  await new Promise<void>((resolve) => other.listen({ port, host: '127.0.0.1' }, resolve));
  const missed = ['no door is up: everyone who asks gets a static page until one is', { port }];
  page.show();
  await new Promise((resolve) => setTimeout(resolve, 50));
  clock.advance(100);
  page.show();
  expect(said).toEqual([missed]);
  clock.advance(50);
  page.hide(true);
  expect(said).toEqual([missed, ['a door is up again', { ms: 150 }]]);
  page.show();
  page.hide(false);
  expect(said).toEqual([missed, ['a door is up again', { ms: 150 }], missed]);
  await new Promise((resolve) => other.close(resolve));
});

test('a missing handshake is not waited for two minutes', { timeout: 15_000 }, async () => {
  page = openFallbackPage({
    ...{ clock: systemClock, log: silentLog, port, host: '127.0.0.1', random: () => 0 },
    certificate: () => ({ pair: selfSigned() }),
  });
  page.show();
  await until(() => page.shown);
  const silent = connect(port, '127.0.0.1');
  await new Promise<void>((resolve) => silent.resume().on('close', () => resolve()));
});

test('a page of another origin may read that the doors are away', async () => {
  page.show();
  await until(() => page.shown);
  const asked = 'Origin: https://elsewhere.example\r\nAccess-Control-Request-Method: GET\r\n';
  const answer = await ask(`OPTIONS /r/talk/live/main.m3u8 HTTP/1.1\r\nHost: x\r\n${asked}\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 204 /);
  expect(answer).toMatch(/^access-control-allow-origin: \*\r$/m);
  expect(answer).toMatch(/^access-control-allow-headers: \*\r$/m);
});

test('after minutes the page says for how long, and promises no moment any more', async () => {
  const clock = manualClock();
  const long = openFallbackPage({ clock, log: silentLog, port, host: '127.0.0.1', random: () => 0 });
  long.show();
  await until(() => long.shown);
  expect(await ask(browser)).toContain('The doors are shut for a moment');
  clock.advance(7 * 60_000);
  const answer = await ask(browser);
  expect(answer).toContain('The doors have been shut for 7 minutes');
  expect(answer).toContain('depuis 7 minutes');
  expect(answer).not.toMatch(/a moment|un instant/);
  long.hide(false);
});
