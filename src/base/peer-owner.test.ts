import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { systemClock } from './clock.ts';
import { openPeerOwner, ownersIn } from './peer-owner.ts';

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const line = (local: string, remote: string, uid: number, state = '01'): string =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 1234 1 0 20 4 24 10 -1\n`;
const uid = process.getuid?.() ?? -1;

test('the owner of the other end is found by both ports, between loopback addresses, while the connection is open', () => {
  const table =
    HEAD +
    // The server's own end, a foreign peer with the same port, a closed connection, and the right one.
    line('0100007F:1F90', '0100007F:C350', 7) +
    line('0A00000A:C350', '0100007F:1F90', 8) +
    line('0100007F:C350', '0100007F:1F90', 9, '06') +
    line('0100007F:C350', '0100007F:1F91', 10) +
    line('0100007F:C350', '0100007F:1F90', 33);
  expect(ownersIn(table, { from: 50_000, to: 8080 })).toEqual([33]);
  const six = line('00000000000000000000000001000000:C350', '00000000000000000000000001000000:1F90', 34);
  expect(ownersIn(HEAD + six, { from: 50_000, to: 8080 })).toEqual([34]);
  const mapped = line('0000000000000000FFFF00000100007F:C350', '0000000000000000FFFF00000100007F:1F90', 35);
  expect(ownersIn(HEAD + mapped, { from: 50_000, to: 8080 })).toEqual([35]);
});

test('a program of another user, such as a proxy, is not ours; where the system does not say, the answer is no', async () => {
  const of = (owner: number) =>
    openPeerOwner(systemClock, async () => HEAD + line('0100007F:C350', '0100007F:1F90', owner));
  const ports = { from: 50_000, to: 8080 };
  expect(await of(uid)(ports)).toBe(true);
  expect(await of(uid + 1)(ports)).toBe(false);
  expect(await of(uid)({ from: 50_001, to: 8080 })).toBe(false);
  expect(await openPeerOwner(systemClock, () => Promise.reject(new Error('ENOENT')))(ports)).toBe(true);
});

test('the table is read by one caller at a time, and not again right after a long read', async () => {
  const clock = manualClock();
  let reads = 0;
  const waiting: ((table: string) => void)[] = [];
  const owns = openPeerOwner(clock, () => {
    reads += 1;
    return new Promise((resolve) => void waiting.push(resolve));
  });
  const come = (): void => {
    clock.advance(10);
    for (const resolve of waiting.splice(0)) resolve(HEAD);
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const ask = (count: number) =>
    Array.from({ length: count }, (_, i) => owns({ from: 40_000 + i, to: 8080 }));
  const first = ask(100);
  await turn();
  expect(reads).toBe(2);
  // A request that comes while the table is being read waits for the next read.
  const second = ask(50);
  await turn();
  expect(reads).toBe(2);
  come();
  await Promise.all(first);
  second.push(...ask(50));
  await turn();
  clock.advance(80);
  await turn();
  expect(reads).toBe(2);
  clock.advance(20);
  await turn();
  expect(reads).toBe(4);
  come();
  await Promise.all(second);
});

test.runIf(existsSync('/proc/net/tcp'))('a real connection of our own is found', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [here] = (await once(server, 'connection')) as [Socket];
  const owns = openPeerOwner(systemClock);
  expect(await owns({ from: here.remotePort ?? 0, to: here.localPort ?? 0 })).toBe(true);
  client.destroy();
  here.destroy();
  server.close();
});
