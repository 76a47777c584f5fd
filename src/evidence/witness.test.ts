import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendNotes, logFolder, ORIGIN, openTestLog } from '../../test/evidence.ts';
import {
  COSIGNATURE,
  type Evidence,
  keyFromSeed,
  lookAt,
  ROTATE,
  type Seen,
  sendCosignature,
  signerOf,
  type WitnessState,
} from './index.ts';
import { cosignedBy, parseNote } from './note/note.ts';

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
const LOG = 'http://localhost/evidence';
const me = signerOf('witness.example.net', COSIGNATURE, keyFromSeed(Buffer.alloc(32, 9)));

const from =
  (log: Evidence): Fetch =>
  (url, init) =>
    log.fetch(new Request(url, init));

const look = (fetch: Fetch, state?: WitnessState, trusted?: string): Promise<Seen> =>
  lookAt({ log: LOG, fetch, state, ...(trusted === undefined ? {} : { trusted }) });

/** The state after a look that shows a head. */
function stateOf(seen: Seen): WitnessState {
  if (!('state' in seen)) throw new Error(JSON.stringify(seen));
  return seen.state;
}

const many = (count: number, what: string) =>
  Array.from({ length: count }, (_, n) => ['hall', `${what} ${n}`] as const);

test('a log that grows is followed, over tiles of any size, and cosigned', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const first = await look(from(log));
  expect(first.what).toBe('first');
  let state = stateOf(first);
  for (const more of [1, 3, 252, 1, 300, 700]) {
    await appendNotes(log, many(more, 'x'));
    await log.checkpoint();
    const seen = await look(from(log), state);
    expect([more, seen.what]).toEqual([more, 'grown']);
    state = stateOf(seen);
    expect((await look(from(log), state)).what).toBe('same');
  }
  expect(state.size).toBe(1_257);
  const now = Math.floor(log.clock.wall() / 1000);
  expect(await sendCosignature({ log: LOG, fetch: from(log) }, state, me, now)).toBeUndefined();
  const served = parseNote(await (await log.fetch(new Request(`${LOG}/checkpoint`))).text());
  expect(served && cosignedBy(served, me)?.seconds).toBe(now);
  // What it sees now is cosigned, by itself, and is the same head.
  expect((await look(from(log), state)).what).toBe('same');
  expect(await sendCosignature({ log: LOG, fetch: from(log) }, state, me, now - 100_000)).toMatch(
    /^422: .*clock/,
  );
});

/** Two logs with one key and the same first 300 entries: what a server has that shows two histories. */
async function twins(folder: string, differently: readonly [number, number]) {
  const [a, b] = [join(folder, 'a'), join(folder, 'b')];
  mkdirSync(a);
  {
    await using log = await openTestLog(a);
    await appendNotes(log, many(300, 'x'));
  }
  cpSync(join(a, 'evidence'), join(b, 'evidence'), { recursive: true });
  const [one, other] = [await openTestLog(a), await openTestLog(b)];
  await appendNotes(one, many(differently[0], 'one'));
  await appendNotes(other, many(differently[1], 'other'));
  await one.checkpoint();
  await other.checkpoint();
  return {
    one,
    other,
    async [Symbol.asyncDispose]() {
      await one[Symbol.asyncDispose]();
      await other[Symbol.asyncDispose]();
    },
  };
}

test('a fork is found at the same size, at a larger one, and when the smaller one grows', async () => {
  for (const sizes of [
    [1, 1],
    [1, 2],
    [5, 400],
    [213, 212],
    [300, 3],
  ] as const) {
    using folder = logFolder();
    await using logs = await twins(folder.path, sizes);
    const state = stateOf(await look(from(logs.one)));
    if (sizes[1] < sizes[0]) {
      // It cannot show what was seen before: nothing is proven yet.
      expect((await look(from(logs.other), state)).what).toBe('older');
      await appendNotes(logs.other, many(sizes[0] - sizes[1], 'more'));
      await logs.other.checkpoint();
    }
    const seen = await look(from(logs.other), state);
    expect([sizes, seen.what]).toEqual([sizes, 'fork']);
    if (seen.what !== 'fork') continue;
    // Both are signed by the log: anybody can see that who has its key.
    for (const raw of [seen.known, seen.shown]) expect(raw.startsWith(`${ORIGIN}\n`)).toBe(true);
    expect(seen.known).not.toBe(seen.shown);
  }
});

