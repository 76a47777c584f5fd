/**
 * Listeners that are none, against a real installation with two doors: whatever a program says of itself, or whatever it
 * leaves out, the headline has only those who got the sound and proved it.
 */
import { randomBytes } from 'node:crypto';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { proofDelay, sessionOf } from '../src/wire/listening-proof.ts';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { ListeningWindows } from '../web/audience/windows.ts';
import {
  beaconBody,
  browserAgent,
  type ListenerOptions,
  type ProvingListener,
  provingListener,
  sendBeacon,
} from './rig/proving-listener.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** People, and fakes of each kind. */
const PEOPLE = 6;
const RELAYED = 5;
const EVENING_MS = 160_000;

let server: Server;
let room: { url: string; slug: string };
const all: Disposable[] = [];
beforeAll(async () => {
  server = await startServer({ EARSHOT_CELLS: '1', EARSHOT_DOORS: '2' });
}, 90_000);
afterAll(async () => {
  for (const one of all) one[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
});

const made = async (title: string): Promise<{ url: string; slug: string }> => {
  const { slug }: MadeRoom = await server.room(title);
  return { url: server.url, slug };
};
const numbers = async ({ slug } = room): Promise<RoomNumbers | undefined> => {
  const response = await fetch(`${server.url}/r/${slug}/numbers.json`);
  return response.ok ? ((await response.json()) as RoomNumbers) : undefined;
};
const listen = (of: { url: string; slug: string }, options: ListenerOptions): ProvingListener => {
  const one = provingListener(of, options);
  all.push(one);
  return one;
};

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request; `agent`: the connection to use again. */
function ask(
  path: string,
  who: Pick<ListenerOptions, 'agent' | 'address'>,
  more: { method?: string; headers?: Record<string, string>; body?: string; kept?: Agent } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body, kept } = more;
  return new Promise((resolve, reject) => {
    const asked = request(
      `${server.url}${path}`,
      {
        ...{ method, agent: kept ?? false, localAddress: who.address },
        headers: { ...(who.agent === '' ? {} : { 'user-agent': who.agent }), ...headers },
      },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(pieces) }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A token of a new session. */
async function newSession({ slug }: { slug: string }, way: string, who: ListenerOptions): Promise<string> {
  const { body } = await ask(`/r/${slug}/session`, who, { method: 'POST', body: JSON.stringify({ way }) });
  return (JSON.parse(body.toString()) as { session: string }).session;
}

/** Proves the sound that somebody else has received, for as long as `until` says. */
async function relay(source: ProvingListener, way: string, who: ListenerOptions, end: number): Promise<void> {
  const token = await newSession(room, way, who);
  const windows = new ListeningWindows(token);
  const id = sessionOf(token) as Uint8Array;
  let next = Math.max(...source.tags.keys()) + 1;
  while (performance.now() < end) {
    for (let tag = source.tags.get(next); tag; tag = source.tags.get(next)) {
      const proof = windows.take(next, tag);
      next += 1;
      if (!proof) continue;
      await sleep(proofDelay(id));
      await sendBeacon(room, beaconBody(token, proof, 30, way), who);
    }
    await sleep(500);
  }
}

/** A segment of the room's recording-quality list, by its number. */
const segmentPath = (slug: string, number: number): string => `/r/${slug}/live/opus64/${number}.m4s`;

/** The newest whole segment of a room. */
async function newestSegment({ slug }: { slug: string }, who: ListenerOptions, kept: Agent): Promise<number> {
  const { body } = await ask(`/r/${slug}/live/opus64.slow.m3u8`, who, { kept });
  return Math.max(...[...body.toString().matchAll(/\/(\d+)\.m4s/g)].map(([, n]) => Number(n)));
}

interface Download {
  /** Bytes of segments that were fetched. */
  bytes: number;
  /** Bytes of all segments that there were, as far as it is known: by the mean of those that were fetched. */
  whole: number;
  proofs: number;
}

/**
 * A player that fetches segments and proves them, but takes only some: `takes` says which, by the place in the window of
 * its session. It proves a window when it has what that takes.
 */
async function downloads(
  of: { url: string; slug: string },
  who: ListenerOptions,
  takes: (place: number, number: number) => boolean,
  { end, segments }: { readonly end: number; readonly segments: number },
): Promise<Download> {
  const token = await newSession(of, 'hls', who);
  const id = sessionOf(token) as Uint8Array;
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const session = `?session=${token}`;
  const tags = new Map<number, Uint8Array>();
  const found: Download = { bytes: 0, whole: 0, proofs: 0 };
  const { tagOf } = await import('../src/wire/segment-tag.ts');
  const { firstSegment, proofOf, windowAt } = await import('../src/wire/listening-proof.ts');
  let next = (await newestSegment(of, who, kept)) + 1;
  let [taken, passed] = [0, 0];
  while (performance.now() < end) {
    const newest = await newestSegment(of, who, kept);
    for (; next <= newest; next += 1) {
      passed += 1;
      const window = windowAt(id, next);
      const place = next - firstSegment(id, window);
      if (takes(place, next)) {
        await ask(`/r/${of.slug}/live/opus64.slow.m3u8${session}`, who, { kept });
        const { body } = await ask(segmentPath(of.slug, next), who, { kept });
        const tag = tagOf(body)?.slice();
        if (tag) tags.set(next, tag);
        found.bytes += body.length;
        taken += 1;
      }
      if (place !== segments - 1) continue;
      const proof = proofOf({ session: id, window, segments }, (one) => tags.get(one));
      if (proof === undefined) continue;
      found.proofs += 1;
      await sendBeacon(of, beaconBody(token, { window, segments, proof }, 30, 'hls'), who);
    }
    await sleep(700);
  }
  found.whole = taken === 0 ? 0 : (found.bytes / taken) * passed;
  kept.destroy();
  return found;
}

const who = (
  network: number,
  host: number | string,
  agent = browserAgent(`${network}.${host}`),
): ListenerOptions => ({
  agent,
  address: `127.${network}.${host}.1`,
});

test('fakes of many kinds are named by their reasons, and in the end the headline has the people alone', async () => {
  // Of its own for each attempt: fakes of the one before would still be there.
  room = await made('Fakes');
  const end = performance.now() + EVENING_MS;
  const people = Array.from({ length: PEOPLE }, (_, i) => listen(room, who(40, i)));
  const [source] = people as [ProvingListener];
  await until('sound comes', () => source.tags.size > 0, 30_000);

  const running: Promise<unknown>[] = [];
  for (let i = 0; i < RELAYED; i += 1) {
    // One has downloaded, and passes the tags on: to players of the stream, and to players of files.
    running.push(relay(source, 'stream', who(41, i), end), relay(source, 'hls', who(42, i), end));
    // A third of the sound, and a proof when it happens to be about that.
    running.push(downloads(room, who(43, i), (place) => place < 2, { end, segments: 6 }));
    // Sound without proofs.
    listen(room, { ...who(44, i), proves: false });
  }
  // A hundred from one address with one name; twenty-five with other names in one network.
  for (let i = 0; i < 100; i += 1)
    listen(room, { address: '127.45.0.1', agent: browserAgent('one'), proves: false });
  for (let i = 1; i <= 25; i += 1) listen(room, { address: `127.46.0.${i}`, agent: browserAgent(`d${i}`) });
  for (let i = 0; i < 2; i += 1) {
    listen(room, who(47, i, 'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/148.0.0.0 Safari/537.36'));
    listen(room, who(48, i, ''));
    listen(room, who(49, i, 'python-requests/2.31'));
    listen(room, who(50, i, 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'));
  }
  // Tokens of somebody else's making, and tokens of a real listener in other places.
  listen(room, { ...who(51, 0), session: randomBytes(24).toString('base64url') });
  await until('a token', () => people[1]?.token !== undefined, 10_000);
  for (let i = 0; i < 4; i += 1)
    listen(room, { ...who(52, i), session: people[1]?.token ?? '', proves: false });
  // A hundred programs that come and go together.
  running.push(
    (async () => {
      await sleep(40_000);
      const alike = Array.from({ length: 200 }, (_, i) =>
        listen(room, { address: `127.53.${i}.1`, agent: browserAgent(`a${i}`), proves: false }),
      );
      await sleep(20_000);
      for (const one of alike) one[Symbol.dispose]();
    })(),
  );

  const seen: number[] = [];
  // The most that each reason has named: some who are named prove later and leave it again.
  const excluded: Record<string, number> = {};
  while (performance.now() < end) {
    const told = await numbers();
    const now = told?.metrics.listeners_now?.net;
    if (now !== undefined) seen.push(now);
    for (const [why, count] of Object.entries(told?.excluded ?? {}))
      excluded[why] = Math.max(count, excluded[why] ?? 0);
    await sleep(2_000);
  }
  const found = await numbers();
  await Promise.all(running);
  expect(Math.max(...seen)).toBeLessThanOrEqual(PEOPLE);
  expect(found?.metrics.listeners_now?.net).toBe(PEOPLE);
  expect(excluded).toMatchObject({
    ...{ 'proof-without-bytes': 2 * RELAYED, 'many-sessions': 100, 'dense-ip': 25 },
    ...{ headless: 2, 'no-agent': 2, 'bot-library': 2, bot: 2, 'bad-token': 1 },
  });
  // Sessions that hear beside a token at its door, and one more where a second door was used.
  expect(excluded['replayed-token']).toBeGreaterThanOrEqual(1);
  // Who hears files for hours without enough of it is below half of the sound, not excluded.
  expect(excluded['bytes-without-proof']).toBeGreaterThanOrEqual(RELAYED);
  // Those who come and go together are in none of the figures above. That five of them begin within a millisecond depends on
  // how fast this machine lets somebody in: src/door/audience/identical-times.test.ts tests that rule.
}, 300_000);

test('what asks without hearing begins no session', async () => {
  const quiet = await made('Only asked');
  const agents = Array.from({ length: 5 }, (_, i) => who(60, i));
  const begun = async (): Promise<number> =>
    [
      ...(await server.metrics()).matchAll(/earshot_door_sessions_total\{[^}]*how="begun"[^}]*\} (\d+)/g),
    ].reduce((sum, [, n]) => sum + Number(n), 0);
  const [one] = agents as [ListenerOptions];
  const kept = new Agent({ keepAlive: true, maxSockets: 1 });
  const newest = await newestSegment(quiet, one, kept);
  const path = segmentPath(quiet.slug, newest);
  const { headers } = await ask(path, one, { headers: { 'sec-purpose': 'prefetch' } });
  const before = await begun();
  for (const from of agents) {
    await ask(`/r/${quiet.slug}/stream`, from, { method: 'HEAD' });
    await ask(`/r/${quiet.slug}/radio.mp3`, from, { method: 'HEAD' });
    await ask(path, from, { method: 'HEAD' });
    await ask(path, from, { headers: { range: 'bytes=0-1' } });
    await ask(path, from, { headers: { 'sec-purpose': 'prefetch;prerender' } });
    if (headers.etag) {
      const again = await ask(path, from, { headers: { 'if-none-match': headers.etag } });
      expect(again.status).toBe(304);
    }
  }
  kept.destroy();
  await sleep(15_000);
  expect(await begun()).toBe(before);
  expect((await numbers(quiet))?.metrics.listeners_now?.gross ?? 0).toBe(0);
}, 60_000);
