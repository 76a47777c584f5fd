import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, streamGet, until, wire } from '../../../test/door.ts';
import { LIMITS } from '../limits.ts';
import { openClients } from './trusted-proxies.ts';

test('the client is the last address that is not a listed proxy; what stands before it is unproven', () => {
  const clients = openClients(['10.0.0.0/8', '127.0.0.1', '2001:db8:1::/48']);
  for (const [peer, forwarded, client] of [
    ['203.0.113.7', undefined, '203.0.113.7'],
    ['203.0.113.7', '6.6.6.6', '203.0.113.7'],
    ['127.0.0.1', undefined, '127.0.0.1'],
    ['127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '6.6.6.6, 198.51.100.1', '198.51.100.1'],
    ['127.0.0.1', '6.6.6.6, 198.51.100.1, 10.1.2.3', '198.51.100.1'],
    ['::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['2001:db8:1::5', '2001:db8:2::1', '2001:db8:2::1'],
    ['127.0.0.1', '[2001:db8:2::1]:4711', '2001:db8:2::1'],
    ['127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['127.0.0.1', 'unknown', '127.0.0.1'],
    ['127.0.0.1', '6.6.6.6, unknown', '127.0.0.1'],
    ['127.0.0.1', ',,,', '127.0.0.1'],
    ['127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['127.0.0.1', `6.6.6.6${', 10.0.0.1'.repeat(50)}`, '10.0.0.1'],
    [undefined, '6.6.6.6', ''],
  ] as const)
    expect([peer, forwarded, clients.clientOf(peer, forwarded)]).toEqual([peer, forwarded, client]);
});

test('without a list nobody is believed, and an invalid list is refused', () => {
  const clients = openClients([]);
  expect([clients.trusts('127.0.0.1'), clients.clientOf('127.0.0.1', '6.6.6.6')]).toEqual([
    false,
    '127.0.0.1',
  ]);
  expect(() => openClients(['nonsense'])).toThrow();
  expect(() => openClients(['10.0.0.0/99'])).toThrow();
});

test('streams on kept connections of a listed proxy count for the networks behind it', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  const limits = { ...LIMITS, connections: 4, shareFrom: 0.5 };
  await using door = await openTestDoor(origin, { limits, trustedProxies: ['127.0.0.1'] });
  /** First something else, then the stream, on one connection. */
  const listen = async (client: string): Promise<string> => {
    const kept = wire(door.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => kept.text().endsWith('ok\n'));
    kept.socket.write(streamGet('', '1.1', `X-Forwarded-For: ${client}\r\n`));
    await until(() => kept.text().split('HTTP/1.1 ').length > 2);
    return kept.text().split('HTTP/1.1 ')[2] ?? '';
  };
  expect(await listen('203.0.113.1')).toMatch(/^200 /);
  expect(await listen('203.0.113.2')).toMatch(/^200 /);
  const third = await listen('203.0.113.3');
  expect(third).toMatch(/^503 /);
  expect(third).toContain('door-full');
  expect(await listen('198.51.100.1')).toMatch(/^200 /);
  expect(door.presence().get('room')).toBe(3);
});

test('of several proxies in a row the first scheme and host count, from listed ones only', () => {
  const clients = openClients(['10.0.0.0/8']);
  const spoken = (headers: Record<string, string>, peer = '10.0.0.1') =>
    Object.values(
      clients.spokenTo({
        headers: { host: 'in.side:8080', ...headers },
        socket: { remoteAddress: peer } as Socket,
      }),
    ).join('://');
  const named = { 'x-forwarded-host': 'rooms.example' };
  expect(spoken({ ...named, 'x-forwarded-proto': 'https, http' })).toBe('https://rooms.example');
  expect(spoken({ ...named, 'x-forwarded-proto': 'https,http,http' })).toBe('https://rooms.example');
  expect(spoken({ ...named, 'x-forwarded-proto': ' HTTPS ' })).toBe('https://rooms.example');
  expect(spoken({ ...named, 'x-forwarded-proto': 'http, https' })).toBe('http://rooms.example');
  expect(spoken({ ...named, 'x-forwarded-proto': 'gopher' })).toBe('http://rooms.example');
  expect(spoken({ 'x-forwarded-host': 'rooms.example, in.side', 'x-forwarded-proto': 'https' })).toBe(
    'https://rooms.example',
  );
  expect(spoken({ ...named, 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443, 80' })).toBe(
    'https://rooms.example:8443',
  );
  expect(spoken({ ...named, 'x-forwarded-proto': 'https', 'x-forwarded-port': '80' })).toBe(
    'https://rooms.example',
  );
  expect(spoken({ 'x-forwarded-host': 'rooms.example:8443', 'x-forwarded-port': '9000' })).toBe(
    'http://rooms.example:8443',
  );
  expect(spoken({ 'x-forwarded-proto': 'https' })).toBe('https://in.side:8080');
  // Nobody's word, and a stranger's.
  expect(spoken({ forwarded: 'proto=https;host=evil.example' })).toBe('http://in.side:8080');
  expect(spoken({ ...named, 'x-forwarded-proto': 'https' }, '203.0.113.7')).toBe('http://in.side:8080');
});
