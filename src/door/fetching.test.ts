import { createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { AT_ONCE, fakeOrigin, wire } from '../../test/door.ts';
import { systemClock } from '../base/clock.ts';
import { openAdmission } from './admission/admission.ts';
import { openFileAnswers } from './files/file-answers.ts';
import { LIMITS } from './limits.ts';
import { openCounters } from './metrics/counters.ts';
import { openGate } from './network/connection-limit.ts';
import { Share } from './network/fair-share.ts';
import { Requesters } from './network/requesters.ts';
import { openClients } from './network/trusted-proxies.ts';
import { FinishedRequests } from './request/finished-request.ts';
import { RoomGate } from './request/room-gate.ts';
import { openBatch } from './socket/batched-write.ts';
import { Connection, connectionOf } from './socket/connection.ts';

/** Who asks, and nobody who is told of what is over. */
const observers = () => {
  const gate = openGate({ limits: LIMITS, share: new Share(1) });
  const defence = { measure: () => 'serve' as const, later: () => {} };
  return {
    defence,
    requesters: new Requesters({ clients: openClients([]), gate, seed: 1 }),
    finished: new FinishedRequests(),
  };
};

test('under load a network fetches small files within its share, however it asks; otherwise as many as it likes', () => {
  const clock = manualClock();
  const share = new Share(1);
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{ clock, gate, share, clients: openClients([]), late: AT_ONCE, busyFrom: 0, random: () => 0.5 },
  });
  const from = (network: number): Connection => {
    const socket = { remoteAddress: `203.0.${network}.7`, on: () => socket } as unknown as Socket;
    const connection = new Connection(socket);
    gate.admit(connection);
    return connection;
  };
  const [loud, quiet] = [from(1), from(2)];
  const served = (connection: Connection, count: number): number =>
    Array.from({ length: count }, () => admission.consume(connection)).filter(Boolean).length;
  expect(served(loud, 3_000)).toBe(3_000);
  for (let s = 0; s < 5; s += 1) {
    served(loud, 3_000);
    served(quiet, 10);
    for (let i = 0; i < 10; i += 1) {
      clock.stall(99);
      clock.advance(1);
    }
  }
  expect(admission.strained).toBe(true);
  expect(served(quiet, 10)).toBe(10);
  const most = served(loud, 3_000);
  expect(most).toBeGreaterThan(100);
  expect(most).toBeLessThan(2_900);
  // The long way round, by a header that the short one does not read.
  const asked = { method: 'GET', headers: { 'if-none-match': '"x"' }, socket: loud.socket };
  const path = '/r/room/live/opus64/7.m4s';
  expect(admission.admits(asked as never, path, false)).toBe(false);
  expect(admission.admits({ ...asked, socket: quiet.socket } as never, path, false)).toBe(true);
});

