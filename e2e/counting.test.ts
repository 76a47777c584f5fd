import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, get, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Door, openNetworkList, openOwnSalts } from '../src/door/index.ts';
import { segmentTags } from '../src/keys/segment-tags.ts';
import { openSendQueue } from '../src/native/tcp-info.ts';
import { RECORD_BYTES, readRecord, type SessionRecord } from '../src/wire/session-record.ts';
import { chance } from '../test/chance.ts';
import { openTestDoor } from '../test/door.ts';
import { type Broadcast, broadcast } from './rig/broadcast.ts';
import { type Cache, startCache } from './rig/caches.ts';

const ROOM = '/r/room';
/** Everybody comes and goes within this. */
const EVENING_MS = 40_000;
const FRAGMENT_S = 0.32;
const SEGMENT_S = 5.12;
/** 64 kbit/s. */
const RADIO_BYTES_PER_S = 8_000;

let dir: string;
let air: Broadcast;
let door: Door;
let nginx: Cache;
const records = new Map<string, SessionRecord>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-counting-'));
  air = await broadcast(dir, ['opus64', 'aac96', 'radio-mp3'], { age: 30_000 });
  const sendQueue = await openSendQueue();
  if (typeof sendQueue === 'string') throw new Error(sendQueue);
  door = await openTestDoor(air.origin, {
    audience: {
      ...{ door: 0, sessionKey: new Uint8Array(32), tag: segmentTags(new Uint8Array(32)), sendQueue },
      ...{
        salts: openOwnSalts(),
        dataCentres: openNetworkList([]),
        shared: openNetworkList(['127.0.0.0/8']),
      },
      outlet: {
        events() {},
        records(_rooms, bytes) {
          const view = new DataView(bytes.buffer);
          for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
            const record = readRecord(view, at);
            if (record) records.set(`${record.session} ${record.minute}`, record);
          }
        },
      },
    },
  });
  nginx = await startCache('nginx', door.port);
}, 60_000);
afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]();
  await door?.[Symbol.asyncDispose]();
  await air?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** What one listener really had, in seconds. */
interface Truth {
  readonly way: string;
  readonly seconds: number;
}

/** Boxes of sound in what has come. */
function moofs(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf('moof'); at >= 0; at = bytes.indexOf('moof', at + 4)) count += 1;
  return count;
}

/** Hears an endless answer for a time, then closes. */
function hear(
  path: string,
  agent: string,
  time: number,
  seconds: (bytes: Buffer) => number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const asked = get(
      { port: door.port, path: `${ROOM}/${path}`, headers: { 'user-agent': agent }, agent: false },
      (answer) => {
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('error', () => undefined);
        setTimeout(() => {
          // A clean end: what has been read is what has been acknowledged.
          asked.socket?.end();
          resolve(seconds(Buffer.concat(pieces)));
        }, time);
      },
    );
    asked.on('error', reject);
  });
}

/** Fetches a file on a kept connection. */
function fetched(base: URL, path: string, agent: Agent, name: string, body?: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(`${ROOM}/${path}`, base),
      { agent, method: body === undefined ? 'GET' : 'POST', headers: { 'user-agent': name } },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () =>
          (answer.statusCode ?? 500) < 300
            ? resolve(Buffer.concat(pieces))
            : reject(new Error(`${path} ${answer.statusCode}`)),
        );
        answer.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** A player of HLS: its lists and its segments come on connections of their own, as with ffmpeg. */
