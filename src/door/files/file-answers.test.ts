import { expect, test } from 'vitest';
import { type FakeOrigin, fakeOrigin, openTestDoor, until, wire } from '../../../test/door.ts';
import { ms } from '../../base/time.ts';
import { LIMITS } from '../limits.ts';

const HEADERS = { 'content-type': 'audio/mp4', 'access-control-allow-origin': '*' };
const get = (path: string, fields = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
const PART = '/r/room/live/opus64/7.3.m4s';

/** Answers with the path itself; counts how often it was asked for each. */
function echoing(cache = 'public, max-age=31536000, immutable'): { origin: FakeOrigin; asked: string[] } {
  const origin = fakeOrigin();
  const asked: string[] = [];
  origin.answer = (path, query) => {
    asked.push(query.size > 0 ? `${path}?${query}` : path);
    return Promise.resolve({
      status: 200,
      headers: { ...HEADERS, 'cache-control': cache },
      body: `you asked for ${path}`,
    });
  };
  return { origin, asked };
}

test('a part is made once and is the same bytes for all, whatever they add to its address', async () => {
  const { origin, asked } = echoing();
  await using door = await openTestDoor(origin);
  const clients = ['', '?x=1', '?x=2&_HLS_msn=4', '?%00'].map((query) => wire(door.port, get(PART + query)));
  for (const client of clients) await client.has(PART.length);
  expect(new Set(clients.map((client) => client.text())).size).toBe(1);
  expect(clients[0]?.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*content-length: 41\r\n\r\nyou asked for/s);
  expect(clients[0]?.text()).not.toMatch(/set-cookie/i);
  expect(asked).toEqual([PART]);
});

test('pipelined requests are answered in order, and a page may come between them', async () => {
  const { origin } = echoing();
  await using door = await openTestDoor(origin);
  const paths = [1, 2, 3].map((n) => `/r/room/live/opus64/${n}.m4s`);
  const client = wire(
    door.port,
    [...paths, '/healthz', paths[0] ?? '', '/rooms.json'].map((p) => get(p)).join(''),
  );
  await until(() => client.text().includes('for /rooms.json'));
  const said = client.text();
  const places = [...paths.map((path) => said.indexOf(`for ${path}`)), said.indexOf('ok\n')];
  expect(places.every((place, i) => place > 0 && place > (places[i - 1] ?? 0))).toBe(true);
  expect(said.lastIndexOf(`for ${paths[0]}`)).toBeGreaterThan(places.at(-1) ?? 0);
});

test('a head that comes byte by byte is answered, and the connection continues', async () => {
  const { origin } = echoing();
  await using door = await openTestDoor(origin);
  const client = wire(door.port, get(PART));
  await client.has(10);
  for (const byte of get('/r/room/live/opus64/8.m4s')) {
    client.socket.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => client.text().includes('for /r/room/live/opus64/8.m4s'));
});

test('requests for the same playlist share one wait, which ends when the last of them has gone', async () => {
  const origin = fakeOrigin();
  const waits: { signal: AbortSignal; come: () => void }[] = [];
  origin.answer = (_path, query, _headers, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('gone')));
      const body = `#EXTM3U ${query.get('_HLS_msn')}`;
      const reply = { status: 200, headers: { 'cache-control': 'public, max-age=12' }, body };
      waits.push({ signal, come: () => resolve(reply) });
    });
  await using door = await openTestDoor(origin);
  const ask = (msn: number) => wire(door.port, get(`/r/room/live/opus64.m3u8?_HLS_msn=${msn}&_HLS_part=0`));
  const crowd = Array.from({ length: 300 }, () => ask(5));
  const lone = ask(6);
  await until(() => door.metrics().includes('open_connections 301') && waits.length === 2);
  waits[0]?.come();
  for (const client of crowd) await client.has(9);
  expect(new Set(crowd.map((client) => client.text().split('\r\n\r\n')[1]))).toEqual(new Set(['#EXTM3U 5']));
  expect(waits).toHaveLength(2);
  expect(waits[1]?.signal.aborted).toBe(false);
  lone.socket.destroy();
  await until(() => waits[1]?.signal.aborted === true);
  // Whoever comes later for the same moment finds it.
  const late = ask(5);
  await late.has(9);
  expect(waits).toHaveLength(2);
});

test('requests with conditions, ranges or a body go to the full HTTP server', async () => {
  const seen: Record<string, string | undefined>[] = [];
  const origin = fakeOrigin();
  origin.answer = (_path, _query, headers) => {
    seen.push(headers);
    return Promise.resolve({ status: 304, headers: HEADERS, body: '' });
  };
  await using door = await openTestDoor(origin);
  const client = wire(door.port, get(PART, 'If-None-Match: "a"\r\n'));
  await until(() => client.text().includes(' 304 '));
  expect(seen.at(-1)?.['if-none-match']).toBe('"a"');
  const twice = wire(door.port, get(PART, 'Host: y\r\n'));
  await until(() => twice.text().includes(' 400 '));
  const body = wire(door.port, get(PART, 'Content-Length: 3\r\nTransfer-Encoding: chunked\r\n'));
  await until(() => body.text().includes(' 400 '));
});

test('refusals reach those who waited and are not cached', async () => {
  const { origin } = echoing();
  const answer = origin.answer;
  origin.answer = () => Promise.resolve({ status: 404, headers: HEADERS, body: '{}' });
  await using door = await openTestDoor(origin);
  const first = wire(door.port, get(PART));
  await until(() => first.text().includes(' 404 Not Found'));
  origin.answer = answer;
  first.socket.write(get(PART));
  await until(() => first.text().includes(' 200 OK'));
});

