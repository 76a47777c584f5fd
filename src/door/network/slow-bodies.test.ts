import { mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, pause, wire } from '../../../test/door.ts';
import { ms } from '../../base/time.ts';
import { LIMITS } from '../index.ts';
import { openSlowBodies } from './slow-bodies.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-bodies-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** When a body whose bytes come as `at` says is given up, in seconds; undefined: never within `seconds`. */
function run(
  at: (second: number) => number,
  seconds: number,
  paused: (second: number) => boolean = () => false,
) {
  const bodies = openSlowBodies(LIMITS);
  let second = 0;
  let late: number | undefined;
  const req = {
    socket: {
      get bytesRead() {
        return at(second);
      },
    },
    isPaused: () => paused(second),
  } as unknown as IncomingMessage;
  bodies.begin(req, ms(0), () => (late = second));
  for (; second <= seconds && late === undefined; second += 1) bodies.sweep(ms(second * 1_000));
  return late;
}

test.each([250_000, 125_000, 30_000, 10_000, 2_000])(
  'a body at %d bytes a second is read to its end',
  (rate) => {
    expect(run((second) => second * rate, 3_600)).toBeUndefined();
  },
);

test('a body that comes in bursts with seconds between them is read to its end', () => {
  expect(run((second) => Math.floor(second / 8) * 60_000, 600)).toBeUndefined();
});

test('a body that stops, at once or later, is given up seconds later', () => {
  for (const stop of [0, 3, 100]) {
    const late = run((second) => Math.min(second, stop) * 30_000, 600);
    expect(late).toBeGreaterThanOrEqual(stop + 9);
    expect(late).toBeLessThanOrEqual(stop + 12);
  }
});

test('a body that trickles in is given up after a window', () => {
  for (const rate of [1, 100, 900]) expect(run((second) => second * rate, 600)).toBeLessThanOrEqual(21);
});

test('while the receiving process does not read, no sender counts as slow', () => {
  expect(
    run(
      (second) => Math.min(second, 10) * 30_000,
      300,
      (second) => second >= 10,
    ),
  ).toBeUndefined();
});

test('hold music over a slow line arrives whole, long after an ordinary request would have timed out', async () => {
  const socketPath = join(folder, 'site');
  let got = 0;
  const site = createServer((req, res) => {
    req.on('data', (chunk) => (got += chunk.length));
    req.on('end', () => res.end('{}'));
  });
  await new Promise<void>((resolve) => site.listen(socketPath, resolve));
  const limits = {
    ...LIMITS,
    requestTimeout: ms(500),
    bodyStall: ms(2_500),
    bodyWindow: ms(3_000),
    bodyWindowBytes: 3_000,
  };
  await using door = await openTestDoor(fakeOrigin(), {
    site: { socketPath },
    limits: { ...limits, busyFrom: Infinity },
  });
  const size = 400_000;
  const head = `PUT /api/rooms/room/music HTTP/1.1\r\nHost: x\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`;
  const [whole, stopped] = [wire(door.port, head), wire(door.port, head)];
  stopped.socket.write(Buffer.alloc(1_000));
  for (let sent = 0; sent < size; sent += 10_000) {
    whole.socket.write(Buffer.alloc(10_000));
    await pause(100);
  }
  await whole.closed;
  await stopped.closed;
  expect(whole.text()).toMatch(/^HTTP\/1\.1 200 /);
  expect(got).toBeGreaterThanOrEqual(size);
  expect(stopped.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"too-slow"/);
  site.close();
});
