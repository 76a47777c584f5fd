import { expect, test } from 'vitest';
import { readNetworkKeys, writeNetworkKeys } from './network-keys.ts';

test('changes are read as they were written, and a rest is left out', () => {
  const changes = [
    { network: 0xffff_ffff, key: 1, came: true },
    { network: 2, key: 0x8000_0000, came: false },
  ];
  const bytes = writeNetworkKeys(changes);
  expect([...readNetworkKeys(bytes)]).toEqual(changes);
  expect([...readNetworkKeys(bytes.subarray(0, 20))]).toEqual(changes.slice(0, 1));
});
