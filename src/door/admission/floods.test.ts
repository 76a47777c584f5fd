import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { AT_ONCE } from '../../../test/door.ts';
import { LIMITS } from '../index.ts';
import { openGate } from '../network/connection-limit.ts';
import { COST, Share } from '../network/fair-share.ts';
import { openClients } from '../network/trusted-proxies.ts';
import { readStreamRequest, type StreamRequest } from '../request/stream-query.ts';
import { Connection } from '../socket/connection.ts';
import { openAdmission } from './admission.ts';
import { PriorityCutoff } from './priority-cutoff.ts';

const ROOM = readStreamRequest('/r/room/stream') as StreamRequest;
/** What a join takes beyond what every request does, µs. */
const JOIN = 70;

/** A door whose event loop is late, people of one network each, and attackers of 500 networks. */
function openDoor() {
  const clock = manualClock();
  const share = new Share(1);
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{ clock, gate, share, clients: openClients([]), late: AT_ONCE, busyFrom: 0, random: () => 0.5 },
    returnTokens: { give: () => '', holds: (text) => text === 'proof' },
    newest: () => 1_000,
  });
  const from = (prefix: string): Connection => {
    const socket = { remoteAddress: `${prefix}.7`, on: () => socket } as unknown as Socket;
    const connection = new Connection(socket);
    gate.admit(connection);
    return connection;
  };
  const connections = Array.from({ length: 500 }, (_, i) => from(`127.${i >> 8}.${i & 255}`));
  /** One second: each network of the attackers begins `joins` streams, and keeps them or does not. */
  const second = (joins: number, busy: boolean, keep = false): { served: number; refused: number } => {
    const got = { served: 0, refused: 0 };
    for (let tenth = 0; tenth < 10; tenth += 1) {
      for (const connection of connections)
        for (let i = 0; i < joins / 10; i += 1) {
          const { churns } = admission.prioritize(connection, ROOM);
          if (churns) got.refused += 1;
          else {
            got.served += 1;
            admission.joined(connection, JOIN);
            if (keep) share.heard(connection.counted.place, 1);
          }
        }
      if (busy) clock.stall(99);
      clock.advance(busy ? 1 : 100);
    }
    return got;
  };
  return { admission, share, from, second };
}

test('under a flood of joins from many networks, each within what people cost, people of other networks are served', () => {
  const { admission, from, second } = openDoor();
  for (let s = 0; s < 60; s += 1) {
    second(20, true);
    if (s < 5) continue;
    const person = from(`198.51.${s}`);
    expect(admission.prioritize(person, ROOM).deferred, `second ${s}`).toBeUndefined();
  }
  expect(admission.strained).toBe(true);
});

test('networks that join and leave all the time are told to come again while requests wait, and listeners who come back are not', () => {
  const { admission, from, second } = openDoor();
  expect(second(20, false)).toEqual({ served: 10_000, refused: 0 });
  for (let s = 0; s < 10; s += 1) second(20, true);
  const { served, refused } = second(20, true);
  expect(refused).toBeGreaterThan(9 * served);
  const back = { ...ROOM, after: 990, back: 'proof' };
  expect(admission.prioritize(from('127.0.1'), back)).toEqual(back);
});

test('networks whose people come and stay are never told to come again, however many come', () => {
  const { second } = openDoor();
  for (let s = 0; s < 30; s += 1) expect(second(20, true, true).refused).toBe(0);
});

test('a body of a network that has had its share is refused unread, and that costs the network something', () => {
  const { admission, share, from, second } = openDoor();
  const loud = from('127.0.1');
  expect(admission.refusesUnread(loud)).toBe(false);
  for (let s = 0; s < 20; s += 1) second(20, true);
  share.charge(loud.counted.place, 1_000_000);
  expect(admission.refusesUnread(loud)).toBe(true);
  expect(admission.refusesUnread(from('198.51.100'))).toBe(false);
});

test('a crowd of networks that ask for little is deferred by urgency; nobody is taken for loud', () => {
  const share = new Share(3);
  const cutoff = new PriorityCutoff(share, 0, () => 0.5);
  for (let s = 1; s <= 30; s += 1) {
    for (let i = 0; i < 5_000; i += 1) {
      const prefix = `10.${(i + 37 * s) % 200}.${i % 256}`;
      cutoff.admit(3, prefix, share.place(prefix), COST.request, 0);
    }
    expect(share.loudPart()).toBeLessThan(0.01);
    cutoff.turn(s * 1_000, 50);
  }
  expect(cutoff.state.level).toBeLessThan(4 * 128);
});

test('a network may always begin: its burst is there again after some quiet seconds', () => {
  const share = new Share(1);
  const place = share.place('203.0.113');
  const other = share.place('198.51.100');
  const burst = (): number => {
    let served = 0;
    while (served < 1_000 && share.ask(place, COST.request)) served += 1;
    return served;
  };
  share.ask(other, 1e6);
  share.ask(place, 1e6);
  share.turn(1, 2_000);
  // It owes its burst, and has its share of the window.
  const owed = burst();
  expect(owed).toBeLessThan(25);
  for (let s = 0; s < 3; s += 1) {
    share.ask(other, 1e6);
    share.turn(1, 2_000);
  }
  expect(burst()).toBeGreaterThan(owed + 10);
});