async function play(base: URL, main: string, name: string, time: number): Promise<number> {
  const [lists, pieces] = [0, 1].map(() => new Agent({ keepAlive: true, maxSockets: 1 })) as [Agent, Agent];
  const end = performance.now() + time;
  const first = (await fetched(base, `live/${main}`, lists, name)).toString();
  const list = first.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const low = main === 'main.m3u8';
  const seen = new Set<string>();
  let seconds = 0;
  while (performance.now() < end) {
    const text = (await fetched(base, `live/${list}`, lists, name)).toString();
    const uris = low
      ? [...text.matchAll(/EXT-X-PART:.*URI="([^"]+)"/g)].map(([, uri = '']) => uri)
      : text.split('\n').filter((line) => line.endsWith('.m4s'));
    // It begins near the end of the list, and takes each piece once.
    if (seen.size === 0) for (const uri of uris.slice(0, -2)) seen.add(uri);
    for (const uri of uris) {
      if (seen.has(uri)) continue;
      seen.add(uri);
      await fetched(base, `live/${uri}`, pieces, name);
      seconds += low ? 2 * FRAGMENT_S : SEGMENT_S;
    }
    await sleep(low ? 500 : 2_000);
  }
  for (const agent of [lists, pieces]) agent.destroy();
  return seconds;
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

test('two hundred listeners of all kinds, who come and go as they like, are counted as they heard', async () => {
  const random = chance(5);
  const here = new URL(`http://127.0.0.1:${door.port}`);
  const cached = new URL(nginx.url);
  const kinds: readonly (readonly [string, number, (name: string, time: number) => Promise<number>])[] = [
    [
      'stream',
      80,
      (name, time) => hear('stream?session=new', name, time, (bytes) => moofs(bytes) * FRAGMENT_S),
    ],
    ['radio', 40, (name, time) => hear('radio.mp3', name, time, (bytes) => bytes.length / RADIO_BYTES_PER_S)],
    ['hls', 40, (name, time) => play(here, 'slow.m3u8', name, time)],
    ['ll-hls', 20, (name, time) => play(here, 'main.m3u8', name, time)],
    ['cached', 18, (name, time) => play(cached, 'slow.m3u8', name, time)],
  ];
  const people = kinds.flatMap(([way, count, go]) =>
    Array.from({ length: count }, async (_, i): Promise<Truth> => {
      const [from, to] = [random(), random()].sort() as [number, number];
      await sleep(from * (EVENING_MS - 12_000));
      return { way, seconds: await go(`Player/${way} ${i}`, 12_000 + (to - from) * (EVENING_MS - 12_000)) };
    }),
  );
  // Two real players that know nothing of any of this.
  const players = [`${here.href}r/room/radio.mp3`, `${here.href}r/room/live/slow.m3u8`].map(
    (url): ChildProcess =>
      spawn('ffmpeg', ['-loglevel', 'error', '-re', '-i', url, '-t', '20', '-f', 'null', '-'], {
        stdio: 'ignore',
      }),
  );
  const truth = await Promise.all(people);
  await Promise.all(players.map((player) => (player.exitCode === null ? once(player, 'close') : undefined)));
  // Until the slot is over and all of it is told; idle players are given up after half a minute.
  await sleep(16_000);
  const told = new Map<bigint, { transport: string; seconds: number; exclusion: number }>();
  for (const { session, transport, delivered, exclusion } of records.values())
    told.set(session, { transport, exclusion, seconds: (told.get(session)?.seconds ?? 0) + sum(delivered) });
  const counted = (way: string) => [...told.values()].filter(({ transport }) => transport === way);
  const heard = (way: string): number => sum(counted(way).map(({ seconds }) => seconds));
  const real = (way: string): number =>
    sum(truth.filter((one) => one.way === way).map(({ seconds }) => seconds));
  expect([...told.values()].every(({ exclusion }) => exclusion === 0)).toBe(true);
  // ffmpeg is one of the radios and one of those that fetch segments. What came through a cache is nobody here.
  expect(
    Object.fromEntries(['stream', 'radio', 'hls', 'll-hls'].map((way) => [way, counted(way).length])),
  ).toEqual({
    ...{ stream: 80, radio: 41, hls: 41, 'll-hls': 20 },
  });
  expect(Math.abs(heard('stream') - real('stream')) / real('stream')).toBeLessThan(0.01);
  for (const [way, more] of [
    ['radio', 20],
    ['hls', 20],
    ['ll-hls', 0],
  ] as const) {
    const all = real(way) + more;
    console.log(way, heard(way), real(way));
    expect(Math.abs(heard(way) - all) / all).toBeLessThan(0.05);
  }
}, 150_000);
