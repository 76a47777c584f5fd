import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { fakeOrigin, openTestDoor, pause, wire } from '../../../test/door.ts';
import { ms } from '../../base/time.ts';
import { LIMITS } from '../index.ts';
import { wholeLength } from '../request/first-head.ts';
import { openUnfinished } from './slow-senders.ts';

/** `count` connections of a network, and which of them were closed, in order. */
function rig(unfinished: number) {
  const clock = manualClock();
  const closed: string[] = [];
  const names = new Map<Socket, string>();
  const list = openUnfinished<Socket>({
    ...{ clock, limits: { unfinished, unfinishedAfter: ms(1_000) } },
    prefixOf: (socket) => names.get(socket)?.split(' ')[0],
  });
  const come = (name: string): Socket => {
    const socket = {} as Socket;
    names.set(socket, name);
    list.begin(socket, (gone) => closed.push(names.get(gone) ?? ''));
    return socket;
  };
  const many = (network: string, count: number) =>
    Array.from({ length: count }, (_, n) => come(`${network} ${n}`));
  return { clock, closed, list, come, many };
}

test('up to the limit everybody may be slow; beyond it the oldest of the network with most are closed', () => {
  const { clock, closed, list, many } = rig(10);
  many('a', 3);
  many('b', 7);
  clock.advance(5_000);
  expect(closed).toEqual([]);
  many('b', 4);
  clock.advance(1_000);
  expect(closed).toEqual([]);
  clock.advance(300);
  // Both together have 14 and may have 10: `a` keeps its three, `b` has seven left, the newest.
  expect(closed).toEqual(['b 0', 'b 1', 'b 2', 'b 3']);
  expect(list.size).toBe(10);
});

test('with more networks than places the newest stay, and the limit holds exactly', () => {
  const { clock, closed, list, many } = rig(10);
  for (let n = 0; n < 25; n += 1) many(`n${n}`, 1);
  clock.advance(1_500);
  expect(list.size).toBe(10);
  expect(closed).toEqual(Array.from({ length: 15 }, (_, n) => `n${n} 0`).sort((a, b) => age(b) - age(a)));
  function age(name: string): number {
    return Number(/\d+/.exec(name)?.[0]);
  }
});

test('finished and closed requests are not counted', () => {
  const { clock, closed, list, many } = rig(10);
  const sockets = many('a', 30);
  for (const socket of sockets.slice(0, 20)) list.end(socket);
  clock.advance(60_000);
  expect(closed).toEqual([]);
});

test('a request that starts waiting again hides none that has waited all along', () => {
  const { clock, closed, list, many } = rig(1);
  const [first] = many('a', 3);
  clock.advance(900);
  list.begin(first!, () => closed.push('the renewed one'));
  clock.advance(500);
  expect(closed).toEqual(['a 1']);
});

test('a busy door makes no client slow: fifty thousand connections whose heads it has not read yet all stay', () => {
  const { clock, closed, list, many } = rig(1_024);
  const storm: Socket[][] = [];
  // Each round of the event loop takes 700 ms, and reads what came before the round before.
  for (let round = 0; round < 50; round += 1) {
    storm.push(many(`n${round % 7}`, 1_000));
    clock.stall(700);
    clock.advance(0);
    for (const socket of storm[round - 2] ?? []) list.end(socket);
  }
  expect(closed).toEqual([]);
  // The same storm, if nobody had said anything, would have been let go.
  many('silent', 3_000);
  clock.advance(3_000);
  expect(list.size).toBe(1_024);
});

