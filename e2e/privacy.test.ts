/** What is kept of a listener whose address is known: nothing that names it, in no file, no log and no export. */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type ClientRequest, get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoomNumbers } from '../src/wire/numbers.ts';
import { type MadeRoom, type Server, startServer, until } from './rig/server.ts';

/** An address of this machine that occurs nowhere else. */
const WHO = '127.77.66.55';
const BYTES = [127, 77, 66, 55];
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64) Privacy/77.66';
/** An entry is written at the end of each minute. */
const TWO_MINUTES = 150_000;
const OLD_SALT = 'listener-salt-2020-02-02';

let server: Server;
let room: MadeRoom;
const streams: ClientRequest[] = [];
const cookies: string[] = [];
beforeAll(async () => {
  const data = mkdtempSync(join(tmpdir(), 'earshot-privacy-'));
  // Left behind by a server that was switched off in the middle of a day.
  mkdirSync(join(data, 'run'), { recursive: true, mode: 0o700 });
  writeFileSync(join(data, 'run', OLD_SALT), 'x');
  server = await startServer({
    ...{ EARSHOT_DATA: data, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1', EARSHOT_HOST: '0.0.0.0' },
    EARSHOT_LOG_LEVEL: 'debug',
  });
  room = await server.room('Kept or not');
}, 90_000);
afterAll(async () => {
  for (const stream of streams) stream.destroy();
  await server?.[Symbol.asyncDispose]();
});

/** Asks from the known address; with `endless` the answer is read on. */
function asked(
  path: string,
  headers: Record<string, string> = {},
  { body, endless = false }: { body?: string; endless?: boolean } = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const options = {
      ...{ host: '127.0.0.1', port: server.port, localAddress: WHO, path, agent: false as const },
      headers: { 'user-agent': AGENT, ...headers },
    };
    const answered = (answer: IncomingMessage): void => {
      cookies.push(...(answer.headers['set-cookie'] ?? []));
      const status = answer.statusCode ?? 0;
      let text = '';
      answer.on('error', () => undefined).on('data', (piece) => (text = endless ? '' : text + piece));
      if (endless) resolve({ status, text: '' });
      else answer.on('end', () => resolve({ status, text }));
    };
    const sent =
      body === undefined ? get(options, answered) : request({ ...options, method: 'POST' }, answered);
    sent.on('error', (error) => (endless ? undefined : reject(error)));
    if (body !== undefined) sent.end(body);
    if (endless) streams.push(sent);
  });
}

const numbers = async (): Promise<RoomNumbers | undefined> => {
  const { status, text } = await asked(`/r/${room.slug}/numbers.json`);
  return status === 200 ? (JSON.parse(text) as RoomNumbers) : undefined;
};

/** The ways in which an address could be written down. */
const TRACES: readonly (readonly [what: string, bytes: Buffer])[] = [
  ['as text', Buffer.from(WHO)],
  ['its network as text', Buffer.from(WHO.slice(0, WHO.lastIndexOf('.')))],
  ['as bytes', Buffer.from(BYTES)],
  ['as bytes, the last first', Buffer.from([...BYTES].reverse())],
  ['in hexadecimal', Buffer.from(Buffer.from(BYTES).toString('hex'))],
  ['as a number', Buffer.from(String(Buffer.from(BYTES).readUInt32BE()))],
  ['mapped into IPv6', Buffer.from('7f4d:4237')],
];
const tracesIn = (name: string, bytes: Uint8Array): string[] =>
  TRACES.filter(([, trace]) => Buffer.from(bytes).includes(trace)).map(([what]) => `${name}: ${what}`);

test('after listening, claiming and asking from a known address, nothing names it: no file, no log, no export', async () => {
  const at = `/r/${room.slug}`;
  for (const path of [
    '/',
    at,
    `${at}/numbers`,
    `${at}/claims`,
    '/claims',
    '/privacy',
    '/verify',
    '/rooms.json',
  ])
    expect((await asked(path)).status, path).toBe(200);
  await asked(`${at}/stream`, {}, { endless: true });
  await asked(`${at}/radio.mp3`, { 'user-agent': 'VLC/3.0 LibVLC/3.0' }, { endless: true });
  await asked(`${at}/live/main.m3u8`);
  await asked('/nowhere', {});
  await asked(
    `${at}/claims`,
    { 'content-type': 'application/x-www-form-urlencoded' },
    { body: 'text=5+listeners' },
  );
  await asked(
    `${at}/events`,
    { 'content-type': 'application/json' },
    { body: JSON.stringify({ v: 1, events: [['visit', 'abcdefgh12345678']] }) },
  );
  await asked(`${at}/beacon`, { 'content-type': 'application/json' }, { body: '{"v":1}' });
  await until(
    'the listener is counted and written down',
    async () => {
      const now = await numbers();
      return (
        (now?.metrics.peak_concurrent?.gross ?? 0) > 0 && now?.metrics.peak_concurrent?.entry !== undefined
      );
    },
    TWO_MINUTES,
  );
  const exports = await Promise.all(
    ['bundle', 'evening.json', 'numbers.json', 'numbers.csv', 'numbers.parquet', 'state.json'].map(
      async (file) => {
        const answer = await fetch(`${server.url}${at}/${file}`);
        expect(answer.status, file).toBe(200);
        return [file, new Uint8Array(await answer.arrayBuffer())] as const;
      },
    ),
  );
  const kept = readdirSync(server.data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    // Programs and packed music that are the same on every machine.
    .filter((path) => !/\/(compiled|standby\.bin)/.test(path) && lstatSync(path).size > 0);
  expect(kept.some((path) => path.includes('/audience/raw/'))).toBe(true);
  expect(kept.some((path) => path.includes('/evidence/'))).toBe(true);
  expect(kept.some((path) => path.endsWith('/claims/waiting.json'))).toBe(true);
  expect(exports.flatMap(([name, bytes]) => tracesIn(name, bytes))).toEqual([]);
  expect(kept.flatMap((path) => tracesIn(path, readFileSync(path)))).toEqual([]);
  expect(tracesIn('log', Buffer.from(server.output()))).toEqual([]);
  expect(tracesIn('metrics', Buffer.from(await server.metrics()))).toEqual([]);
}, 240_000);

test('nobody who listens gets a cookie', () => {
  expect(cookies).toEqual([]);
});

test('the salt of a day that is over is deleted when a server starts, and there is one of today', () => {
  const salts = readdirSync(join(server.data, 'run')).filter((name) => name.startsWith('listener-salt-'));
  expect(salts).not.toContain(OLD_SALT);
  expect(salts).toHaveLength(1);
});

test('whoever asks not to be tracked is counted, and is none of the different listeners', async () => {
  for (const [i, header] of [{ dnt: '1' }, { 'sec-gpc': '1' }].entries())
    await asked(`/r/${room.slug}/radio.mp3`, { 'user-agent': `mpv 0.${i}`, ...header }, { endless: true });
  // The two of the first test, and these two, have listened for a minute.
  await until(
    'all four are sessions of a minute',
    async () => ((await numbers())?.metrics.tuned_in_live?.gross ?? 0) >= 4,
    TWO_MINUTES,
  );
  expect((await numbers())?.metrics.unique_listeners?.gross).toBeLessThanOrEqual(2);
}, 180_000);
