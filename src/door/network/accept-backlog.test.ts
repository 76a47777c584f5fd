import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { platform } from 'node:os';
import { expect, test } from 'vitest';
import { LEAST_QUEUED, openAcceptQueue, queuedAt, type Rounds } from './accept-backlog.ts';

const LIST = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:ADB5 00000000:0000 0A 00000000:00000007 00:00000000 00000000     0        0 7460300 1 00000000431a86da 100 0 0 10 0
   1: 0100007F:ADB5 00000000:0000 0A 00000000:000005DC 00:00000000 00000000     0        0 7460301 201 00000000431a86da 100 0 0 10 0
   2: 0100007F:ADB5 0100007F:9C40 01 00000000:00000009 00:00000000 00000000     0        0 7460302 1 00000000431a86da 20 4 30 10 -1
`;

test('two listening sockets on one port have a queue each, and a connection has none', () => {
  expect(queuedAt(LIST, '7460300')).toBe(7);
  expect(queuedAt(LIST, '7460301')).toBe(1500);
  expect(queuedAt(LIST, '7460302')).toBeUndefined();
  expect(queuedAt(LIST, '746030')).toBeUndefined();
});

test.runIf(platform() === 'linux')(
  'connections that are not yet accepted are counted, and wait one round of the loop each',
  async () => {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer((socket) => socket.on('error', () => {}).resume());
      server.listen(0, host, 1024);
      const listened = await once(server, 'listening').then(
        () => true,
        () => false,
      );
      // A machine without IPv6.
      if (!listened) continue;
      let rounds: Rounds = { count: 0, active: 0 };
      const queue = openAcceptQueue(server, () => rounds);
      const { port } = server.address() as AddressInfo;
      const knock = (count: number) =>
        Array.from({ length: count }, () => connect(port, host).on('error', () => {}));
      // A few are no queue.
      const few = knock(LEAST_QUEUED - 1);
      await new Promise<void>((resolve) => process.nextTick(resolve));
      expect(queue.look()).toBe(0);
      while ((await connections(server)) < few.length) await new Promise(setImmediate);
      rounds = { count: 1000, active: 500 };
      expect(queue.look()).toBe(0);
      // Until the next round of this loop nobody takes them up.
      const many = knock(200);
      await new Promise<void>((resolve) => process.nextTick(resolve));
      rounds = { count: 2000, active: 5500 };
      const wait = queue.look();
      expect(wait).toBeGreaterThanOrEqual(LEAST_QUEUED * 5);
      expect(wait).toBeLessThanOrEqual(200 * 5);
      while ((await connections(server)) < few.length + many.length) await new Promise(setImmediate);
      rounds = { count: 3000, active: 6500 };
      expect(queue.look()).toBe(0);
      expect(queue.take()).toBe(wait);
      expect(queue.take()).toBe(0);
      for (const socket of [...few, ...many]) socket.destroy();
      server.close();
    }
  },
);

const connections = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
