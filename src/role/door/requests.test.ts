import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import type { FinishedRequest } from '../../door/index.ts';
import type { SentSlot } from '../../verdict/live/request-slot.ts';
import { openDoorRequests } from './requests.ts';

const CLIENTS = 10_000;

test('a slot is told in small parts and turns, while the next one collects', () => {
  const run = mkdtempSync(join(tmpdir(), 'slots-'));
  onTestFinished(() => rmSync(run, { recursive: true }));
  const clock = manualClock();
  const turns: (() => void)[] = [];
  const sent: Uint8Array[] = [];
  const requests = openDoorRequests({
    ...{ clock, door: 'door-0', run, secret: new Uint8Array(32) },
    send: (body) => sent.push(body),
    soon: (turn) => turns.push(turn),
  });
  const ask = (i: number): void =>
    requests.over({
      requester: { address: `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`, agent: 'Mozilla/5.0' },
      ...{ at: clock.now(), duration: 0, cpu: 50, path: '/', query: '', method: 'GET' },
      ...{ status: 200, bytes: 100 },
    } as unknown as FinishedRequest);
  const told = (): SentSlot[] => sent.map((body) => JSON.parse(Buffer.from(body).toString()) as SentSlot);
  for (let i = 0; i < CLIENTS; i++) ask(i);
  clock.advance(10_000);
  expect(sent).toHaveLength(0);
  let count = 0;
  for (let turn = turns.shift(); turn; turn = turns.shift()) {
    const before = told().reduce((sum, { clients }) => sum + clients.length, 0);
    turn();
    const rows = told().reduce((sum, { clients }) => sum + clients.length, 0) - before;
    expect(rows).toBeLessThanOrEqual(400);
    // Everybody comes again before the slot before is written.
    if (count++ === 3) for (let i = 0; i < CLIENTS; i++) ask(i);
  }
  expect(count).toBeGreaterThan(40);
  const first = told();
  const sums = (slots: readonly SentSlot[]): number =>
    slots.flatMap(({ clients }) => clients).reduce((sum, [, , , , , , pairs]) => sum + (pairs[1] ?? 0), 0);
  expect(sums(first)).toBe(CLIENTS);
  expect(first[0]?.totals?.requests).toBe(CLIENTS);
  expect(first.map(({ part }) => part)).toEqual(first.map((_, i) => i));
  expect(Math.max(...sent.map(({ length }) => length))).toBeLessThan(64_000);
  // A slot that is not written when the next one ends is finished first, and one that closes as well.
  clock.advance(20_000);
  for (let i = 0; i < 100; i++) ask(i);
  clock.advance(10_000);
  requests[Symbol.dispose]();
  const after = told().slice(first.length);
  expect(sums(after)).toBe(CLIENTS + 100);
  expect(new Set(after.map(({ at }) => at)).size).toBe(3);
  expect(first[0]?.rooms).toBeUndefined();
  const before = sent.length;
  requests.again();
  expect(sent.length).toBe(2 * before);
});

test('the busiest rooms of a slot are told by a hash that stays, and only rooms that are there', () => {
  const run = mkdtempSync(join(tmpdir(), 'slots-'));
  onTestFinished(() => rmSync(run, { recursive: true }));
  const clock = manualClock();
  const sent: SentSlot[] = [];
  const turns: (() => void)[] = [];
  using requests = openDoorRequests({
    ...{ clock, door: 'door-0', run, secret: new Uint8Array(32) },
    send: (body) => sent.push(JSON.parse(Buffer.from(body).toString()) as SentSlot),
    soon: (turn) => turns.push(turn),
  });
  const ask = (path: string, status: number): void =>
    requests.over({
      requester: { address: '192.0.2.1', agent: 'Mozilla/5.0' },
      ...{ at: clock.now(), duration: 0, cpu: 50, path, query: '', method: 'GET', status, bytes: 100 },
    } as unknown as FinishedRequest);
  const slot = (): SentSlot['rooms'] => {
    for (let i = 0; i < 30; i++) ask('/r/hall', 200);
    for (let i = 0; i < 20; i++) ask(`/r/room-${i}/stream`, 200);
    for (let i = 0; i < 900; i++) ask(`/r/none-${i}`, 404);
    clock.advance(10_000);
    for (let turn = turns.shift(); turn; turn = turns.shift()) turn();
    return sent.at(-1)?.rooms;
  };
  const first = slot();
  expect(first?.map(([, count]) => count)).toEqual([30, ...Array(15).fill(1)]);
  expect(first?.[0]?.[0]).toMatch(/^[\da-f]{12}$/);
  expect(slot()?.[0]).toEqual(first?.[0]);
});
