import { expect, test } from 'vitest';
import {
  fakeOrigin,
  grace,
  INIT,
  numbers,
  openTestDoor,
  pause,
  streamGet,
  until,
  wire,
} from '../../test/door.ts';
import { ms } from '../base/time.ts';
import { LIMITS } from './index.ts';

/** Numbers of the fragments after the init segment. */
const heard = (body: Buffer): number[] => {
  expect(body.subarray(0, INIT.length)).toEqual(INIT);
  return numbers(body.subarray(INIT.length));
};
const consecutive = (seqs: number[]): boolean =>
  seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1);
const seeded = (seed: number) => () => {
  seed = (seed * 1664525 + 1013904223) >>> 0;
  return seed / 2 ** 32;
};

test('first bytes come at once: head, init and the newest fragments', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 5; i += 1) origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, streamGet());
  await w.has(INIT.length + 400);
  expect(heard(w.body())).toEqual([103, 104]);
  const head = w.text().split('\r\n\r\n')[0] ?? '';
  for (const line of [
    'HTTP/1.1 200 OK',
    'content-type: audio/mp4; codecs="opus"',
    'connection: close',
    'cache-control: no-store',
    'earshot-period: 320',
    'earshot-next: 100',
    'earshot-rendition: opus64',
    'access-control-allow-origin: *',
    'x-accel-buffering: no',
  ])
    expect(head.split('\r\n')).toContain(line);
  expect(head).not.toContain('transfer-encoding');
});

test('two hundred listeners who join at random hear every fragment once and whole', async () => {
  const origin = fakeOrigin();
  const random = seeded(7);
  for (let i = 0; i < 4; i += 1) origin.tick();
  await using door = await openTestDoor(origin);
  const wires: ReturnType<typeof wire>[] = [];
  for (let round = 0; round < 40; round += 1) {
    for (let i = 0; i < 5; i += 1) wires.push(wire(door.port, streamGet(random() < 0.5 ? '' : '?codec=aac')));
    // Some leave on the way, so that places in the slots move.
    if (round % 3 === 0) wires[Math.floor(random() * wires.length)]?.socket.destroy();
    await pause(Math.floor(random() * 12));
    origin.tick();
  }
  await until(() => (door.presence().get('room') ?? 0) > 150);
  const last = origin.tick();
  const stayed = wires.filter((w) => !w.socket.destroyed);
  await until(() => stayed.every((w) => w.body().length > 0 && heard(w.body()).at(-1) === last));
  for (const w of stayed) expect(consecutive(heard(w.body()))).toBe(true);
  expect(stayed.length).toBeGreaterThan(180);
});

test('one room of several slots is written over the period, not in one burst', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const wires = Array.from({ length: 300 }, () => wire(door.port, streamGet('?margin=0')));
  await until(() => door.presence().get('room') === 300);
  await Promise.all(wires.map((w) => w.has(INIT.length + 200)));
  origin.tick();
  const count = () => wires.filter((w) => w.body().length >= INIT.length + 400).length;
  await until(() => count() > 0);
  expect(count()).toBeLessThan(300);
  await until(() => count() === 300);
  // The header said when: slot 0 at once, later ones by 20 ms each.
  const next = wires.map((w) => Number(/earshot-next: (\d+)/.exec(w.text())?.[1]));
  expect(Math.min(...next)).toBe(100);
  expect(Math.max(...next)).toBe(100 + 4 * 20);
});

test('with a longer period fragments are coalesced into one write and nobody misses any', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 8; i += 1) origin.tick();
  await using door = await openTestDoor(origin, { delivery: () => ({ period: 960 }) });
  origin.tick();
  const wires: ReturnType<typeof wire>[] = [];
  for (let i = 0; i < 30; i += 1) {
    wires.push(wire(door.port, streamGet()));
    await pause(4);
    if (i % 3 === 0) origin.tick();
  }
  await until(() => door.presence().get('room') === 30);
  let last = origin.tick();
  while ((last + 1) % 3 !== 0) last = origin.tick();
  await until(() => wires.every((w) => w.body().length > 0 && heard(w.body()).at(-1) === last));
  for (const w of wires) expect(consecutive(heard(w.body()))).toBe(true);
  const before = Number(/stream_writes_total (\d+)/.exec(door.metrics())?.[1]);
  for (let i = 0; i < 3; i += 1) last = origin.tick();
  await until(() => wires.every((w) => heard(w.body()).at(-1) === last));
  expect(Number(/stream_writes_total (\d+)/.exec(door.metrics())?.[1]) - before).toBe(30);
  expect(wires[0]?.text()).toContain('earshot-period: 960');
});

test('after=SEQ continues exactly where the listener was', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 20; i += 1) origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, streamGet('?after=110'));
  await until(() => w.body().length > INIT.length);
  origin.tick();
  await until(() => heard(w.body()).at(-1) === 120);
  expect(heard(w.body())).toEqual([111, 112, 113, 114, 115, 116, 117, 118, 119, 120]);
});

