import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  ask,
  BROWSER,
  beaconFor,
  get,
  openCountingDoor,
  post,
  sessionOfAnswer,
} from '../../../test/audience.ts';
import { fakeOrigin, openTestDoor, until, wire } from '../../../test/door.ts';
import type { Reply } from '../../base/reply.ts';
import { examplesOf } from '../../http/index.ts';
import { FLAG } from '../../wire/session-record.ts';
import { openNetworkList } from './network-list.ts';
import { withSessions } from './session-list.ts';

const SEGMENT = Buffer.alloc(40_000, 1);
const MAIN =
  '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\naac96.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=1\nhttps://cache.example/r/room/live/aac96.slow.m3u8\n';

const reply = (body: string | Buffer, kept = 'public, max-age=1'): Promise<Reply> =>
  Promise.resolve({ status: 200, headers: { 'cache-control': kept, etag: '"1"' }, body });
const answers = (path: string): Promise<Reply> | undefined => {
  if (path.endsWith('main.m3u8')) return reply(MAIN);
  if (path.endsWith('.m3u8')) return reply('#EXTM3U\n');
  if (path.endsWith('/777.m4s')) return reply(Buffer.alloc(40_000_000), 'public, max-age=60, immutable');
  if (path.endsWith('9999.m4s')) return Promise.resolve({ status: 404, headers: {}, body: 'no' });
  return reply(SEGMENT, 'public, max-age=60, immutable');
};

/** A player that asks for one file after the other on one connection. */
async function player(port: number, agent = BROWSER) {
  const socket = wire(port, '');
  let heads = 0;
  return {
    socket,
    async fetch(path: string, headers = ''): Promise<string> {
      const from = socket.bytes().length;
      heads += 1;
      socket.socket.write(get(path, agent, headers));
      await until(() => {
        const text = socket.bytes().subarray(from).toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1] ?? 0);
        return end > 0 && text.length >= end + 4 + length;
      });
      return socket.bytes().subarray(from).toString('latin1');
    },
    heads: () => heads,
  };
}

test('whoever fetches segments is heard as long as what arrived lasts; a player of LL-HLS by its parts', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const [slow, quick] = [await player(door.port, 'Lavf/60'), await player(door.port, 'hls.js')];
  await slow.fetch('/r/room/live/aac96.slow.m3u8');
  await quick.fetch('/r/room/live/aac96.m3u8');
  for (let segment = 100; segment < 106; segment += 1) {
    await slow.fetch(`/r/room/live/aac96/${segment}.m4s`);
    await slow.fetch('/r/room/live/aac96.slow.m3u8');
    for (let part = 0; part < 8; part += 1) await quick.fetch(`/r/room/live/aac96/${segment}.${part}.m4s`);
    clock.advance(5_120);
  }
  for (const one of [slow, quick]) await one.fetch('/r/room/live/aac96.m3u8');
  await tell();
  const told = sessions();
  expect(told.map(({ transport }) => transport).sort()).toEqual(['hls', 'll-hls']);
  for (const { delivered, flags, exclusion } of told) {
    expect(Math.abs(delivered - 30.72)).toBeLessThanOrEqual(1);
    expect([flags, exclusion]).toEqual([FLAG.silent, 'none']);
  }
});

test('a piece that did not arrive whole, that is not there, or comes a second time counts nothing', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const whole = await player(door.port, 'whole');
  await whole.fetch('/r/room/live/aac96/100.m4s');
  clock.advance(6_000);
  await whole.fetch('/r/room/live/aac96/100.m4s');
  await whole.fetch('/r/room/live/aac96/9999.m4s');
  await whole.fetch('/r/room/live/aac96.slow.m3u8');
  // More than the two kernels hold between them.
  const half = wire(door.port, get('/r/room/live/aac96/777.m4s', 'half'));
  half.socket.once('data', () => half.socket.pause());
  await half.has(1);
  clock.advance(6_000);
  half.socket.resetAndDestroy();
  await half.closed;
  clock.advance(6_000);
  await tell();
  expect(sessions().map(({ delivered }) => delivered)).toEqual([5]);
});

