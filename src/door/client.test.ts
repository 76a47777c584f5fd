import { expect, test } from 'vitest';
import { openClients } from './client.ts';

test('the client is the last address that is no listed proxy; what stands before it was only said', () => {
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

test('without a list nobody is believed, and a list that is none is refused', () => {
  const clients = openClients([]);
  expect([clients.trusts('127.0.0.1'), clients.clientOf('127.0.0.1', '6.6.6.6')]).toEqual([
    false,
    '127.0.0.1',
  ]);
  expect(() => openClients(['nonsense'])).toThrow();
  expect(() => openClients(['10.0.0.0/99'])).toThrow();
});
