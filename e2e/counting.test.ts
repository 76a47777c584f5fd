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
import { Playback } from './rig/playback.ts';

const ROOM = '/r/room';
/** Everybody comes and goes within this. */
const EVENING_MS = 40_000;
const FRAGMENT_S = 0.32;
const SEGMENT_S = 5.12;
/** 64 and 96 kbit/s. */
const [RADIO_BYTES_PER_S, RECORDING_BYTES_PER_S] = [8_000, 12_000];
const RANGE_BYTES = 65_536;
/** The recording must be longer than anybody stays, with what a player fetches ahead. */
const RECORDED_MS = 90_000;

let dir: string;
let air: Broadcast;
let door: Door;
let nginx: Cache;
const records = new Map<string, SessionRecord>();

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-counting-'));
  air = await broadcast(dir, ['opus64', 'aac96', 'radio-mp3'], { age: RECORDED_MS });
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
        keys() {},
        networks() {},
        postCounts() {},
        reachable: true,
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

/** What one listener really heard, in seconds. */
interface Truth {
  readonly way: string;
  readonly seconds: number;
}

/** Counts a word in bytes that come piece by piece. */
function counter(word: string): (piece: Buffer) => number {
  let tail: Buffer = Buffer.alloc(0);
  return (piece) => {
    const bytes = Buffer.concat([tail, piece]);
    let count = 0;
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + word.length)) count += 1;
    tail = bytes.subarray(Math.max(0, bytes.length - word.length + 1));
    return count;
  };
}

/** Hears an endless answer for a time, then closes. */
function hear(
  path: string,
  agent: string,
  time: number,
  seconds: (piece: Buffer) => number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const playback = new Playback();
    const asked = get(
      { port: door.port, path: `${ROOM}/${path}`, headers: { 'user-agent': agent }, agent: false },
      (answer) => {
        answer.on('data', (piece: Buffer) => playback.arrived(seconds(piece)));
        answer.on('error', () => undefined);
        setTimeout(() => {
          asked.socket?.end();
          resolve(playback.heard);
        }, time);
      },
    );
    asked.on('error', reject);
  });
}

/** How a file is fetched: with which name, on which connection. */
interface Fetching {
  readonly agent: Agent;
  readonly name: string;
  readonly range?: string;
}

/** Fetches a file on a kept connection. */
function fetched(base: URL, path: string, { agent, name, range }: Fetching): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = { 'user-agent': name, ...(range ? { range } : {}) };
    const asked = request(new URL(`${ROOM}/${path}`, base), { agent, headers }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () =>
        (answer.statusCode ?? 500) < 300
          ? resolve(Buffer.concat(pieces))
          : reject(new Error(`${path} ${answer.statusCode}`)),
      );
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}

const connection = (): Agent => new Agent({ keepAlive: true, maxSockets: 1 });

/** A player of HLS: its lists and its segments come on connections of their own, as with ffmpeg. */
async function play(base: URL, main: string, name: string, time: number): Promise<number> {
  const [lists, pieces] = [connection(), connection()];
  const end = performance.now() + time;
  const playback = new Playback();
  const first = (await fetched(base, `live/${main}`, { agent: lists, name })).toString();
  const list = first.split('\n').find((line) => line !== '' && !line.startsWith('#')) ?? '';
  const low = main === 'main.m3u8';
  const seen = new Set<string>();
  while (performance.now() < end) {
    const text = (await fetched(base, `live/${list}`, { agent: lists, name })).toString();
    const uris = low
      ? [...text.matchAll(/EXT-X-PART:.*URI="([^"]+)"/g)].map(([, uri = '']) => uri)
      : text.split('\n').filter((line) => line.endsWith('.m4s'));
    // It begins near the end of the list, and takes each piece once.
    if (seen.size === 0) for (const uri of uris.slice(0, -2)) seen.add(uri);
    for (const uri of uris) {
      if (seen.has(uri)) continue;
      seen.add(uri);
      await fetched(base, `live/${uri}`, { agent: pieces, name });
      playback.arrived(low ? 2 * FRAGMENT_S : SEGMENT_S);
    }
    await sleep(Math.min(low ? 500 : 2_000, Math.max(0, end - performance.now())));
  }
  for (const agent of [lists, pieces]) agent.destroy();
  return playback.heard;
}

