import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, pause, wire } from '../../test/door.ts';
import { LIMITS } from './index.ts';
import { prefixOf } from './network/connection-limit.ts';
import { isUnsignedPost, readFirstHead } from './request/first-head.ts';

const BAD: readonly (readonly [string, string])[] = [
  ['two Hosts', 'Host: a\r\nHost: b\r\n'],
  ['two Content-Lengths', 'Host: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n'],
  ['two different Content-Lengths', 'Host: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n'],
  ['both lengths and codings', 'Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
  ['a NUL in a value', 'Host: a\r\nX: a\0b\r\n'],
  ['a NUL in a name', 'Host: a\r\nX\0Y: b\r\n'],
  ['a bare CR', 'Host: a\r\nX: a\rY: b\r\n'],
  ['a bare LF', 'Host: a\nX: b\r\n'],
  ['a folded line', 'Host: a\r\nX: a\r\n b\r\n'],
  ['a space before the colon', 'Host : a\r\n'],
  ['no colon', 'Host: a\r\nnonsense\r\n'],
  ['no Host', 'X: a\r\n'],
  ['an empty name', 'Host: a\r\n: b\r\n'],
  ['a Content-Length that is no number', 'Host: a\r\nContent-Length: +1\r\n'],
  ['a negative Content-Length', 'Host: a\r\nContent-Length: -1\r\n'],
];

test.each(BAD)('%s is refused with 400 and close, on a stream and on a page', async (_, fields) => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  for (const path of ['/r/room/stream', '/r/room', '/api/rooms']) {
    const w = wire(door.port, `GET ${path} HTTP/1.1\r\n${fields}\r\n`);
    await w.closed;
    expect([path, w.text().slice(0, 12)]).toEqual([path, 'HTTP/1.1 400']);
    // One answer only: what was hidden inside is no second request.
    expect(w.text().match(/HTTP\/1\.1 /g)?.length).toBe(1);
  }
  expect(door.presence().size).toBe(0);
});

test('a head that is too large or has too many lines is 431', async () => {
  await using door = await openTestDoor(fakeOrigin());
  for (const path of ['/r/room/stream', '/r/room']) {
    // Head, body and the page that explains it are of one mind.
    const agreed = (text: string) => {
      expect([path, text.slice(0, 12)]).toEqual([path, 'HTTP/1.1 431']);
      expect(JSON.parse(text.slice(text.indexOf('\r\n\r\n')))).toMatchObject({
        ...{ status: 431, code: 'head-too-large', type: '/errors#head-too-large' },
      });
    };
    const many = wire(door.port, `GET ${path} HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(110)}\r\n`);
    await many.closed;
    agreed(many.text());
    const large = wire(door.port, `GET ${path} HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(19_000)}\r\n\r\n`);
    await large.closed;
    agreed(large.text());
    const token = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'t'.repeat(50_000)}\r\n\r\n`;
    const longer = wire(door.port, token);
    await longer.closed;
    agreed(longer.text());
  }
});

test('a target in absolute form is the same request, by the name in it', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const ask = async (target: string, host = 'other.example'): Promise<string> => {
    const w = wire(door.port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    await w.closed;
    return w.text();
  };
  const usual = (text: string) => text.replace(/date: .*\r\n/i, '');
  for (const path of ['/', '/r/room', '/healthz', '/r/nobody', '/r/room/state.json'])
    expect(usual(await ask(`http://rooms.example:8080${path}`))).toBe(
      usual(await ask(path, 'rooms.example:8080')),
    );
  expect(await ask('HTTP://rooms.example')).toContain('HTTP/1.1 200');
  for (const target of ['http:///r/room', 'http://a@b/r/room', 'ftp://rooms.example/'])
    expect([target, (await ask(target)).slice(0, 10)]).toEqual([target, 'HTTP/1.1 4']);
  const stream = wire(door.port, 'GET http://rooms.example/r/room/stream HTTP/1.1\r\nHost: x\r\n\r\n');
  while (!stream.text().includes('\r\n\r\n')) await pause(10);
  expect(stream.text()).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: audio\/mp4/);
});

test('invalid methods, versions and targets are refused by the strict parser behind', async () => {
  await using door = await openTestDoor(fakeOrigin());
  for (const line of [
    'GET /r/room/stream HTTP/9.9',
    'GET /r/room/stream',
    'gEt / HTTP/1.1',
    '\x16\x03\x01 hello',
  ]) {
    const w = wire(door.port, `${line}\r\nHost: x\r\n\r\n`);
    await w.closed;
    expect([line, w.text().slice(0, 12)]).toEqual([line, 'HTTP/1.1 400']);
  }
});