test('the list where a player begins gives it a session, but not to a cache; and by it players of one name are told apart', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const lists: string[] = [];
  const two = [await player(door.port, 'TV/1'), await player(door.port, 'TV/1')];
  for (const one of two) {
    const text = await one.fetch('/r/room/live/main.m3u8');
    expect(text).toContain('cache-control: private, no-store');
    expect(text).not.toContain('\r\netag');
    expect(text).toContain('\nhttps://cache.example/r/room/live/aac96.slow.m3u8\n');
    lists.push(/\n(aac96\.m3u8\?session=[\w-]{32})\n/.exec(text)?.[1] ?? '');
  }
  expect(new Set(lists).size).toBe(2);
  for (const headers of ['Via: 1.1 cache\r\n', 'X-Forwarded-For: 203.0.113.7\r\n', 'Forwarded: for=x\r\n']) {
    const text = await (await player(door.port, 'TV/1')).fetch('/r/room/live/main.m3u8', headers);
    expect(text.endsWith(MAIN)).toBe(true);
    expect(text).toContain('cache-control: public, max-age=1');
  }
  // Each fetches its pieces on another connection than its lists.
  const pieces = [await player(door.port, 'TV/1'), await player(door.port, 'TV/1')];
  for (let segment = 100; segment < 104; segment += 1) {
    for (const [i, one] of two.entries()) await one.fetch(`/r/room/live/${lists[i]}`);
    for (const one of pieces) await one.fetch(`/r/room/live/aac96/${segment}.m4s`);
    clock.advance(5_120);
  }
  for (const one of pieces) await one.fetch('/r/room/live/aac96.m3u8');
  await tell();
  const told = sessions();
  expect(told).toHaveLength(2);
  for (const { delivered, exclusion } of told) {
    expect(Math.abs(delivered - 20.48)).toBeLessThanOrEqual(1);
    expect(exclusion).toBe('none');
  }
});

test('what a cache or proxy fetches is heard by people this door does not know', async () => {
  await using counting = await openCountingDoor({ trustedProxies: ['127.0.0.1'] });
  const { door, origin, tell, sessions } = counting;
  origin.answers = answers;
  const cache = await player(door.port, 'nginx');
  for (let segment = 100; segment < 104; segment += 1)
    await cache.fetch(`/r/room/live/aac96/${segment}.m4s`, `X-Forwarded-For: 203.0.113.${segment}\r\n`);
  await tell();
  expect(sessions()).toEqual([]);
  expect(door.metrics()).toMatch(/earshot_door_relayed_files_total 4/);
});

test('a player that asks for a session proves what it fetched, and is not silent; a prefetch is nobody', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const answer = await ask(door.port, post('/r/room/session', '{"way":"hls"}'));
  const token = sessionOfAnswer(answer);
  expect(token).toMatch(/^[\w-]{32}$/);
  const one = await player(door.port);
  await one.fetch('/r/room/live/aac96/90.m4s', 'Sec-Purpose: prefetch\r\n');
  const zero = origin.card('room')?.zero ?? 0;
  const newest = (): number => Math.floor((clock.wall() - zero) / 5120) - 1;
  for (let segment = 100; segment < 114; segment += 1) {
    await one.fetch(`/r/room/live/aac96/${segment}.m4s`);
    clock.advance(5_120);
  }
  await ask(door.port, post('/r/room/beacon', JSON.stringify(beaconFor(token, newest(), { way: 'hls' }))));
  await one.fetch('/r/room/live/aac96.m3u8');
  await tell();
  const told = sessions();
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ transport: 'hls', flags: 0, proofs: 1, exclusion: 'none' });
  expect(told[0]?.proven).toBeGreaterThan(20);
});

