import { expect, test } from 'vitest';
import { AGENTS_OF_ADDRESS, DoorClients, MANY_AGENTS, MOST_LETTERS } from './door-clients.ts';

test('an IPv6 address is its /64, however it is written', () => {
  const clients = new DoorClients(100);
  const row = clients.row('2001:db8:1:2::1', 'a');
  for (const same of [
    '2001:db8:1:2:ffff:0:0:9',
    '2001:DB8:1:2::7',
    '2001:0db8:0001:2:3:4:5:6',
    '2001:db8:1:2:0:0:0:1%eth0',
  ])
    expect(clients.row(same, 'a'), same).toBe(row);
  expect(clients.row('2001:db8:1:3::1', 'a')).not.toBe(row);
  expect(clients.row('2001:db8::1:2', 'a')).toBe(clients.row('2001:db8:0:0:5::', 'a'));
  expect(clients.row('::1', 'a')).toBe(clients.row('::2', 'a'));
  expect(clients.row('::ffff:192.0.2.1', 'a')).not.toBe(clients.row('::ffff:192.0.2.2', 'a'));
});

test('one address or one /64 that changes agents has a limited number of rows and leaves the others theirs', () => {
  const clients = new DoorClients(1_000);
  for (let i = 0; i < 10_000; i++) {
    clients.row('192.0.2.1', `Agent/${i}`);
    clients.row(`2001:db8::${(i % 60_000).toString(16)}`, `Agent/${i}`);
  }
  expect(clients.agents.filter((name) => name === MANY_AGENTS)).toHaveLength(2);
  expect(clients.size).toBe(4 + 2 * (AGENTS_OF_ADDRESS + 1));
  const many = clients.row('192.0.2.1', 'Agent/5000');
  expect([clients.agents[many], clients.row('192.0.2.1', 'Agent/5001')]).toEqual([MANY_AGENTS, many]);
  expect(clients.agents[clients.row('192.0.2.1', 'Agent/3')]).toBe('Agent/3');
  expect(clients.row('198.51.100.1', 'Agent/1')).toBeGreaterThan(0);
});

test('agents and addresses of any length take bounded memory', () => {
  const clients = new DoorClients(500);
  for (let i = 0; i < 2_000; i++) clients.row(`${i} ${'x'.repeat(8_000)}`, `${i} ${'y'.repeat(8_000)}`);
  const letters = [...clients.addresses, ...clients.agents].join('').length;
  expect(clients.addresses.length).toBe(500);
  expect(letters).toBeLessThanOrEqual(500 * (MOST_LETTERS + 64));
  const long = `same ${'z'.repeat(300)}`;
  expect(clients.row('0 ', `${long}1`)).toBe(clients.row('0 ', `${long}2`));
});

test('who is silent is let go, who asks for something meanwhile or hears is not', () => {
  const clients = new DoorClients(100);
  const [silent, hears, busy] = ['192.0.2.1', '192.0.2.2', '192.0.2.3'].map((one) => clients.row(one, 'a'));
  const { moments, counts } = clients.columns;
  for (const row of [silent, hears, busy]) moments.last[row ?? 0] = 1_000;
  clients.streams[hears ?? 0] = 1;
  const table = clients.swap();
  for (const row of [silent, hears, busy]) clients.written(table, row ?? 0);
  counts.merged[busy ?? 0] = 1;
  expect([...clients.lettingGo(1_000)]).toEqual([]);
  expect(clients.size).toBe(4 + 3);
  for (const _ of clients.lettingGo(2_000));
  expect(clients.size).toBe(4 + 2);
  expect(clients.row('192.0.2.9', 'b')).toBe(silent);
});
