import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DoorModel } from '../bench/simulate/door.ts';
import type { LadderStep } from '../src/ladder/index.ts';
import type { RoomState } from '../src/wire/room.ts';
import { rawListener } from './rig/raw-listener.ts';
import { startServer, until } from './rig/server.ts';

/** So few that the processor is no limit, with so little network that they are a crowd. */
const LISTENERS = 300;
const PER_SECOND = 20;
const LIMIT_MBIT = 14;

/** The same crowd on the model that the simulation of 1.4 million listeners uses. */
function modelled(): { steps: number[]; seconds: number } {
  const door = new DoorModel({ name: 'door-0', slug: 'room', egress: LIMIT_MBIT * 125_000 });
  let come = 0;
  const at: number[] = [];
  for (let second = 0; second < 60; second++) {
    for (let i = 0; i < PER_SECOND && come < LISTENERS; i++, come++) door.join('live');
    for (const _ of door.second(second * 1000)) at.push(second);
  }
  return { steps: door.steps.map(({ to }) => to), seconds: (at.at(-1) ?? 0) - (at[0] ?? 0) };
}

test('a small crowd on a small network takes exactly the steps of the simulation, and no listener misses a fragment', async () => {
  const plan = modelled();
  expect(plan.steps).toEqual([1, 2, 3]);
  await using server = await startServer({
    EARSHOT_DOORS: '1',
    EARSHOT_CELLS: '1',
    EARSHOT_WELCOME: 'no',
    EARSHOT_EGRESS_LIMIT: `${LIMIT_MBIT}Mbit/s`,
  });
  const room = await server.room('A small crowd');
  await server.cli('room', 'open', room.slug);
  const state = async (): Promise<RoomState> =>
    (await (await fetch(`${server.url}/r/${room.slug}/state.json`)).json()) as RoomState;
  await until('the room is open', async () => (await state()).studio === 'here', 30_000);
  using witness = rawListener(server.url, room.slug);
  await until('it sounds', () => witness.received.length > 0, 30_000);
  const sockets: Socket[] = [];
  try {
    for (let i = 0; i < LISTENERS; i++) {
      const socket = connect({ port: server.port, host: '127.0.0.1' });
      socket.on('error', () => {}).resume();
      socket.write(`GET /r/${room.slug}/stream?codec=opus HTTP/1.1\r\nHost: x\r\n\r\n`);
      sockets.push(socket);
      await pause(1000 / PER_SECOND);
    }
    await until('three steps', async () => (await state()).delivery.level >= 3, 60_000);
    // Long enough for a fourth step, if there were one.
    await pause(8_000);
    const { delivery, streams } = await state();
    expect(streams).toBe(LISTENERS + 1);
    expect(delivery).toMatchObject({ level: 3, rung: 3, ceiling: 32_000, why: 'egress', newcomers: 'cache' });

    const records = readFileSync(join(server.data, 'ladder', `${room.slug}.jsonl`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as LadderStep);
    const mine = records.filter(({ by }) => by === 'door-0');
    expect(mine.map(({ to }) => to)).toEqual(plan.steps);
    expect(records.filter(({ by }) => by === 'cell-0').map(({ to }) => to)).toEqual(plan.steps);
    for (const { why, values } of mine) {
      expect(why).toBe('egress');
      expect(values.egress).toBeGreaterThan(LIMIT_MBIT * 125_000 * 0.9);
    }
    const took = ((mine.at(-1)?.at ?? 0) - (mine[0]?.at ?? 0)) / 1000;
    // A busy machine is late, never early.
    expect(took).toBeGreaterThan(plan.seconds - 1);
    expect(took).toBeLessThan(plan.seconds + 15);

    // A listener from the beginning has heard everything, across a longer period and a lower bitrate.
    const seqs = witness.received.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    expect(witness.reconnects).toBe(0);
    const size = (of: typeof witness.received): number =>
      of.reduce((sum, { bytes }) => sum + bytes.length, 0) / of.length;
    expect(size(witness.received.slice(-8))).toBeLessThan(size(witness.received.slice(0, 8)) * 0.7);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}, 180_000);