test('beacons that are not true change nothing, and each is counted by what is wrong with it', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  clock.advance(600_000);
  const token = sessionOfAnswer(await ask(door.port, post('/r/room/session', '{"way":"hls"}')));
  const other = sessionOfAnswer(await ask(door.port, post('/r/room/session', '{"way":"hls"}', 'TV/2')));
  const zero = origin.card('room')?.zero ?? 0;
  const newest = Math.floor((clock.wall() - zero) / 5120) - 1;
  const good = beaconFor(token, newest);
  const send = (body: unknown): Promise<string> =>
    ask(door.port, post('/r/room/beacon', typeof body === 'string' ? body : JSON.stringify(body)));
  await send('not a beacon');
  await send({ ...good, session: `${token.slice(0, 31)}${token.endsWith('A') ? 'B' : 'A'}` });
  await send(beaconFor(token, newest, { window: good.window + 3 }));
  await send(beaconFor(token, newest, { window: good.window - 16 }));
  await send({ ...good, session: other });
  // A wrong proof spoils its window: nobody tries until one fits.
  await send({ ...good, proof: '0'.repeat(16) });
  await send(good);
  await send(beaconFor(token, newest, { window: good.window - 1 }));
  await tell();
  expect(sessions().every(({ proofs }) => proofs === 0)).toBe(true);
  const text = door.metrics();
  const count = (result: string): number =>
    Number(new RegExp(`beacons_total\\{result="${result}"\\} (\\d+)`).exec(text)?.[1]);
  expect(
    Object.fromEntries(
      ['counted', 'malformed', 'forged', 'early', 'late', 'repeated', 'wrong-proof'].map((r) => [
        r,
        count(r),
      ]),
    ),
  ).toEqual({ counted: 0, malformed: 1, forged: 1, early: 1, late: 1, repeated: 2, 'wrong-proof': 2 });
});

test('beacons one after the other on a kept connection are each answered, in one piece or in many', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin } = counting;
  origin.answers = answers;
  clock.advance(600_000);
  const token = sessionOfAnswer(await ask(door.port, post('/r/room/session', '{"way":"hls"}')));
  const zero = origin.card('room')?.zero ?? 0;
  const newest = Math.floor((clock.wall() - zero) / 5120) - 1;
  const beacons = [3, 2, 1, 0].map((back) => {
    const window = beaconFor(token, newest).window - back;
    return post('/r/room/beacon', JSON.stringify(beaconFor(token, newest, { window, seconds: 10 })));
  });
  const one = wire(door.port, beacons.slice(0, 2).join(''));
  const count = (): number => one.text().split('204 No Content').length - 1;
  await until(() => count() === 2);
  for (const letter of beacons[2] ?? '') {
    one.socket.write(letter);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => count() === 3);
  one.socket.write(beacons[3] ?? '');
  await until(() => count() === 4);
  // Anything else on the same connection is answered as ever.
  one.socket.write(get('/healthz'));
  await until(() => one.text().includes('ok\n'));
  expect(door.metrics()).toMatch(/beacons_total\{result="counted"\} 4/);
  const long = await ask(door.port, post('/r/room/beacon', 'x'.repeat(600)));
  expect(long).toContain('413');
  expect(await ask(door.port, post('/r/nowhere/beacon', '{}'))).toContain('404');
});

test('what pages tell is counted once, and not of robots; numbers are absolute', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, events } = counting;
  const body = JSON.stringify({
    v: 1,
    events: [
      ['visit', 'visit-00001'],
      ['attempt', 'press-00001'],
      ['retry', 'press-00001', '1'],
      ['retry', 'press-00001', '2'],
      ['failure', 'press-00001', 'network'],
      ['embed-impression', 'card-000001'],
    ],
  });
  for (let i = 0; i < 2; i += 1) expect(await ask(door.port, post('/r/room/events', body))).toContain('204');
  await ask(door.port, post('/r/room/events', body.replaceAll('00001', '00002'), 'Googlebot/2.1'));
  expect(await ask(door.port, post('/r/room/events', 'nonsense'))).toContain('400');
  clock.advance(2_000);
  expect(events.get('room')).toMatchObject({
    visits: 1,
    attempts: 1,
    retries: 2,
    successes: 0,
    embedImpressions: 1,
  });
  expect(events.get('room')?.failures?.network).toBe(1);
});

