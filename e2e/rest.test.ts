/**
 * The welcome room of a default installation: no sound is made while nobody listens, and a new listener does not notice
 * it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fragmentFrames } from '../src/media/boxes.ts';
import { decodeOpus } from '../test/packaged.ts';
import { rawListener } from './rig/raw-listener.ts';
import { type Server, startServer, until } from './rig/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ EARSHOT_WELCOME: 'yes', EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' });
}, 60_000);
afterAll(() => server?.[Symbol.asyncDispose]());

const resting = async (): Promise<string | undefined> =>
  /^earshot_room_resting\{.*room="welcome".*\} (\d)$/m.exec(await server.metrics())?.[1];

test('a welcome room without listeners rests; the first listener hears music at once, then the talk, without a gap', async () => {
  await until('it rests', async () => (await resting()) === '1', 120_000);
  const state = (await (await fetch(`${server.url}/r/welcome/state.json`)).json()) as { studio: string };
  expect(state.studio).toBe('here');

  // A start on a busy machine may be late; from the first listener on nothing may.
  const start = server.output().length;
  const began = Date.now();
  using listener = rawListener(server.url, 'welcome');
  await until('the first sound', () => listener.received.length > 0, 5_000);
  const first = (listener.received[0]?.at ?? 0) - began;
  expect(first).toBeLessThan(1000);
  await until('the studio is back', async () => (await resting()) === '0');
  await until(
    'somebody talks',
    async () => {
      const now = (await (await fetch(`${server.url}/r/welcome/state.json`)).json()) as {
        clocks: { firstSpeech?: number };
        stage: { name: string; connected: boolean }[];
        program: { carries: string };
      };
      const there = now.stage.some(({ name, connected }) => name === 'Earshot' && connected);
      return there && now.program.carries === 'stage' && (now.clocks.firstSpeech ?? 0) > began;
    },
    30_000,
  );

  const { received } = listener;
  const seqs = received.map(({ seq }) => seq);
  expect(seqs).toEqual(seqs.map((_, n) => (seqs[0] ?? 0) + n));
  expect(listener.reconnects).toBe(0);
  const gaps = received.slice(1).map(({ at }, n) => at - (received[n]?.at ?? 0));
  console.log(`first sound after ${first} ms, longest gap ${Math.max(...gaps)} ms`);
  // Late fragments came together, and never later than a player's buffer allows.
  expect(Math.max(...gaps)).toBeLessThan(1200);
  const { left } = await decodeOpus(received.flatMap(({ bytes }) => fragmentFrames(bytes)));
  for (let at = 4800; at + 4800 <= left.length; at += 4800)
    expect(left.subarray(at, at + 4800).some((sample) => Math.abs(sample) > 1e-4)).toBe(true);
  expect(server.output().slice(start)).not.toContain('no sound from the studio');
}, 200_000);
