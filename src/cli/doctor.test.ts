import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Config, load } from '../config/index.ts';
import { diskAdvice, oldRecordings, timeService } from './doctor/machine.ts';
import { mostFiles, running } from './doctor/running.ts';
import { database, metricsPort, port, proxy, turn } from './doctor/service.ts';
import { turnServer } from './doctor/turn-probe.ts';
import { inAddress, serverAddress } from './local-server.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const config = (...flags: string[]): Config => load({ flags: ['--data', folder, ...flags], cores: 4 });
const OURS = { pid: 1, files: 1 };

test('an Earshot on the port is ours by the data folder, and another one otherwise', async () => {
  const server = createServer((_, response) => response.end('ok\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const settings = config('--host', '127.0.0.1', '--port', String((server.address() as AddressInfo).port));
    expect(await running(settings)).toBeUndefined();
    expect(await port(settings, undefined)).toMatchObject({
      state: 'bad',
      found: expect.stringMatching(/a data folder other than/),
    });
    expect(await port(settings, OURS)).toMatchObject({
      state: 'good',
      found: expect.stringMatching(/in use by this Earshot/),
    });
  } finally {
    server.close();
  }
});

test('the metrics port says what is wrong', async () => {
  const server = createServer((_, response) =>
    response.end('not ready\ndatabase  failed  does not answer\n'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const settings = config('--metrics-port', String((server.address() as AddressInfo).port));
    expect(await metricsPort(settings, OURS)).toMatchObject({
      state: 'bad',
      found: expect.stringMatching(/database failed does not answer/),
    });
    expect(await metricsPort(settings, undefined)).toMatchObject({ state: 'notice', found: 'EADDRINUSE' });
  } finally {
    server.close();
  }
});

test('advice for a data folder follows what the system says', () => {
  expect(diskAdvice('ENOSPC')).toContain('the disk is full');
  expect(diskAdvice('EDQUOT')).toContain('the disk is full');
  expect(diskAdvice('EROFS')).toContain('read-only');
  expect(diskAdvice('EACCES')).toContain('chown');
  expect(diskAdvice('EIO')).toContain('failing');
});

test('a database that does not answer is named without its password', async () => {
  const found = await database(config('--database', 'postgres://u:hidden@127.0.0.1:1/x'));
  expect(found).toMatchObject({ state: 'bad' });
  expect(JSON.stringify(found)).not.toContain('hidden');
  expect(await database(config())).toMatchObject({
    state: 'good',
    found: expect.stringMatching(/made at the first start/),
  });
});

test.each([
  ['turn:turn.example.org', { host: 'turn.example.org', port: 3478, udp: true }],
  ['turn:1.2.3.4:99?transport=tcp', { host: '1.2.3.4', port: 99, udp: false }],
  ['turns:[::1]:443', { host: '::1', port: 443, udp: false }],
  ['stun:x', undefined],
])('%s is a TURN server', (url, server) => {
  expect(turnServer(url)).toEqual(server);
});

/** Asks for credentials, and takes whoever has any. */
test('TURN is asked for an address with its credentials', async () => {
  const server = createSocket('udp4');
  server.on('message', (message, from) => {
    const signed = message.includes(Buffer.from('good'));
    const body = signed
      ? Buffer.alloc(0)
      : Buffer.from('001400047265616c00150004abcdefab'.replace('7265616c', '7265616c'), 'hex');
    const head = Buffer.concat([Buffer.alloc(4), message.subarray(4, 20)]);
    head.writeUInt16BE(signed ? 0x0103 : 0x0113, 0);
    head.writeUInt16BE(body.length, 2);
    server.send(Buffer.concat([head, body]), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, '127.0.0.1', resolve));
  try {
    const url = `turn:127.0.0.1:${server.address().port}`;
    const of = (username: string) =>
      turn(config('--ice-servers', JSON.stringify([{ urls: url, username, credential: 'c' }])));
    expect(await of('good')).toMatchObject([{ state: 'good' }]);
    expect(await of('bad')).toMatchObject([{ state: 'bad', found: 'refuses these credentials' }]);
  } finally {
    server.close();
  }
});

test('a proxy that must be there is reported as missing from trustedProxies', async () => {
  expect(await proxy(config('--public-url', 'https://x.org'), undefined)).toMatchObject([
    { state: 'notice' },
  ]);
  expect(
    await proxy(config('--public-url', 'https://x.org', '--trusted-proxies', '127.0.0.1'), undefined),
  ).toEqual([]);
});

test('an unlisted proxy on this machine that the doors have met is reported, from their metrics', async () => {
  const requests = [3, 4];
  const server = createServer((request, response) =>
    response.end(
      request.url === '/metrics'
        ? requests
            .map((n, i) => `earshot_door_unlisted_proxy_requests_total{process="door-${i}"} ${n}\n`)
            .join('')
        : '',
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const at = ['--metrics-port', String((server.address() as AddressInfo).port)];
    expect(await proxy(config(...at), OURS)).toMatchObject([
      {
        state: 'bad',
        found: expect.stringMatching(/^7 requests came from this machine/),
        change: expect.stringMatching(/--trusted-proxies 127\.0\.0\.1/),
      },
    ]);
    expect(await proxy(config(...at), undefined)).toEqual([]);
    requests.fill(0);
    expect(await proxy(config(...at), OURS)).toEqual([]);
    expect(await proxy(config(...at, '--public-url', 'https://x.org'), OURS)).toMatchObject([
      { state: 'notice', found: expect.stringMatching(/no request has come through a proxy/) },
    ]);
  } finally {
    server.close();
  }
});

test('time services are asked, one after the other', () => {
  const says = (answers: Record<string, string>) => timeService((program) => answers[program]);
  expect(says({ timedatectl: 'NTPSynchronized=yes\nNTP=yes\n' }).state).toBe('good');
  expect(says({ timedatectl: 'NTPSynchronized=no\nNTP=no\n' })).toMatchObject({
    state: 'notice',
    found: expect.stringMatching(/no time service keeps/),
  });
  expect(
    says({ chronyc: 'System time     : 0.000012 seconds fast of NTP time\nLeap status     : Normal\n' }),
  ).toMatchObject({
    state: 'good',
    found: expect.stringMatching(/0.000012 s fast/),
  });
  expect(says({})).toMatchObject({ state: 'notice', found: expect.stringMatching(/unknown/) });
});

test('old recordings of the demo room are reported', () => {
  expect(oldRecordings(config())).toEqual([]);
  mkdirSync(join(folder, 'archive', 'welcome'), { recursive: true });
  expect(oldRecordings(config())).toHaveLength(1);
});

test('limits are read as the system writes them, and IPv6 stands in brackets', () => {
  expect(
    mostFiles(
      'Limit   Soft Hard Units\nMax open files            1024                 524288               files\n',
    ),
  ).toBe(524_288);
  expect(mostFiles(undefined)).toBeUndefined();
  expect(inAddress('::1')).toBe('[::1]');
  expect(serverAddress(config('--host', '::1', '--port', '80'))).toBe('http://[::1]:80');
});