test('a player has heard no more than there was time for, however much it fetched ahead; it left when it closed, or soon after its last request', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const [closes, idles, returns] = await Promise.all(
    ['closes', 'idles', 'returns'].map((name) => player(door.port, name)),
  );
  for (const one of [closes, idles, returns])
    for (const segment of [100, 101, 102, 103]) await one?.fetch(`/r/room/live/aac96/${segment}.m4s`);
  clock.advance(4_000);
  for (const one of [closes, idles, returns]) await one?.fetch('/r/room/live/aac96.slow.m3u8');
  clock.advance(3_000);
  closes?.socket.socket.end();
  await closes?.socket.closed;
  // Whatever it had left it did not hear while it was away.
  clock.advance(60_000);
  await returns?.fetch('/r/room/live/aac96/150.m4s');
  clock.advance(3_000);
  await returns?.fetch('/r/room/live/aac96.slow.m3u8');
  await tell();
  await tell();
  const told = sessions().map(({ delivered }) => delivered);
  expect(told).toHaveLength(3);
  // 7 s; 4 s and half a segment; 4 s, half a segment and 3 s.
  expect(told.toSorted((a, b) => a - b)).toEqual([7, 7, 10]);
});

test('a recording counts as what of it was taken: pieces, or the file; not its head, nor its first two bytes', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, tell, sessions } = counting;
  // Half a minute of AAC at 96 kbit/s.
  origin.answers = (path) =>
    path.endsWith('.m4a') ? reply(Buffer.alloc(360_000), 'public, max-age=60') : answers(path);
  const browser = await player(door.port, 'iTunes/12');
  await ask(door.port, get('/r/room/replay.m4a', 'probe', 'Range: bytes=0-1\r\n'));
  wire(door.port, get('/r/room/replay.m4a', 'head').replace('GET', 'HEAD'));
  const one = await player(door.port, 'Lavf/60');
  for (let segment = 3; segment < 6; segment += 1) {
    await one.fetch(`/r/room/replay/aac96/${segment}.m4s`, 'Range: bytes=0-\r\n');
    // One session, whatever is fetched twice or ahead.
    await browser.fetch('/r/room/replay.m4a', 'Range: bytes=0-119999\r\n');
    clock.advance(5_120);
  }
  for (const { socket } of [one, browser]) {
    socket.socket.end();
    await socket.closed;
  }
  for (let slot = 0; slot < 5; slot += 1) {
    await tell();
    clock.advance(5_000);
  }
  const told = sessions();
  expect(told.map(({ transport }) => transport).sort()).toEqual(['download', 'replay']);
  expect(
    Math.abs((told.find(({ transport }) => transport === 'replay')?.delivered ?? 0) - 15),
  ).toBeLessThanOrEqual(1);
  expect(
    Math.abs((told.find(({ transport }) => transport === 'download')?.delivered ?? 0) - 15),
  ).toBeLessThanOrEqual(1);
});

test('only a good answer with a list gets sessions', () => {
  const other = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 1\r\n\r\nx');
  expect(withSessions(other, 'T')).toBe(other);
  const zipped = Buffer.from('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\nx');
  expect(withSessions(zipped, 'T')).toBe(zipped);
  const list = withSessions(
    Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n#A\na?b=1\n'),
    'T',
  ).toString();
  expect(list).toBe('HTTP/1.1 200 OK\r\ncontent-length: 19\r\n\r\n#A\na?b=1&session=T\n');
});

