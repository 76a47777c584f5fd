import { expect, test } from 'vitest';
import { freeUdpPort } from '../../base/udp-port.ts';
import { heldTrouble, holdMediaPort } from './media-port.ts';

const HERE = '127.0.0.1';

test('a held port is healthy as long as its socket is there; a lost one is reported as closed', async () => {
  using held = await holdMediaPort(0, HERE);
  expect(await held.trouble()).toBeUndefined();
  expect(await held.trouble()).toBeUndefined();
  expect(await heldTrouble(await freeUdpPort(HERE), HERE)).toMatch(/is no longer open/);
});