test('a listener that is ahead of this door gets only what it lacks', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  for (let i = 0; i < 5; i += 1) origin.tick();
  const w = wire(door.port, streamGet('?after=106'));
  await until(() => door.presence().get('room') === 1);
  for (let i = 0; i < 4; i += 1) origin.tick();
  await until(() => w.body().length > INIT.length + 200);
  expect(heard(w.body())).toEqual([107, 108]);
});

test('after= far in the future is taken for nonsense, not for a long wait', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  for (let i = 0; i < 5; i += 1) origin.tick();
  const w = wire(door.port, streamGet('?after=4000000000'));
  await w.has(INIT.length + 200);
  expect(heard(w.body()).at(-1)).toBe(104);
});

test('after= of another program hears this one from its first fragment on, also before there is any', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const [stale, ahead] = [5000, 101].map((after) => wire(door.port, streamGet(`?after=${after}`)));
  await until(() => door.presence().get('room') === 2);
  for (let i = 0; i < 4; i += 1) origin.tick();
  await until(() => (stale?.body().length ?? 0) >= INIT.length + 800);
  expect(heard(stale?.body() ?? Buffer.alloc(0))).toEqual([100, 101, 102, 103]);
  expect(heard(ahead?.body() ?? Buffer.alloc(0))).toEqual([102, 103]);
});

test('HTTP/1.0 without a Host is served the same way', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, 'GET /r/room/radio.mp3 HTTP/1.0\r\n\r\n');
  await w.has(INIT.length + 200);
  expect(w.text()).toContain('content-type: audio/mpeg');
  origin.tick();
  await until(() => heard(w.body()).at(-1) === 101);
});

test('bytes pipelined behind a stream are no request and do no harm', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, `${streamGet()}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`);
  await w.has(INIT.length + 200);
  origin.tick();
  await until(() => heard(w.body()).at(-1) === 101);
  expect(w.text()).not.toContain('ok\n');
});

test('a kept-alive connection that has fetched a page switches to the stream on the same socket', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  await w.has(3);
  const before = w.bytes().length;
  w.socket.write(streamGet());
  await until(() => w.bytes().length > before + 400);
  for (let i = 0; i < 10; i += 1) origin.tick();
  const body = () => {
    const rest = w.bytes().subarray(before);
    return rest.subarray(rest.indexOf('\r\n\r\n') + 4);
  };
  await until(() => heard(body()).at(-1) === 110);
  expect(heard(body())).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110]);
  expect(door.presence().get('room')).toBe(1);
  w.socket.destroy();
  await until(() => !door.presence().has('room'));
});

