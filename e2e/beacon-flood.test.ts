/** Beacons that are not true, one by one and as fast as a machine can send them: each is counted by what is wrong with it. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { firstSegment, proofOf, sessionOf, WINDOW_SEGMENTS, windowAt } from '../src/wire/listening-proof.ts';
import type { DoorReport } from './rig/counting-door.ts';
import { beaconBody, browserAgent, provingListener, sendBeacon } from './rig/proving-listener.ts';
import { continuity, longestSilence, rawListener } from './rig/raw-listener.ts';
import { until } from './rig/server.ts';

const rig = (name: string): string => fileURLToPath(new URL(`./rig/${name}`, import.meta.url));
const FLOOD_S = 8;
const EACH = 12;
/** What a second flood may leave in use: the window of the program grows by 0.1 MB meanwhile, and code is compiled. */
const KEPT_MB = 2;
const tags = segmentTags(new Uint8Array(32));

let child: ChildProcess;
let room: { url: string; slug: string };
const others: ChildProcess[] = [];
beforeAll(async () => {
  child = fork(rig('counting-door.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [port] = await once(child, 'message');
  room = { url: `http://127.0.0.1:${port}`, slug: 'room' };
}, 60_000);
afterAll(async () => {
  for (const one of others) one.kill('SIGKILL');
  const gone = once(child, 'exit');
  child.disconnect();
  await gone;
});

const report = async (what: 'report' | 'kept' = 'report'): Promise<DoorReport> => {
  const answer = once(child, 'message');
  child.send(what);
  return (await answer)[0] as DoorReport;
};
const results = async (): Promise<Record<string, number>> =>
  Object.fromEntries(
    [...(await report()).metrics.matchAll(/earshot_door_beacons_total\{result="([^"]+)"\} (\d+)/g)].map(
      ([, result = '', count]) => [result, Number(count)] as const,
    ),
  );

/** Floods the door, and says how many beacons were sent, and how often connections were cut off. */
async function flood(bodies: readonly string[]): Promise<{ sent: number; cut: number }> {
  const port = String(room.url.split(':').pop());
  const one = spawn(process.execPath, [rig('beacon-flood.ts'), port, String(FLOOD_S)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  others.push(one);
  one.stdin?.end(JSON.stringify(bodies));
  return JSON.parse(await text(one.stdout as NodeJS.ReadableStream)) as { sent: number; cut: number };
}

/** A body that would count, of a window that ends `ago` segments before the newest of `known`. */
function bodyFor(token: string, known: ReadonlyMap<number, Uint8Array>, ago = 0): string {
  const session = sessionOf(token) as Uint8Array;
  const newest = Math.max(...known.keys());
  const at = windowAt(session, newest - WINDOW_SEGMENTS) - Math.round(ago / WINDOW_SEGMENTS);
  const first = firstSegment(session, at);
  const proof = proofOf({ session, window: at, segments: WINDOW_SEGMENTS }, (n) =>
    tags('room', first < 0 ? 0 : n),
  );
  return beaconBody(token, { window: at, segments: WINDOW_SEGMENTS, proof: proof ?? '0'.repeat(16) }, 30);
}
const DAY_SEGMENTS = 86_400 / 5.12;

test('forged, replayed, early, malformed, of a clock a day off: each has its reason, and none counts', async () => {
  const person = (i: number) => ({ agent: browserAgent(i), address: `127.80.${i}.1` });
  using listener = provingListener(room, { ...person(0), proves: false });
  await until('a window is complete', () => listener.tags.size > 2 * WINDOW_SEGMENTS, 90_000);
  const token = listener.token as string;
  const good = bodyFor(token, listener.tags);
  const of = (body: Record<string, unknown>): string => JSON.stringify({ ...JSON.parse(good), ...body });
  const another = provingListener(room, { ...person(1), proves: false });
  await until('another token', () => another.token !== undefined, 10_000);
  another[Symbol.dispose]();
  const kinds: readonly (readonly [string, (i: number) => string])[] = [
    ['malformed', (i) => ['', '{', 'null', '[]', of({ seconds: -1 }), of({ window: 1.5 })][i % 6] as string],
    ['forged', () => of({ session: `${token.slice(0, 31)}${token.endsWith('A') ? 'Q' : 'A'}` })],
    ['early', (i) => of({ window: JSON.parse(good).window + 2 + i })],
    ['early', () => bodyFor(token, listener.tags, -DAY_SEGMENTS)],
    // A day ago there was no program here: such a window has no number.
    ['malformed', () => bodyFor(token, listener.tags, DAY_SEGMENTS)],
  ];
  const before = await results();
  const due: Record<string, number> = {};
  for (const [i, [why, body]] of kinds.entries())
    for (let n = 0; n < EACH; n += 1) {
      due[why] = (due[why] ?? 0) + 1;
      expect(await sendBeacon(room, body(n), person(10 + i))).toBe(204);
    }
  // A wrong proof spoils its window; the right one afterwards is none any more. Another window counts once.
  await sendBeacon(room, of({ proof: '0123456789abcdef' }), person(0));
  await sendBeacon(room, good, person(0));
  await until('the next window', () => bodyFor(token, listener.tags) !== good, 60_000);
  for (let n = 0; n < EACH; n += 1) await sendBeacon(room, bodyFor(token, listener.tags), person(0));
  const now = await results();
  const more = Object.fromEntries(
    Object.entries(now).flatMap(([why, n]) =>
      n > (before[why] ?? 0) ? [[why, n - (before[why] ?? 0)]] : [],
    ),
  );
  expect(more).toEqual({ ...due, 'wrong-proof': 1, counted: 1, repeated: 1 + EACH - 1 });
}, 240_000);

test('a flood of beacons from one network is charged to it: nobody else hears it, and memory stays', async () => {
  using source = provingListener(room, { agent: browserAgent('s'), address: '127.81.0.1' });
  const ears = Array.from({ length: 3 }, () => rawListener(room.url, 'room'));
  await until(
    'sound',
    () => source.tags.size > 2 && ears.every(({ received }) => received.length > 12),
    60_000,
  );
  const calm = Date.now();
  await sleep(FLOOD_S * 1000);
  const token = source.token as string;
  const body = bodyFor(token, source.tags);
  const bodies = [
    ...[body, '{', `${body.slice(0, -9)}"`, body.replace(/"session":".{8}/, '"session":"AAAAAAAA')],
    ...[bodyFor(token, source.tags, 100), bodyFor(token, source.tags, -100)],
  ];
  const first = await report();
  const began = Date.now();
  const sent = await flood(bodies);
  const ended = Date.now();
  await sleep(3_000);
  const last = await report();
  const within = (from: number, to: number): number =>
    Math.max(
      ...ears.map(({ received }) => longestSilence(received.filter(({ at }) => at >= from && at < to))),
    );
  const [quiet, loud] = [within(calm, began), within(began, ended)];
  const count = ({ metrics }: DoorReport, why: string): number =>
    Number(new RegExp(`beacons_total\\{result="${why}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0);
  const whys = ['malformed', 'forged', 'early', 'late', 'repeated', 'wrong-proof', 'over-share', 'counted'];
  const grown = Object.fromEntries(whys.map((why) => [why, count(last, why) - count(first, why)]));
  const judged = Object.values(grown).reduce((sum, n) => sum + n, 0);
  for (const ear of ears) {
    expect(continuity(ear.received)).toEqual({ missing: [], repeated: [] });
    ear[Symbol.dispose]();
  }
  expect(sent.sent).toBeGreaterThan(50_000);
  expect(judged).toBeGreaterThan(1_000);
  // The page plays on with what it has in hand: a silence of its margin would be heard.
  expect(loud).toBeLessThanOrEqual(quiet + 320);
  // V8's young generation and buffers that wait to be collected: 96 and 64 MB at most.
  expect(last.memory - first.memory).toBeLessThan(160);
  // What is in use after a collection stays: of thousands of connections and beacons more, nothing is left.
  const before = await report('kept');
  const again = await flood(bodies);
  await sleep(3_000);
  const after = await report('kept');
  console.log(
    `in use: ${before.kept?.toFixed(1)}, then ${after.kept?.toFixed(1)} MB; the process: ${first.memory.toFixed(0)}, ${last.memory.toFixed(0)}, then ${after.memory.toFixed(0)} MB; cut off ${sent.cut} and ${again.cut} times`,
  );
  expect(again.cut).toBeGreaterThan(20);
  expect((after.kept ?? Number.NaN) - (before.kept ?? 0)).toBeLessThan(KEPT_MB);
  expect(after.memory - first.memory).toBeLessThan(200);
}, 120_000);