test('a head in many small pieces is read as one', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  for (const path of ['/r/room/stream', '/healthz']) {
    const w = wire(door.port, '');
    w.socket.setNoDelay(true);
    for (const c of `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`) {
      w.socket.write(c);
      await pause(1);
    }
    await w.has(3);
    expect([path, w.text().slice(0, 15)]).toEqual([path, 'HTTP/1.1 200 OK']);
    w.socket.destroy();
  }
});

test('a GET of the stream with a body goes through the HTTP server and still ends in a stream', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, 'GET /r/room/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc');
  await w.has(100);
  expect(w.text()).toContain('earshot-rendition: opus64');
});

test('a head is read the same however it is cut', () => {
  const whole = Buffer.from('GET /r/room/stream?after=1 HTTP/1.1\r\nHost: x\r\n\r\n');
  for (let cut = 1; cut < whole.length; cut += 1) {
    expect(readFirstHead(whole.subarray(0, cut), LIMITS).kind).toBe('more');
  }
  expect(readFirstHead(whole, LIMITS)).toEqual({
    kind: 'stream',
    method: 'GET',
    target: '/r/room/stream?after=1',
  });
});

test('a body is asked for without a token, or with one', () => {
  const head = (line: string, ...fields: string[]) =>
    Buffer.from(`${[line, 'Host: x', ...fields].join('\r\n')}\r\n\r\n`);
  expect(isUnsignedPost(head('POST /api/rooms HTTP/1.1', 'Content-Length: 60000'))).toBe(true);
  expect(isUnsignedPost(head('PATCH /api/rooms/a HTTP/1.1'))).toBe(true);
  expect(isUnsignedPost(head('POST /api/rooms HTTP/1.1', 'authorization : Bearer x'))).toBe(false);
  expect(isUnsignedPost(head('GET /r/a HTTP/1.1'))).toBe(false);
});

test('garbage of every kind is answered or closed, and the door survives', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  let seed = 1;
  const random = (n: number) => {
    seed = (seed * 1664525 + 1013904223) >>> 0;
    return seed % n;
  };
  const good = Buffer.from('GET /r/room/stream?codec=aac HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n');
  const wires = Array.from({ length: 300 }, () => {
    const bytes = Buffer.from(good);
    for (let i = 0; i < 1 + random(4); i += 1) bytes[random(bytes.length)] = random(256);
    return wire(door.port, bytes.toString('latin1'));
  });
  await pause(300);
  for (const w of wires) {
    if (w.text() !== '') expect(w.text()).toMatch(/^HTTP\/1\.1 (200|308|4\d\d) /);
    w.socket.destroy();
  }
  const after = wire(door.port, good.toString('latin1'));
  await after.has(100);
});

test('addresses are counted by /24 and /48, this machine itself not at all', () => {
  expect(prefixOf('203.0.113.9')).toBe('203.0.113');
  expect(prefixOf('::ffff:203.0.113.9')).toBe('203.0.113');
  expect(prefixOf('2001:db8:12:34::1')).toBe('2001:db8:12');
  expect(prefixOf('2001:db8::1')).toBe('2001:db8:0');
  // Other addresses of the loopback are programs that chose one: they count like everybody else.
  expect(prefixOf('::ffff:127.0.7.2')).toBe('127.0.7');
  expect(prefixOf('127.0.0.1', true)).toBe('127.0.0');
  for (const own of ['127.0.0.1', '::1', '::ffff:127.0.0.1', undefined])
    expect(prefixOf(own)).toBeUndefined();
});