/** A player of the recording: it fetches so far ahead, then as it plays. */
const AHEAD_S = 12;
async function playRecording(
  time: number,
  next: () => Promise<number>,
  connections: readonly Agent[],
): Promise<number> {
  const end = performance.now() + time;
  const playback = new Playback();
  while (performance.now() < end) {
    if (playback.ahead < AHEAD_S) playback.arrived(await next());
    else await sleep(Math.min(500, Math.max(0, end - performance.now())));
  }
  for (const agent of connections) agent.destroy();
  return playback.heard;
}

/** Piece by piece, as our player does. */
async function replay(base: URL, name: string, time: number): Promise<number> {
  const agent = connection();
  const text = (await fetched(base, 'replay/aac96.m3u8', { agent, name })).toString();
  const uris = text.split('\n').filter((line) => line.endsWith('.m4s'));
  let at = 0;
  const next = async (): Promise<number> => {
    await fetched(base, `replay/${uris[at++]}`, { agent, name });
    return SEGMENT_S;
  };
  return playRecording(time, next, [agent]);
}

/** Range by range of the one file, as browsers do. */
async function download(base: URL, name: string, time: number): Promise<number> {
  const agent = connection();
  let at = 0;
  const next = async (): Promise<number> => {
    const range = `bytes=${at}-${at + RANGE_BYTES - 1}`;
    const { length } = await fetched(base, 'replay.m4a', { agent, name, range });
    at += length;
    return length / RECORDING_BYTES_PER_S;
  };
  return playRecording(time, next, [agent]);
}

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

test('listeners of all kinds, who come and go as they like, are counted as they heard, to 0.5 %', async () => {
  // What an attempt before this one counted is over: its listeners have left.
  records.clear();
  const random = chance(5);
  const here = new URL(`http://127.0.0.1:${door.port}`);
  const cached = new URL(nginx.url);
  const kinds: readonly (readonly [string, number, (name: string, time: number) => Promise<number>])[] = [
    [
      'stream',
      80,
      (name, time) => {
        const moofs = counter('moof');
        return hear('stream?session=new', name, time, (piece) => moofs(piece) * FRAGMENT_S);
      },
    ],
    ['radio', 40, (name, time) => hear('radio.mp3', name, time, (piece) => piece.length / RADIO_BYTES_PER_S)],
    ['hls', 40, (name, time) => play(here, 'slow.m3u8', name, time)],
    ['ll-hls', 40, (name, time) => play(here, 'main.m3u8', name, time)],
    ['replay', 40, (name, time) => replay(here, name, time)],
    ['download', 40, (name, time) => download(here, name, time)],
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
  // And until nothing more comes: a slot that the machine was late with is told later.
  const toldSoFar = (): string =>
    `${records.size} ${sum([...records.values()].map(({ delivered }) => sum(delivered)))}`;
  for (let [before, turns] = ['', 0]; before !== toldSoFar() && turns < 4; turns++) {
    before = toldSoFar();
    await sleep(6_000);
  }
  const told = new Map<bigint, { transport: string; seconds: number; exclusion: number }>();
  for (const { session, transport, delivered, exclusion } of records.values())
    told.set(session, { transport, exclusion, seconds: (told.get(session)?.seconds ?? 0) + sum(delivered) });
  const counted = (way: string) => [...told.values()].filter(({ transport }) => transport === way);
  const heard = (way: string): number => sum(counted(way).map(({ seconds }) => seconds));
  const real = (way: string): number =>
    sum(truth.filter((one) => one.way === way).map(({ seconds }) => seconds));
  expect([...told.values()].every(({ exclusion }) => exclusion === 0)).toBe(true);
  // ffmpeg is one of the radios and one of those that fetch segments. What came through a cache is nobody here.
  const ways = ['stream', 'radio', 'hls', 'll-hls', 'replay', 'download'];
  const sessions = Object.fromEntries(ways.map((way) => [way, counted(way).length]));
  expect(sessions).toEqual({ stream: 80, radio: 41, hls: 41, 'll-hls': 40, replay: 40, download: 40 });
  let [all, allHeard] = [0, 0];
  for (const way of ways) {
    const want = real(way) + (way === 'radio' || way === 'hls' ? 20 : 0);
    const error = heard(way) - want;
    all += want;
    allHeard += heard(way);
    console.log(`${way}: ${heard(way)} s of ${want.toFixed(1)} s, ${((error / want) * 100).toFixed(2)} %`);
    // Seconds are whole: each session is as well as surely half a second off, to either side.
    const rounding = 3 * Math.sqrt(counted(way).length / 12);
    expect(Math.abs(error), way).toBeLessThan(0.005 * want + rounding);
  }
  expect(Math.abs(allHeard - all) / all).toBeLessThan(0.005);
}, 150_000);
