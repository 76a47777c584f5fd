import { expect, test } from 'vitest';
import { AddressLists, readAddressList } from './address-lists.ts';

test('a list is read line by line, and bad lines are named', () => {
  const { networks, bad } = readAddressList(
    '# the office\n192.0.2.7\n\n198.51.100.0/24 # a campus\r\n2001:db8::/32\nexample.org\n10.0.0.0/33\n10.0.0/8\n1.2.3.4/\nfe80::1%eth0\n',
  );
  expect(networks.map(({ address, bits }) => `${address}/${bits}`)).toEqual([
    '192.0.2.7/32',
    '198.51.100.0/24',
    '2001:db8::/32',
  ]);
  expect(bad.map(({ line }) => line)).toEqual([6, 7, 8, 9, 10]);
  expect(bad[0]?.text).toBe('example.org');
});

test('an address on both lists is allowed, and one on none is neither', () => {
  const lists = new AddressLists();
  expect(lists.empty).toBe(true);
  const read = (text: string) => readAddressList(text).networks;
  lists.set(read('192.0.2.7\n2001:db8:1::/48'), read('192.0.2.0/24\n2001:db8::/32'));
  expect(lists.empty).toBe(false);
  expect(
    ['192.0.2.7', '192.0.2.8', '2001:db8:1::5', '2001:db8:2::5', '203.0.113.1', ''].map((a) => lists.of(a)),
  ).toEqual(['allow', 'deny', 'allow', 'deny', undefined, undefined]);
});

test('a client is looked up once, and again when the lists change', () => {
  const lists = new AddressLists();
  const read = (text: string) => readAddressList(text).networks;
  lists.set([], read('192.0.2.0/24'));
  expect([lists.ofClient(7, '192.0.2.7'), lists.ofClient(7, '192.0.2.7')]).toEqual(['deny', 'deny']);
  // Another client whose key has the same place.
  expect(lists.ofClient(7 + 4_096, '198.51.100.7')).toBeUndefined();
  expect(lists.ofClient(7, '192.0.2.7')).toBe('deny');
  lists.set(read('192.0.2.7'), read('192.0.2.0/24'));
  expect(lists.ofClient(7, '192.0.2.7')).toBe('allow');
  lists.set([], []);
  expect(lists.ofClient(7, '192.0.2.7')).toBeUndefined();
});