test('an address as people type it redirects to the one that is meant, with its query; a body is not sent twice', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const ask = async (line: string): Promise<string> => {
    const w = wire(
      door.port,
      `${line} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    await w.closed;
    return `${w.text().slice(9, 12)} ${/\r\nlocation: (.*)\r\n/.exec(w.text())?.[1] ?? ''}`;
  };
  for (const [line, answer] of [
    ['GET /r/Room', '308 /r/room'],
    ['HEAD /R/room/?at=12', '308 /r/room?at=12'],
    ['GET //r//room.', '308 /r/room'],
    ['GET /r/%72oom/Stream?codec=aac', '308 /r/room/stream?codec=aac'],
    // Old radios know no 308.
    ['GET /r/Room/radio.mp3', '301 /r/room/radio.mp3'],
    ['GET /r/ROOM/live/Main.m3u8', '308 /r/room/live/main.m3u8'],
    ['GET http://x/r/Room/studio/', '308 /r/room/studio'],
    // Without anybody behind: 503 says that it was forwarded.
    ['POST /r/room/whip/', '503 '],
    ['POST /r/Room/WHEP/', '503 '],
    ['DELETE /r/room/whip/aBc/', '503 '],
    ['GET /r/room/whip/', '308 /r/room/whip'],
    ['GET /nothing/', '404 '],
  ] as const)
    expect([line, await ask(line)]).toEqual([line, answer]);
});

test('nothing bypasses the table: dot segments in any form are 404, and nothing is forwarded', async () => {
  await using door = await openTestDoor(fakeOrigin());
  for (const path of [
    ...[
      '/r/room/whip/../../../metrics',
      '/r/room/whip/%2e%2e/%2e%2e/%2e%2e/metrics',
      '/r/room/whip/%252e%252e/x',
    ],
    ...[
      '/r/room/whip/..%2f..%2fmetrics',
      '/r/room/whip/..\\..\\metrics',
      '/r/room/whep/x/../../../../metrics',
    ],
    ...['/api/../metrics', '/api/%2e%2e/metrics', '/r/room/live/../state.json', '/r/room/live/%2e/main.m3u8'],
    ...[
      'http://x/r/room/whip/../../../metrics',
      '/r/room/backstage/../../../metrics',
      '/metrics',
      '/r/room/metrics',
    ],
  ])
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      const w = wire(
        door.port,
        `${method} ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      await w.closed;
      expect([method, path, w.text().slice(9, 12)]).toEqual([method, path, '404']);
    }
});

test('16 kB of cookies are served at every address, on a first and on a kept connection', async () => {
  const origin = fakeOrigin();
  origin.tick();
  origin.answers = async () => ({
    status: 200,
    headers: { 'cache-control': 'public, max-age=1' },
    body: 'ok',
  });
  await using door = await openTestDoor(origin);
  const cookies = `Cookie: ${'sso=0123456789abcdef; '.repeat(745).slice(0, 16_384)}\r\nUser-Agent: ${'x'.repeat(300)}\r\n`;
  for (const path of [
    '/',
    '/r/room',
    '/r/room/stream',
    '/r/room/radio.mp3',
    '/r/room/state.json',
    '/r/room/live/opus64/1.m4s',
  ]) {
    for (const method of ['GET', 'HEAD'])
      for (const before of [
        '',
        'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n',
        'GET /r/room/state.json HTTP/1.1\r\nHost: x\r\n\r\n',
      ]) {
        const w = wire(door.port, `${before}${method} ${path} HTTP/1.1\r\nHost: x\r\n${cookies}\r\n`);
        const answers = before === '' ? 1 : 2;
        while ((w.text().match(/HTTP\/1\.1 \d/g)?.length ?? 0) < answers && w.ended === undefined)
          await pause(2);
        expect([method, path, before.slice(0, 20), w.text().match(/HTTP\/1\.1 \d{3}/g)]).toEqual([
          ...[method, path, before.slice(0, 20), Array(answers).fill('HTTP/1.1 200')],
        ]);
        w.socket.destroy();
      }
  }
});

test('beyond that a browser gets a page that explains it, a program problem+json', async () => {
  await using door = await openTestDoor(fakeOrigin());
  for (const path of ['/', '/r/room', '/r/room/stream', '/r/room/state.json'])
    for (const size of [20_000, 33_000, 80_000])
      for (const before of ['', 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n']) {
        const ask = async (accept: string): Promise<string> => {
          const w = wire(door.port, before);
          if (before) await w.has(3);
          w.socket.write(
            `GET ${path} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nCookie: ${'c'.repeat(size)}\r\n\r\n`,
          );
          await w.closed;
          expect([path, size, w.ended]).toEqual([path, size, 'fin']);
          return w.text().slice(w.text().lastIndexOf('HTTP/1.1'));
        };
        const page = await ask('text/html,application/xhtml+xml,*/*;q=0.8');
        expect([path, size, page.slice(0, 12)]).toEqual([path, size, 'HTTP/1.1 431']);
        expect(page).toMatch(
          /content-type: text\/html[\s\S]*Your browser sent too much[\s\S]*Votre navigateur envoie trop/,
        );
        const program = await ask('*/*');
        expect(JSON.parse(program.slice(program.indexOf('\r\n\r\n')))).toMatchObject({
          code: 'head-too-large',
        });
      }
});
