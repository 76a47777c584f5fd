import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { AT_ONCE, fakeOrigin, openTestDoor, pause, streamGet, until, wire } from '../../../test/door.ts';
import { ms } from '../../base/time.ts';
import { LIMITS } from '../index.ts';
import { openGate } from '../network/connection-limit.ts';
import { Share } from '../network/fair-share.ts';
import { openClients } from '../network/trusted-proxies.ts';
import { readStreamRequest, type StreamRequest } from '../request/stream-query.ts';
import { Connection } from '../socket/connection.ts';
import { openAdmission } from './admission.ts';

const stop: (() => void)[] = [];
afterEach(() => {
  for (const end of stop.splice(0)) end();
});

const request = (query = ''): StreamRequest => readStreamRequest(`/r/room/stream${query}`) as StreamRequest;

/** A admission on a clock of its own, and somebody from anywhere. */
function shieldOn(clock = manualClock(), accepting = () => 0) {
  const share = new Share(1);
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{ clock, gate, share, clients: openClients([]), late: AT_ONCE, busyFrom: 0, random: () => 0.5 },
    accepting,
    returnTokens: {
      give: (slug, network) => `${slug} ${network}`,
      holds: (text, slug, network) => text === `${slug} ${network}`,
    },
    newest: (slug) => (slug === 'room' ? 1_000 : undefined),
  });
  const from = (network: number): Connection => {
    const socket = { remoteAddress: `203.0.${network}.7`, on: () => socket } as unknown as Socket;
    const connection = new Connection(socket);
    gate.admit(connection);
    return connection;
  };
  /** `seconds` of arrivals, with an event loop that is busy for 100 ms at a time, or free. */
  const pass = (seconds: number, busy: boolean, query = ''): void => {
    for (let s = 0; s < seconds; s += 1) {
      for (let network = 0; network < 200; network += 1) admission.prioritize(from(network), request(query));
      for (let i = 0; i < 10; i += 1) {
        if (busy) clock.stall(99);
        clock.advance(busy ? 1 : 100);
      }
    }
  };
  return { admission, from, pass };
}

test('deferred newcomers hear the delayed stream until the load is over', () => {
  const { admission, from, pass } = shieldOn();
  const live = () => ({ at: 'live' as const });
  expect(admission.place(admission.prioritize(from(1), request()), live)).toEqual({ at: 'live' });
  pass(120, true);
  expect(admission.strained).toBe(true);
  for (let network = 0; network < 200; network += 1) {
    const prioritized = admission.prioritize(from(network), request());
    expect(admission.place(prioritized, live)).toEqual({ at: 'ring' });
  }
  // Those who only lost their connection, and can prove it, go on at the live edge.
  const back = (network: number): StreamRequest => ({
    ...request('?after=990'),
    back: `room 203.0.${network}`,
  });
  for (let i = 0; i < 20; i += 1)
    expect(admission.place(admission.prioritize(from(1), back(1)), live)).toEqual({ at: 'live' });
  // By now their network has had its share, and a proof of another network is none.
  expect(admission.place(admission.prioritize(from(1), back(2)), live)).toEqual({ at: 'ring' });
  pass(400, false);
  expect(admission.strained).toBe(false);
  expect(admission.place(admission.prioritize(from(1), request()), live)).toEqual({ at: 'live' });
  // The room's cap is another matter: a request that is not deferred goes where the line says.
  expect(admission.place(admission.prioritize(from(1), request()), () => ({ at: 'ring' }))).toEqual({
    at: 'ring',
  });
});

test('an event loop with short rounds is still overloaded while connections wait to be accepted', () => {
  let accepting = 0;
  const { admission, pass } = shieldOn(manualClock(), () => accepting);
  pass(20, false);
  expect(admission.strained).toBe(false);
  accepting = 1_500;
  pass(20, false);
  expect(admission.strained).toBe(true);
  expect(admission.state.wait).toBeGreaterThanOrEqual(1_500);
  accepting = 0;
  pass(200, false);
  expect(admission.strained).toBe(false);
});

