import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { freeUdpPort, udpPortTrouble } from './udp-port.ts';

const openFiles = (): number => readdirSync('/proc/self/fd').length;

test('asking for a port that is taken says so, and leaves nothing open however often it is asked', async () => {
  const taken = createSocket('udp6').bind(0);
  await once(taken, 'listening');
  const { port } = taken.address();
  try {
    expect(await udpPortTrouble(port)).toContain(
      `UDP port ${port} cannot be used: another program is using it`,
    );
    const before = process.platform === 'linux' ? openFiles() : 0;
    for (let i = 0; i < 20; i += 1) await udpPortTrouble(port);
    // Other tests of this process may open a few files meanwhile.
    if (process.platform === 'linux') expect(openFiles() - before).toBeLessThan(10);
  } finally {
    taken.close();
  }
});

test('a free port is no trouble, and is free again afterwards', async () => {
  const port = await freeUdpPort();
  expect(await udpPortTrouble(port)).toBeUndefined();
  expect(await udpPortTrouble(port)).toBeUndefined();
});