test('a page and a stream pipelined in one packet are both answered', async () => {
  const origin = fakeOrigin();
  origin.tick();
  let answer: (() => void) | undefined;
  origin.answers = (path) =>
    path === '/rooms.json'
      ? new Promise((resolve) => (answer = () => resolve({ status: 200, headers: {}, body: 'slow!' })))
      : undefined;
  await using door = await openTestDoor(origin);
  const w = wire(
    door.port,
    `GET /rooms.json HTTP/1.1\r\nHost: x\r\n\r\n${streamGet()}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  await until(() => answer !== undefined);
  answer?.();
  await until(() => w.text().includes('earshot-period'));
  origin.tick();
  const body = () => w.bytes().subarray(w.bytes().lastIndexOf('\r\n\r\n') + 4);
  await until(() => body().length > INIT.length && heard(body()).at(-1) === 101);
  expect(w.text().indexOf('slow!')).toBeLessThan(w.text().indexOf('earshot-period'));
});

test('HEAD of the stream gives the head and closes', async () => {
  const origin = fakeOrigin();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, 'HEAD /r/room/stream?codec=aac HTTP/1.1\r\nHost: x\r\n\r\n');
  await w.closed;
  expect(w.text()).toContain('audio/mp4; codecs="mp4a.40.2"');
  expect(w.body().length).toBe(0);
  expect(w.ended).toBe('fin');
});

test('a refusal of the origin is a problem with its code and status', async () => {
  const origin = fakeOrigin();
  origin.refusal = 'room-ended';
  await using door = await openTestDoor(origin);
  const raw = wire(door.port, streamGet());
  await raw.closed;
  expect(raw.text()).toContain('HTTP/1.1 410 ');
  expect(JSON.parse(raw.body().toString()).code).toBe('room-ended');
  origin.refusal = 'studio-away';
  const away = wire(door.port, streamGet());
  await away.closed;
  expect(away.text()).toContain('HTTP/1.1 503 ');
  expect(away.text()).toContain('retry-after: 2');
  origin.refusal = 'room-ended';
  const kept = wire(door.port, `GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n${streamGet()}`);
  await kept.closed;
  expect(kept.text()).toContain('HTTP/1.1 410 ');
});

test('rate picks the best rendition within it', async () => {
  const origin = fakeOrigin(['opus64', 'opus24', 'opus16', 'aac56', 'aac96']);
  origin.tick();
  await using door = await openTestDoor(origin);
  for (const [query, rendition] of [
    ['?rate=30', 'opus24'],
    ['?rate=3', 'opus16'],
    ['?codec=aac&rate=60', 'aac56'],
    ['?codec=aac', 'aac96'],
    ['?codec=nonsense&rate=-1', 'opus64'],
  ]) {
    const w = wire(door.port, streamGet(query));
    await w.has();
    expect(w.text()).toContain(`earshot-rendition: ${rendition}`);
    w.socket.destroy();
  }
});

test('a reader that stops is closed at its backlog limit and the others keep hearing', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, { limits: { ...LIMITS, backlog: 256 * 1024 } });
  const good = wire(door.port, streamGet('?margin=0'));
  const bad = wire(door.port, streamGet('?margin=0'));
  bad.socket.pause();
  await until(() => door.presence().get('room') === 2);
  let last = 0;
  // Large fragments fill the kernel's buffers soon.
  for (let i = 0; i < 400 && (door.presence().get('room') ?? 0) === 2; i += 1) {
    last = origin.tick(60_000);
    await pause(1);
  }
  expect(door.presence().get('room')).toBe(1);
  expect(door.metrics()).toContain('departures_total{cause="backlog"} 1');
  last = origin.tick();
  await until(() => heard(good.body()).at(-1) === last);
  expect(consecutive(heard(good.body()))).toBe(true);
  bad.socket.resume();
  await bad.closed;
});

test('a reader that takes next to nothing for the stall window is closed by the watchdog', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin, {
    limits: { ...LIMITS, backlog: 64e6, stallWindow: ms(900) },
  });
  const bad = wire(door.port, streamGet('?margin=0'));
  bad.socket.pause();
  await until(() => door.presence().get('room') === 1);
  for (let i = 0; i < 200; i += 1) origin.tick(60_000);
  await until(() => !door.presence().has('room'));
  expect(door.metrics()).toContain('departures_total{cause="stalled"} 1');
});

test('presence follows joins and leaves', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const wires = [0, 1, 2].map(() => wire(door.port, streamGet()));
  await until(() => door.presence().get('room') === 3);
  wires[0]?.socket.destroy();
  wires[1]?.socket.end();
  await until(() => door.presence().get('room') === 1);
  wires[2]?.socket.resetAndDestroy();
  await until(() => !door.presence().has('room'));
  expect(door.metrics()).toContain('departures_total{cause="left"} 3');
});

test('when the program ends everyone gets the last fragment and FIN', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const wires = Array.from({ length: 150 }, () => wire(door.port, streamGet('?margin=0')));
  await until(() => door.presence().get('room') === 150);
  const last = origin.tick();
  origin.end('room');
  await Promise.all(wires.map((w) => w.closed));
  for (const w of wires) {
    expect(w.ended).toBe('fin');
    expect(heard(w.body()).at(-1)).toBe(last);
  }
});

test('an orderly close lets listeners have the rest of the segment and then FIN', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const wires = Array.from({ length: 100 }, () => wire(door.port, streamGet('?margin=0')));
  await until(() => door.presence().get('room') === 100);
  const closing = door.close(grace(5000));
  let seq = 0;
  // 111 is the last fragment of segment 6; 112 must not be sent to anyone.
  while (seq < 113) {
    seq = origin.tick();
    await pause(30);
  }
  await closing;
  await Promise.all(wires.map((w) => w.closed));
  for (const w of wires) {
    expect(w.ended).toBe('fin');
    expect(heard(w.body()).at(-1)).toBe(111);
  }
});

test('an orderly close does not wait for a segment that never ends', async () => {
  const origin = fakeOrigin();
  origin.tick();
  await using door = await openTestDoor(origin);
  const w = wire(door.port, streamGet());
  await until(() => door.presence().get('room') === 1);
  const began = performance.now();
  await door.close(grace(300));
  expect(performance.now() - began).toBeLessThan(1500);
  await w.closed;
  expect(w.ended).toBe('fin');
});

test('two doors share one port', async () => {
  const origins = [fakeOrigin(), fakeOrigin()];
  for (const origin of origins) origin.tick();
  await using one = await openTestDoor(origins[0]!, { reusePort: true });
  await using two = await openTestDoor(origins[1]!, { reusePort: true, port: one.port });
  const wires = Array.from({ length: 60 }, () => wire(one.port, streamGet()));
  await Promise.all(wires.map((w) => w.has(INIT.length + 200)));
  expect((one.presence().get('room') ?? 0) + (two.presence().get('room') ?? 0)).toBe(60);
  expect(one.presence().get('room')).toBeGreaterThan(5);
  expect(two.presence().get('room')).toBeGreaterThan(5);
});