test('an older head is a part of the newer one, or cannot be compared; it is no fork', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, many(300, 'x'));
  const old = await log.checkpoint();
  await appendNotes(log, many(30, 'y'));
  await log.checkpoint();
  const state = stateOf(await look(from(log)));
  const cached: Fetch = (url, init) =>
    url.endsWith('/checkpoint') ? Promise.resolve(new Response(old)) : from(log)(url, init);
  expect(await look(cached, state)).toEqual({ what: 'older', size: 300, checked: true });
  const nothing: Fetch = (url) =>
    Promise.resolve(url.endsWith('/checkpoint') ? new Response(old) : new Response('', { status: 404 }));
  expect(await look(nothing, state)).toEqual({ what: 'older', size: 300, checked: false });
});

test('tiles that do not make the signed root prove nothing', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, many(3, 'x'));
  await log.checkpoint();
  const state = stateOf(await look(from(log)));
  await appendNotes(log, many(3, 'y'));
  await log.checkpoint();
  for (const spoil of [
    (bytes: Buffer) => bytes.fill(1, 0, 1),
    (bytes: Buffer) => bytes.subarray(1),
    (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(9_000)]),
  ]) {
    const lying: Fetch = async (url, init) => {
      const answer = await from(log)(url, init);
      if (!url.includes('/tile/')) return answer;
      return new Response(new Uint8Array(spoil(Buffer.from(await answer.arrayBuffer()))));
    };
    expect((await look(lying, state)).what).toBe('unreadable');
  }
  expect((await look(from(log), state)).what).toBe('grown');
});

test('a new key is followed when the old one has announced it, and any other is not', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  await appendNotes(log, many(3, 'x'));
  await log.checkpoint();
  const state = stateOf(await look(from(log)));
  for (let n = 0; n < 2; n++) {
    writeFileSync(join(folder.path, 'evidence', ROTATE), '');
    await log.checkpoint();
    await appendNotes(log, many(2, `key ${n}`));
    await log.checkpoint();
  }
  const seen = await look(from(log), state);
  expect(seen.what).toBe('grown');
  expect(stateOf(seen).keys).toHaveLength(3);
  expect(stateOf(seen).keys[0]).toBe(state.keys[0]);
  // A server that has nothing but the name.
  using stolen = logFolder();
  await using impostor = await openTestLog(stolen.path);
  await appendNotes(impostor, many(9, 'x'));
  await impostor.checkpoint();
  expect(await look(from(impostor), state)).toMatchObject({ what: 'unreadable' });
  expect(await look(from(impostor), undefined, state.keys[0])).toMatchObject({ what: 'unreadable' });
  expect((await look(from(impostor))).what).toBe('first');
});

test('a server that sends nonsense, too much, or nothing is told from a log', async () => {
  using folder = logFolder();
  await using log = await openTestLog(folder.path);
  const state = stateOf(await look(from(log)));
  const good = await (await log.fetch(new Request(`${LOG}/checkpoint`))).text();
  for (const body of [
    '',
    'nonsense',
    'x'.repeat(1_000_000),
    good.replace(ORIGIN, 'example.org'),
    good.slice(0, -9),
  ]) {
    const odd: Fetch = () => Promise.resolve(new Response(body));
    expect((await look(odd, state)).what).toBe('unreadable');
    expect((await look(odd)).what).toBe('unreadable');
  }
  const away: Fetch = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect(await look(away, state)).toEqual({
    what: 'unreadable',
    why: '/checkpoint cannot be fetched: connect ECONNREFUSED',
  });
  expect(await sendCosignature({ log: LOG, fetch: away }, state, me, 1)).toBe('connect ECONNREFUSED');
});