test('a fragment number that only a past listener would know counts for more than none, and for less than a return token', () => {
  const { admission, pass } = shieldOn();
  // From this machine nobody has a share of a network: only the order counts.
  const here = new Connection({ remoteAddress: '127.0.0.1', on() {} } as unknown as Socket);
  const passes = (query: string): boolean => !admission.prioritize(here, request(query)).deferred;
  expect(passes('?after=12')).toBe(true);
  pass(120, true, '?after=999');
  expect([passes('?after=999'), passes('')]).toEqual([false, false]);
  expect(admission.prioritize(here, { ...request('?after=999'), back: 'room ' }).deferred).toBeUndefined();
  // While it gets better those who may have been here come before newcomers; an invented number is a newcomer's.
  for (let s = 0; s < 200 && !passes('?after=999'); s += 1) pass(1, false, '?after=999');
  for (const query of ['?after=999', '?after=1008', '?after=856']) expect(passes(query), query).toBe(true);
  for (const query of ['', '?after=12', '?after=1009', '?after=855', '?after=4000000000'])
    expect(passes(query), query).toBe(false);
});

test('a called ticket gets its place at the live edge under load as well; an unchecked one does not', () => {
  const { admission, from, pass } = shieldOn();
  pass(120, true);
  const prioritized = admission.prioritize(from(1), request('?ticket=q1.room'));
  expect(admission.place(prioritized, () => ({ at: 'live', seat: 'q1.seat' }))).toEqual({
    at: 'live',
    seat: 'q1.seat',
  });
  expect(admission.place(prioritized, () => ({ at: 'live' }))).toEqual({ at: 'ring' });
  expect(admission.place(prioritized, () => ({ at: 'ring' }))).toEqual({ at: 'ring' });
});

test('health checks are answered under load, within the share of their network', () => {
  const { admission, from, pass } = shieldOn();
  const asks = (network: number, path: string): boolean =>
    admission.admits(
      { method: 'GET', headers: {}, socket: from(network).socket } as unknown as IncomingMessage,
      path,
      false,
    );
  const flood = (path: string): number =>
    Array.from({ length: 5_000 }, () => asks(1, path)).filter(Boolean).length;
  expect([flood('/healthz'), flood('/readyz')]).toEqual([5_000, 5_000]);
  pass(120, true);
  for (const path of ['/healthz', '/readyz']) expect(flood(path)).toBeLessThan(1_000);
  expect([asks(2, '/healthz'), asks(3, '/readyz')]).toEqual([true, true]);
});

/** Keeps this process's event loop busy: 60 ms of work at a time. */
function strain(): void {
  let on = true;
  const work = (): void => {
    if (!on) return;
    const end = performance.now() + 60;
    while (performance.now() < end);
    setTimeout(work, 1);
  };
  work();
  stop.push(() => {
    on = false;
  });
}
const ask = async (port: number, head: string): Promise<string> => {
  const asked = wire(port, head);
  await until(() => asked.text().includes('\r\n\r\n'));
  asked.socket.destroy();
  return asked.text();
};