test('a body that comes bit by bit, and a fault of ours, go through the full HTTP server', async () => {
  const { Readable } = await import('node:stream');
  const origin = fakeOrigin();
  origin.answer = (path) =>
    path.endsWith('1.m4s')
      ? Promise.resolve({ status: 200, headers: HEADERS, body: Readable.from(['a', 'b', 'c']) })
      : Promise.reject(new Error('a bug'));
  await using door = await openTestDoor(origin);
  const streamed = wire(door.port, get('/r/room/live/opus64/1.m4s'));
  await until(() => /c\r\n0\r\n/.test(streamed.text()));
  const broken = wire(door.port, get('/r/room/live/opus64/2.m4s'));
  await until(() => broken.text().includes(' 500 '));
});

test('idle connections and half heads are closed, and so is a client that asks and never reads', async () => {
  const { origin } = echoing();
  const limits = { ...LIMITS, keepAlive: ms(300), headTimeout: ms(300), backlog: 64 * 1024 };
  await using door = await openTestDoor(origin, { limits });
  const idle = wire(door.port, get(PART));
  const half = wire(door.port, `${get(PART)}GET /r/room/live/opus64/1`);
  await Promise.all([idle.closed, half.closed]);
  const big = Buffer.alloc(200_000);
  origin.answer = () =>
    Promise.resolve({ status: 200, headers: { 'cache-control': 'public, immutable' }, body: big });
  const deaf = wire(door.port, '');
  deaf.socket.pause();
  let gone = false;
  deaf.socket.on('close', () => {
    gone = true;
  });
  const asking = setInterval(() => {
    if (!gone) deaf.socket.write(get('/r/room/live/opus64/9.m4s').repeat(4));
  }, 5);
  await until(() => gone);
  clearInterval(asking);
});

test('a connection is closed after its thousandth answer', async () => {
  const { origin } = echoing();
  await using door = await openTestDoor(origin, { limits: { ...LIMITS, requestsPerSocket: 3 } });
  const client = wire(door.port, get(PART).repeat(2));
  await until(() => client.text().split('HTTP/1.1 200').length === 3);
  client.socket.write(get(PART));
  await client.closed;
  expect(client.text().split('HTTP/1.1 200')).toHaveLength(4);
  // And only the last says so.
  expect(
    client
      .text()
      .split('HTTP/1.1 200')
      .map((answer) => /\r\nconnection: close\r\n/i.test(answer)),
  ).toEqual([...[false, false, false, true]]);
  expect(client.ended).toBe('fin');
});

test('the last answers of a stopping door close their connections, whichever part gives them', async () => {
  const origin = fakeOrigin();
  const waits: (() => void)[] = [];
  origin.answers = () =>
    new Promise((resolve) => {
      waits.push(() => resolve({ status: 200, headers: { 'cache-control': 'no-store' }, body: 'late' }));
    });
  const door = await openTestDoor(origin);
  // Of a first kind, from the shared buffer; of the second, by the HTTP server.
  const clients = [wire(door.port, get(PART)), wire(door.port, get('/rooms.json'))];
  await until(() => waits.length === 2);
  const closed = door.close(ms(2_000));
  for (const come of waits) come();
  for (const client of clients) await client.closed;
  for (const client of clients)
    expect(client.text()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close\r\n[\s\S]*late$/i);
  await closed;
});

test('a moment of a playlist has one cache key, however its number is written; meaningless parameters are left out', async () => {
  const { origin, asked } = echoing();
  await using door = await openTestDoor(origin);
  const LIST = '/r/room/live/opus64.m3u8';
  for (const query of [
    ...[
      '_HLS_msn=7&_HLS_part=1',
      '_HLS_msn=0007&_HLS_part=1',
      '_HLS_part=01&_HLS_msn=07',
      '_HLS_msn=7&_HLS_part=1&_HLS_skip=junk',
    ],
    ...['_HLS_msn=7&_HLS_part=1&x=1', '_HLS_msn=7&_HLS_part=1&_HLS_msn=9', '_HLS_msn=%37&_HLS_part=1'],
  ]) {
    const client = wire(door.port, get(`${LIST}?${query}`));
    await client.has(LIST.length);
    client.socket.destroy();
  }
  expect(asked).toEqual([`${LIST}?_HLS_msn=7&_HLS_part=1`]);
  for (const skip of ['YES', 'v2']) {
    const client = wire(door.port, get(`${LIST}?_HLS_skip=${skip}`));
    await client.has(LIST.length);
    client.socket.destroy();
  }
  for (const junk of ['_HLS_msn=-1', '_HLS_msn=1e3', '_HLS_msn=99999999999', '_HLS_msn=x'])
    await wire(door.port, get(`${LIST}?${junk}`)).has(LIST.length);
  expect(asked.slice(1)).toEqual([`${LIST}?_HLS_skip=YES`, `${LIST}?_HLS_msn=none`]);
});

test('a file is cached under one name: with leading zeros it is answered, but not cached', async () => {
  const { origin, asked } = echoing();
  await using door = await openTestDoor(origin);
  const padded = ['/r/room/live/opus64/07.m4s', '/r/room/live/opus64/7.03.m4s'];
  for (const path of [...padded, ...padded, '/r/01/state.json', '/r/01/state.json']) {
    const client = wire(door.port, get(path));
    await until(() => client.text().includes(`for ${path}`));
    client.socket.destroy();
  }
  expect(asked).toEqual([...padded, ...padded, '/r/01/state.json']);
});