test('a real door answers half-sent requests that they were too slow, and keeps the other connections', async () => {
  const origin = fakeOrigin();
  origin.tick();
  const limits = { ...LIMITS, unfinished: 4, unfinishedAfter: ms(300), busyFrom: Number.POSITIVE_INFINITY };
  await using door = await openTestDoor(origin, { limits });
  const listener = wire(door.port, 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  await listener.has(20);
  const heads = [];
  for (let n = 0; n < 4; n += 1) {
    heads.push(wire(door.port, 'GET /r/room HTTP/1.1\r\nX-a: b\r\n'));
    await pause(5);
  }
  const silent = wire(door.port, '');
  await pause(5);
  const body = wire(door.port, 'POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{');
  await Promise.all([heads[0]?.closed, heads[1]?.closed]);
  expect(heads[0]?.text()).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*"code":"too-slow"/);
  expect(door.metrics()).toContain('unfinished_closed_total 2');
  // The rest may go on, and a head that comes at last is answered.
  heads[3]?.socket.write('Host: x\r\nConnection: close\r\n\r\n');
  await heads[3]?.closed;
  expect(heads[3]?.text()).toMatch(/^HTTP\/1\.1 200 /);
  expect([silent.socket.destroyed, listener.socket.destroyed]).toEqual([false, false]);
  // A listener is no request that is waited for, and a page that was promptly asked for is none either.
  origin.tick();
  for (const one of [...heads, silent, body, listener]) one.socket.destroy();
});

test("Node's HTTP parser is not started before a head is whole", async () => {
  await using door = await openTestDoor(fakeOrigin());
  // Node's parser would count this as a bad request at once; the front waits for its end.
  const w = wire(door.port, 'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: none\r\n');
  await pause(150);
  expect([w.text(), door.metrics().includes('bad_heads_total 0')]).toEqual(['', true]);
  w.socket.write('\r\n');
  await w.closed;
  expect(w.text()).toMatch(/^HTTP\/1\.1 400 /);
});

test('a small body is waited for like a head: in time it is answered, otherwise 408 and the slot is free', async () => {
  const limits = { ...LIMITS, headTimeout: ms(100), requestTimeout: ms(1_500), busyFrom: Infinity };
  await using door = await openTestDoor(fakeOrigin(), { limits });
  const post = (length: string) =>
    wire(door.port, `POST /api/rooms HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${length}\r\n\r\n{`);
  const prompt = post('Content-Length: 3');
  const slow = post('content-length: 3');
  await pause(300);
  // Nothing has been asked of the site, which is away here.
  expect([prompt.text(), slow.text()]).toEqual(['', '']);
  expect(door.metrics()).toContain('requests_total 0');
  prompt.socket.write(' }');
  await prompt.closed;
  expect(prompt.text()).toMatch(/^HTTP\/1\.1 503 /);
  await slow.closed;
  expect(slow.text()).toMatch(/^HTTP\/1\.1 408 /);
});

test('how long a request is, as far as it is worth waiting for', () => {
  const length = (fields: string, line = 'POST / HTTP/1.1') =>
    wholeLength(Buffer.from(`${line}\r\nHost: x\r\n${fields}\r\n`), LIMITS);
  expect(length('Content-Length: 5\r\n')).toBe(
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n'.length + 5,
  );
  for (const fields of [
    '',
    'Content-Length: 0\r\n',
    'Content-Length: 8193\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 5\r\nExpect: 100-continue\r\n',
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
  ])
    expect([fields, length(fields)]).toEqual([fields, 0]);
  expect(length('Content-Length: 5\r\n', 'GET / HTTP/1.1')).toBe(0);
});

test('one network has its number of places and no more, although others are free', () => {
  const clock = manualClock();
  const closed: string[] = [];
  using unfinished = openUnfinished<string>({
    ...{ clock, limits: { unfinished: 100, unfinishedAfter: ms(1_000) }, perNetwork: 3 },
    prefixOf: (key) => (key.startsWith('here') ? undefined : key.slice(0, 1)),
  });
  for (const key of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'here1', 'here2', 'here3', 'here4'])
    unfinished.begin(key, (one) => closed.push(one));
  for (let i = 0; i < 20; i += 1) clock.advance(100);
  expect(closed).toEqual(['a1', 'a2']);
  expect(unfinished.size).toBe(8);
});