test('a connection of a network over its share is closed before anything is made for it', async () => {
  const origin = fakeOrigin();
  const asked: string[] = [];
  origin.answer = (path) => {
    asked.push(path);
    return Promise.resolve({ status: 200, headers: { 'cache-control': 'public, max-age=9' }, body: path });
  };
  const counters = openCounters();
  let left = 1;
  const answers = openFileAnswers({
    late: AT_ONCE,
    ...{ clock: systemClock, limits: LIMITS, counters, origin, batch: openBatch(undefined) },
    consume: () => left-- > 0,
    fault() {},
    charger: () => () => true,
    isProxy: () => false,
    rooms: new RoomGate({ card: () => undefined }),
    ...observers(),
    back: ({ socket }) => socket.destroy(),
  });
  await using server = createServer((socket) =>
    socket.once('data', (bytes) => answers.take(connectionOf(socket), bytes)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const get = (n: number): string => `GET /r/room/live/opus64/${n}.m4s HTTP/1.1\r\nHost: x\r\n\r\n`;
  const client = wire(port, get(1));
  await client.has(10);
  client.socket.write(get(2));
  await client.closed;
  expect(client.ended).toBe('reset');
  expect(asked).toEqual(['/r/room/live/opus64/1.m4s']);
  expect(counters.overShare).toBe(1);
});

test('what a listed proxy brings is charged to the network behind it, request by request; nobody else may say whose it is', async () => {
  const share = new Share(1);
  const clock = manualClock();
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{
      clock,
      gate,
      share,
      clients: openClients(['192.0.2.1']),
      late: AT_ONCE,
      busyFrom: 0,
      random: () => 0.5,
    },
  });
  const peer = (remoteAddress: string): Connection => {
    const socket = { remoteAddress, on: () => socket } as unknown as Socket;
    const connection = new Connection(socket);
    gate.admit(connection, remoteAddress === '192.0.2.1');
    return connection;
  };
  const [proxy, liar] = [peer('192.0.2.1'), peer('203.0.113.7')];
  const served = (connection: Connection, client: string, count: number): number =>
    Array.from({ length: count }, () => admission.consume(connection, undefined, client)).filter(Boolean)
      .length;
  for (let s = 0; s < 5; s += 1) {
    served(proxy, '198.51.100.1', 3_000);
    served(liar, '198.51.100.2', 3_000);
    served(proxy, '198.51.101.1', 10);
    for (let i = 0; i < 10; i += 1) {
      clock.stall(99);
      clock.advance(1);
    }
  }
  expect(admission.strained).toBe(true);
  expect(served(proxy, '198.51.101.1', 10)).toBe(10);
  expect(served(proxy, '6.6.6.6, 198.51.100.1', 3_000)).toBeLessThan(2_900);
  expect(served(liar, '198.51.101.1', 3_000)).toBeLessThan(2_900);
  // The dear part of it as well.
  expect(admission.charger(proxy, '198.51.100.1')(1)).toBe(false);
  expect(admission.charger(proxy, '198.51.101.1')(1)).toBe(true);
});

test("on a proxy's connection a client over its share is told so, and the next client is served", async () => {
  const origin = fakeOrigin();
  origin.answer = (path) =>
    Promise.resolve({ status: 200, headers: { 'cache-control': 'public, max-age=9' }, body: path });
  const counters = openCounters();
  const charged: (string | undefined)[] = [];
  const back: string[] = [];
  const answers = openFileAnswers({
    late: AT_ONCE,
    ...{ clock: systemClock, limits: LIMITS, counters, origin, batch: openBatch(undefined) },
    consume: (_socket, forwardedFor) => {
      charged.push(forwardedFor);
      return forwardedFor !== '198.51.100.1';
    },
    fault() {},
    charger: () => () => true,
    isProxy: () => true,
    rooms: new RoomGate({ card: () => undefined }),
    ...observers(),
    back: ({ socket }, bytes) => {
      back.push(bytes.toString());
      socket.end('HTTP/1.1 429 Too Many Requests\r\n\r\n');
    },
  });
  await using server = createServer((socket) =>
    socket.once('data', (bytes) => answers.take(connectionOf(socket), bytes)),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const get = (client: string): string =>
    `GET /r/room/live/opus64/1.m4s HTTP/1.1\r\nHost: x\r\n${client}\r\n`;
  const client = wire(port, get('X-Forwarded-For: 198.51.100.2\r\n'));
  await client.has(10);
  client.socket.write(get('x-forwarded-for: 6.6.6.6\r\nX-FORWARDED-FOR: 198.51.100.3\r\n'));
  client.socket.write(get('X-Forwarded-For: 198.51.100.1\r\n'));
  await client.closed;
  expect(charged).toEqual(['198.51.100.2', '6.6.6.6,198.51.100.3', '198.51.100.1']);
  expect(back).toEqual([get('X-Forwarded-For: 198.51.100.1\r\n')]);
  expect(client.text()).toContain('429');
});
