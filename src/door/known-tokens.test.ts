import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { AT_ONCE } from '../../test/door.ts';
import { openAdmission } from './admission/admission.ts';
import { LIMITS } from './limits.ts';
import { openGate } from './network/connection-limit.ts';
import { Share } from './network/fair-share.ts';
import { openClients } from './network/trusted-proxies.ts';
import { Connection } from './socket/connection.ts';

/** A admission under strain, where a token that is the room's name is its host's. */
function strained() {
  const clock = manualClock();
  const share = new Share(1);
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{ clock, gate, share, clients: openClients([]), late: AT_ONCE, busyFrom: 0, random: () => 0.5 },
    knowsToken: (token, slug) => token === slug,
  });
  const ask = (path: string, network: number, token?: string): boolean => {
    const socket = { remoteAddress: `203.0.${network}.7`, on: () => socket } as unknown as Socket;
    gate.admit(new Connection(socket));
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return admission.admits({ method: 'POST', headers, socket } as unknown as IncomingMessage, path, true);
  };
  const pass = (seconds: number): void => {
    for (let s = 0; s < seconds; s += 1) {
      for (let network = 0; network < 200; network += 1) ask('/r/room', network);
      for (let i = 0; i < 10; i += 1) {
        clock.stall(99);
        clock.advance(1);
      }
    }
  };
  pass(120);
  return { pass, ask };
}

test('a token counts in its own room only, and there for a hundred requests a second', () => {
  const { pass, ask } = strained();
  for (const path of ['/r/other/whip', '/api/rooms/other/live', '/api/rooms', '/api/roomsroom'])
    expect(ask(path, 1, 'room')).toBe(false);
  const passed = Array.from({ length: 150 }, (_, i) => ask('/r/room/whip', i, 'room'));
  expect(passed.filter(Boolean)).toHaveLength(100);
  // A flood in one room takes nothing from the stage of another.
  expect(ask('/r/other/whip', 1, 'other')).toBe(true);
  expect(ask('/r/room/backstage', 1, 'room')).toBe(false);
  pass(1);
  expect(ask('/r/room/backstage', 1, 'room')).toBe(true);
  // What a host tells the site has no precedence, and takes none from the stage.
  for (let i = 0; i < 200; i += 1) expect(ask('/api/rooms/room/live', 1, 'room')).toBe(false);
  expect(ask('/r/room/whip', 1, 'room')).toBe(true);
});

test('even without load only so many requests reach the mixing process: few without a token of the room', () => {
  const clock = manualClock();
  const share = new Share(1);
  const gate = openGate({ limits: LIMITS, share });
  const admission = openAdmission({
    ...{ clock, gate, share, clients: openClients([]), late: AT_ONCE, busyFrom: 0, random: () => 0.5 },
    knowsToken: (token, slug) => token === slug,
  });
  const ask = (path: string, count: number, token: string): number =>
    Array.from({ length: count }, (_, i) => {
      const socket = { remoteAddress: `203.0.${i % 250}.7`, on: () => socket } as unknown as Socket;
      const req = { method: 'POST', headers: { authorization: `Bearer ${token}` }, socket };
      return admission.admits(req as unknown as IncomingMessage, path, true);
    }).filter(Boolean).length;
  expect(ask('/r/room/whip', 1_000, 'forged')).toBe(40);
  expect(ask('/r/other/whep/abc', 1_000, 'forged')).toBe(0);
  expect(ask('/r/room/whip', 1_000, 'room')).toBe(400);
  expect(ask('/r/other/backstage', 1_000, 'other')).toBe(400);
  expect(ask('/api/rooms', 1_000, 'forged')).toBe(1_000);
  clock.advance(1_000);
  expect(ask('/r/other/whep/abc', 1_000, 'forged')).toBe(40);
});
