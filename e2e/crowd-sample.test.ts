/** A crowd of which some prove: the tally chooses the share, doors and players follow, and the figures say how sure they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { browserAgent, type ProvingListener, provingListener } from './rig/proving-listener.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

const LISTENERS = 240;
const LEAST = 30;
const SHARE = 1 / 8;

let server: Server;
let room: MadeRoom;
let folder: string;
const listeners: ProvingListener[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-sample-'));
  server = await startServer({
    ...{ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2', EARSHOT_PROVING_SESSIONS: String(LEAST) },
  });
  room = await server.room('A crowd');
}, 90_000);
afterAll(async () => {
  for (const one of listeners) one[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const numbers = async (): Promise<RoomNumbers | undefined> => {
  const response = await fetch(`${server.url}/r/${room.slug}/numbers.json`);
  return response.ok ? ((await response.json()) as RoomNumbers) : undefined;
};
const beacons = (): number => listeners.reduce((sum, one) => sum + one.beacons, 0);
const listen = (from: number, to: number): void => {
  for (let i = from; i < to; i += 1)
    listeners.push(
      provingListener(
        { url: server.url, slug: room.slug },
        { agent: browserAgent(i), address: `127.${70 + Math.floor(i / 200)}.${i % 200}.1` },
      ),
    );
};

test('above the threshold one in eight proves, the load falls, and the estimate holds', async () => {
  listen(0, LISTENERS);
  await until('the room is sampled', async () => (await numbers())?.sampling === SHARE, 90_000);
  // Every player has heard of it within a second or two; proofs that were on their way still come.
  await sleep(6_000);
  const [before, from] = [beacons(), performance.now()];
  await sleep(64_000);
  const perWindow = ((beacons() - before) / (performance.now() - from)) * 30_720;
  console.log(`beacons in 30.72 s: ${perWindow.toFixed(1)} of ${LISTENERS}`);
  expect(perWindow).toBeGreaterThan(0);
  expect(perWindow / LISTENERS).toBeLessThan(2 * SHARE);
  const now = await numbers();
  const figure = now?.metrics.listeners_now;
  console.log(figure);
  expect(figure).toMatchObject({ method: 'sampled' });
  expect(figure?.high).toBe(LISTENERS);
  // 95 of 100 rooms are within the error; twice of it is all but certain.
  expect(Math.abs((figure?.net ?? 0) - LISTENERS)).toBeLessThanOrEqual(2 * (figure?.error ?? 0));
  expect(figure?.error).toBeGreaterThan(0);
  expect(now?.excluded).toEqual({});
  // Who comes now is told with its token.
  listen(LISTENERS, LISTENERS + 40);
  await until('they hear', () => listeners.every(({ tags }) => tags.size > 0), 30_000);
  const late = listeners.slice(LISTENERS);
  expect(late.filter(({ isExcused }) => isExcused).length).toBeGreaterThan(20);
  await sleep(40_000);
  for (const { isExcused, beacons: sent } of late) if (isExcused) expect(sent).toBe(0);
  expect(late.some(({ isExcused }) => !isExcused)).toBe(true);
}, 260_000);

test('the share is in the log, and its error on the page, in the files and in what is said of a claim', async () => {
  const bundle = join(folder, 'bundle');
  await until(
    'a minute of the sampled room is in the bundle',
    async () => {
      const text = await (await fetch(`${server.url}/r/${room.slug}/bundle`)).text();
      writeFileSync(bundle, text);
      return /\\"sampling\\":125000/.test(text) && /\\"what\\":\\"sampling\\"/.test(text);
    },
    150_000,
  );
  expect(await server.cli('verify', bundle)).toMatchObject({ ok: true, findings: [] });
  const page = await (await fetch(`${server.url}/r/${room.slug}/numbers`)).text();
  expect(page).toMatch(/\d+ ± \d+ \(95 %\) listening now/);
  expect(page).toContain('estimated from a sample of sessions');
  const csv = await (await fetch(`${server.url}/r/${room.slug}/numbers.csv`)).text();
  expect(csv).toMatch(/,listeners_now,,sessions,\d+,\d+,\d+,\d+,sampled,\d+,/);
  const claim = await server.cli<{ verdict: string; error?: number }>(
    'claim',
    `${(await numbers())?.metrics.listeners_now?.net} listeners now`,
    '--room',
    room.slug,
  );
  expect(claim.verdict).toBe('matches');
  expect(claim.error).toBeGreaterThan(0);
}, 200_000);

test('when the crowd has gone all prove again, and nobody who stays is lost in between', async () => {
  for (const one of listeners.splice(20)) one[Symbol.dispose]();
  const seen: number[] = [];
  await until(
    'all prove again',
    async () => {
      const now = await numbers();
      if ((now?.metrics.listeners_now?.high ?? 999) === 20) seen.push(now?.metrics.listeners_now?.net ?? 0);
      return now?.sampling === 1 && now.metrics.listeners_now?.method === 'counted' && seen.length > 30;
    },
    200_000,
  );
  await sleep(40_000);
  console.log(`between: ${Math.min(...seen)} to ${Math.max(...seen)}`);
  expect((await numbers())?.metrics.listeners_now).toMatchObject({ net: 20, method: 'counted' });
}, 300_000);
