import { afterEach, expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, streamGet, until, wire } from '../../../test/door.ts';
import { type Door, type FinishedRequest, LIMITS } from '../index.ts';

const stop: (() => void)[] = [];
afterEach(() => {
  for (const end of stop.splice(0)) end();
});

/** A copy: the object itself is used again for the next request. */
interface Told extends Omit<FinishedRequest, 'requester'> {
  readonly address: string;
  readonly agent: string;
  readonly prefix: string | undefined;
  readonly key: number;
}

async function openTold(over: Parameters<typeof openTestDoor>[1] = {}) {
  const told: Told[] = [];
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  const body = 'x'.repeat(500);
  origin.answers = (path) =>
    path.includes('missing')
      ? Promise.resolve({ status: 404, headers: {}, body: 'no' })
      : Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain' }, body });
  const door = await openTestDoor(origin, {
    limits: { ...LIMITS, busyFrom: Number.POSITIVE_INFINITY, loopbackCounts: true },
    requestOver({ requester, at, method, path, query, status, bytes, cpu, duration, kind }) {
      const { address, agent, key, network } = requester;
      told.push({
        ...{ address, agent, key, prefix: network.prefix },
        ...{ at, method, path, query, status, bytes, cpu, duration, kind },
      });
    },
    ...over,
  });
  const ask = async (text: string, count = told.length + 1) => {
    const asked = wire(door.port, text);
    stop.push(() => asked.socket.destroy());
    await until(() => told.length >= count);
    return asked;
  };
  return { door: door as Door, told, ask };
}

const head = (line: string, ...fields: string[]): string =>
  `${[line, 'Host: x', ...fields].join('\r\n')}\r\n\r\n`;

test('every way of answering tells what was asked, by whom, and what it cost', async () => {
  const { door, told, ask } = await openTold();
  await using _door = door;
  await ask(head('GET /r/room/live/opus64.m3u8?a=1 HTTP/1.1', 'User-Agent: One'));
  await ask(head('GET /r/room?b=2 HTTP/1.1', 'User-Agent: Two', 'Accept: text/html'));
  await ask(head('GET /nowhere HTTP/1.1', 'User-Agent: Two'));
  await ask(streamGet());
  await ask(head('GET /r/none/stream HTTP/1.1'));
  await ask('GET /r/room/stream HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n');
  await ask('GET / HTTP/1.1\r\nno header\r\n\r\n');
  expect(told.map(({ method, path, query, status, kind }) => [method, path, query, status, kind])).toEqual([
    ['GET', '/r/room/live/opus64.m3u8', 'a=1', 200, 'live-list'],
    ['GET', '/r/room', 'b=2', 200, 'room'],
    ['GET', '/nowhere', '', 404, 'none'],
    ['GET', '/r/room/stream', '', 200, 'stream'],
    ['GET', '/r/none/stream', '', 404, 'stream'],
    ['', '', '', 400, 'none'],
    ['', '', '', 400, 'none'],
  ]);
  expect(told.map(({ agent }) => agent).slice(0, 3)).toEqual(['One', 'Two', 'Two']);
  expect(told.every(({ address, prefix }) => address === '127.0.0.1' && prefix === '127.0.0')).toBe(true);
  expect(told.every(({ cpu }) => cpu >= 20)).toBe(true);
  expect(told[0]?.bytes).toBeGreaterThan(500);
  expect(told[3]?.bytes).toBeGreaterThan(200);
  expect(told[1]?.key).toBe(told[2]?.key);
  expect(told[0]?.key).not.toBe(told[1]?.key);
});

test('the bytes of answers on one connection are told once each', async () => {
  const { door, told, ask } = await openTold();
  await using _door = door;
  const asked = await ask(
    head('GET /healthz HTTP/1.1').repeat(2) + head('GET /healthz HTTP/1.1', 'Connection: close'),
    3,
  );
  await asked.closed;
  expect(asked.bytes().length).toBeGreaterThan(100);
  expect(told.map(({ bytes }) => bytes).reduce((sum, bytes) => sum + bytes, 0)).toBe(asked.bytes().length);
});

test('behind a listed proxy the client is told, and nobody else can name one', async () => {
  const { door, told, ask } = await openTold({ trustedProxies: ['127.0.0.1'] });
  await using _door = door;
  const file = 'GET /r/room/live/opus64.m3u8 HTTP/1.1';
  await ask(
    head(file, 'X-Forwarded-For: 203.0.113.7') +
      head(file, 'X-Forwarded-For: 198.51.100.9') +
      head('GET /healthz HTTP/1.1', 'X-Forwarded-For: 198.51.100.9'),
    3,
  );
  const [one, two, three] = told;
  expect([one?.address, one?.prefix]).toEqual(['203.0.113.7', '203.0.113']);
  expect([two?.address, two?.prefix]).toEqual(['198.51.100.9', '198.51.100']);
  expect(three?.key).toBe(two?.key);
  const plain = await openTold();
  await using _other = plain.door;
  await plain.ask(head(file, 'X-Forwarded-For: 203.0.113.7'));
  expect(plain.told[0]?.address).toBe('127.0.0.1');
});