test('listeners of a data centre are named', async () => {
  await using counting = await openCountingDoor({}, { dataCentres: openNetworkList(['127.0.0.1']) });
  const { door, clock, origin, tell, sessions } = counting;
  origin.answers = answers;
  const one = await player(door.port);
  await one.fetch('/r/room/live/aac96/100.m4s');
  clock.advance(6_000);
  await one.fetch('/r/room/live/aac96.m3u8');
  await tell();
  expect(sessions().map(({ exclusion }) => exclusion)).toEqual(['data-centre']);
});

test('what the tally answers is passed on, and while it is away that is said in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tally-'));
  const socketPath = join(folder, 'http');
  const path = examplesOf(({ owner, methods }) => owner === 'tally' && methods.includes('GET'))[0] ?? '';
  try {
    await using door = await openTestDoor(fakeOrigin(), { tally: { socketPath } });
    const away = await ask(door.port, get(path));
    expect(away).toContain(' 503 ');
    expect(away).toContain('tally-away');
    const tally = createServer((req, res) => void res.end(`tally ${req.url}`));
    await new Promise<void>((resolve) => tally.listen(socketPath, resolve));
    expect(await ask(door.port, get(path))).toContain(`tally ${path}`);
    tally.close();
    tally.closeAllConnections();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what a page of another site sends in the name of its visitors is no visit here', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, events } = counting;
  const tell = (key: string, headers: string): Promise<string> =>
    ask(door.port, post('/r/room/events', `{"v":1,"events":[["visit","${key}"]]}`, undefined, headers));
  const own = 'Sec-Fetch-Site: same-origin\r\nOrigin: https://rooms.example\r\n';
  const other = 'Sec-Fetch-Site: cross-site\r\nOrigin: https://evil.example\r\n';
  const beside = 'Sec-Fetch-Site: same-site\r\nOrigin: https://shop.rooms.example\r\n';
  const frame = 'Sec-Fetch-Site: cross-site\r\nOrigin: null\r\n';
  for (const [i, headers] of [own, other, beside, frame, ''].entries())
    expect(await tell(`AAAAAAAAAA${'AEIMQ'[i]}`, headers)).toContain('204');
  clock.advance(2_000);
  expect(events.get('room')?.visits).toBe(3);
});

test('pieces that are asked for and never read are not heard, on one connection or on many', async () => {
  await using counting = await openCountingDoor();
  const { door, clock, origin, play, tell, sessions } = counting;
  const PIECE = Buffer.alloc(400_000, 1);
  origin.answers = (path) =>
    path.endsWith('.m4s') ? reply(PIECE, 'public, max-age=60, immutable') : answers(path);
  const asks = (from: number, to: number, agent: string): string =>
    Array.from({ length: to - from }, (_, i) => get(`/r/room/live/aac96/${from + i}.m4s`, agent)).join('');
  const never = [wire(door.port, ''), ...Array.from({ length: 10 }, () => wire(door.port, ''))];
  await Promise.all(never.map(({ socket }) => new Promise((resolve) => socket.once('connect', resolve))));
  for (const { socket } of never) socket.pause();
  never[0]?.socket.write(asks(100, 110, 'Lavf/60 pipelines'));
  // Each on a connection of its own, and by the way of whole ranges, which another server answers.
  for (const [i, { socket }] of never.slice(1).entries())
    socket.write(get(`/r/room/live/aac96/${100 + i}.m4s`, 'Lavf/60 ranges', 'Range: bytes=0-\r\n'));
  const reads = await player(door.port, 'Lavf/60 reads');
  for (let segment = 100; segment < 110; segment += 1) {
    await reads.fetch(`/r/room/live/aac96/${segment}.m4s`);
    clock.advance(5_120);
  }
  await reads.fetch('/r/room/live/aac96.slow.m3u8');
  for (const { socket } of never) socket.resetAndDestroy();
  await play(2);
  clock.advance(30_000);
  await tell();
  const heard = sessions().map(({ delivered }) => delivered);
  expect(Math.max(...heard)).toBeGreaterThanOrEqual(35);
  // What a kernel takes for a program that reads nothing.
  expect(heard.filter((seconds) => seconds > 12)).toHaveLength(1);
}, 60_000);