test('a door whose event loop is late: crawlers are told to wait, pages get short and link to the sound, speakers and listeners continue', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  // All who ask here are one network: they pass together, or none does.
  const limits = { ...LIMITS, loopbackCounts: true, busyFrom: 0 };
  await using door = await openTestDoor(origin, { limits, knowsToken: (token) => token === 'ours' });
  const crawler = 'GET /r/room HTTP/1.1\r\nHost: x\r\nUser-Agent: examplebot\r\nAccept: text/html\r\n\r\n';
  const reader = 'GET / HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n';
  const page = 'GET /r/room HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n\r\n';
  const prefetch = 'GET /r/room HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nSec-Purpose: prefetch\r\n\r\n';
  expect(await ask(door.port, crawler)).toMatch(/^HTTP\/1\.1 200 /);
  const proof = /^earshot-back: (\S+)/m.exec(await ask(door.port, streamGet()))?.[1];
  strain();
  const end = performance.now() + 30_000;
  const crowd = wire(door.port, '');
  const coming = setInterval(() => {
    if (crowd.socket.writable) crowd.socket.write('GET /r/room HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(30));
  }, 100);
  stop.push(() => {
    clearInterval(coming);
    crowd.socket.destroy();
  });
  for (;;) {
    const [, read, shown] = [
      await ask(door.port, crawler),
      await ask(door.port, reader),
      await ask(door.port, page),
    ];
    if (read.includes('Many people are arriving') && shown.includes('Many people are arriving')) break;
    expect(performance.now()).toBeLessThan(end);
  }
  const told = await ask(door.port, prefetch);
  expect(told).toMatch(/^HTTP\/1\.1 429 [\s\S]*"code":"crowded"/);
  expect(Number(/^retry-after: (\d+)/m.exec(told)?.[1])).toBeGreaterThanOrEqual(5);
  expect(await ask(door.port, page)).toMatch(/^HTTP\/1\.1 200 [\s\S]*src="\/r\/room\/radio\.mp3"/);
  expect(await ask(door.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  const speak = (token: string): string =>
    `POST /r/room/whip HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 0\r\n\r\n`;
  // Nobody is behind this door: 503 says that the request was let through to the studio.
  expect(await ask(door.port, speak('ours'))).toMatch(/^HTTP\/1\.1 503 [\s\S]*studio-away/);
  expect(await ask(door.port, speak('made-up'))).toMatch(/^HTTP\/1\.1 429 /);
  const back = await ask(door.port, streamGet(`?after=103&back=${proof}`));
  expect(back).toMatch(/^HTTP\/1\.1 200 /);
  expect(back).toContain('earshot-place: live');
  const newcomer = await ask(door.port, streamGet());
  expect(newcomer).toMatch(/^HTTP\/1\.1 200 /);
  expect(newcomer).toContain('earshot-place: ring');
  expect(door.metrics()).toMatch(/earshot_door_put_off_total\{priority="6"\} [1-9]/);
  expect(door.metrics()).toMatch(/earshot_door_put_off_total\{priority="1"\} 0/);
});

/** Opens connections from one network of the loopback. */
async function open(
  port: number,
  network: number,
  count: number,
  text = '',
): Promise<{ connected: boolean; ended: boolean }[]> {
  const list = Array.from({ length: count }, (_, i) => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: `127.1.${network}.${i + 1}` });
    const state = { connected: false, ended: false, heard: '' };
    socket.on('connect', () => {
      state.connected = true;
    });
    socket.on('error', () => {
      state.ended = true;
    });
    socket.on('close', () => {
      state.ended = true;
    });
    socket.on('data', (chunk) => {
      state.heard += String(chunk);
      if (state.heard.includes(' 503 ')) state.ended = true;
    });
    if (text !== '') socket.write(text);
    stop.push(() => socket.destroy());
    return state;
  });
  await until(() => list.every(({ connected, ended }) => connected || ended));
  await pause(50);
  return list;
}
const open_ = (list: { ended: boolean }[]): number => list.filter(({ ended }) => !ended).length;

test('one network may take all the capacity there is, until others come', async () => {
  const limits = {
    ...LIMITS,
    connections: 100,
    shareFrom: 0.8,
    loopbackCounts: true,
    headTimeout: ms(20_000),
  };
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin, { limits });
  const loud = await open(door.port, 1, 120);
  // Below 80 nobody is limited; from there on the one that has most gets no more.
  await until(() => open_(loud) <= 82);
  expect(open_(loud)).toBeGreaterThanOrEqual(78);
  const before = open_(loud);
  const quiet = await Promise.all(Array.from({ length: 10 }, (_, i) => open(door.port, 10 + i, 5)));
  // Fifty more than fit: they get in, and idle connections of the loud one make room.
  await until(() => door.metrics().includes('open_connections 100'));
  expect(quiet.map(open_)).toEqual(quiet.map(() => 5));
  await until(() => open_(loud) < before - 20);
});

test('no listener is ever closed to make room', async () => {
  const limits = { ...LIMITS, connections: 40, shareFrom: 0.8, loopbackCounts: true };
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  await using door = await openTestDoor(origin, { limits });
  const listening = await open(door.port, 1, 32, streamGet());
  await until(() => door.presence().get('room') === 32);
  for (let i = 0; i < 10; i += 1) await open(door.port, 10 + i, 2);
  expect(open_(listening)).toBe(32);
  expect(door.presence().get('room')).toBe(32);
});
