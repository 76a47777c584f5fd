import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, pause, until, wire } from '../../test/door.ts';
import type { DoorQueue } from './queue-port.ts';

type Asked = Parameters<DoorQueue['answer']>[0];

/** A queue that reads 2 kB of what it is sent. */
function reading() {
  const asked: Asked[] = [];
  const queue: DoorQueue = {
    place: () => ({ at: 'live' }),
    answer(request) {
      if (!request.path.endsWith('/ticket')) return undefined;
      asked.push(request);
      return (async () => {
        let size = 0;
        for await (const part of request.body) {
          size += part.length;
          if (size > 2_048) return { status: 413, headers: { connection: 'close' }, body: 'too large' };
        }
        return { status: 200, headers: {}, body: `read ${size}` };
      })();
    },
  };
  return { queue, asked };
}
const post = (length: number, fields = ''): string =>
  `POST /r/room/ticket HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${fields}\r\n`;

test('a body that is too large is answered before the connection ends', async () => {
  const { queue } = reading();
  await using door = await openTestDoor(fakeOrigin(), { queue });
  const w = wire(door.port, post(100_000));
  for (let i = 0; i < 20; i += 1) w.socket.write('y'.repeat(5_000));
  await until(() => w.text().includes('too large'));
  expect(w.text()).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
  await w.closed;
  const fits = wire(door.port, `${post(2_000)}${'y'.repeat(2_000)}`);
  await until(() => fits.text().endsWith('read 2000'));
});

test('a client that leaves in the middle of a body is no fault', async () => {
  const { queue, asked } = reading();
  await using door = await openTestDoor(fakeOrigin(), { queue });
  const w = wire(door.port, `${post(10_000)}half of it`);
  await until(() => asked.length === 1);
  w.socket.destroy();
  await until(() => door.metrics().includes('open_connections 0'));
  await pause(20);
  expect(door.metrics()).toContain('earshot_door_faults_total 0');
});

test('a plain connection is secure only behind a listed proxy that says so', async () => {
  const { queue, asked } = reading();
  const said = post(0, 'X-Forwarded-Proto: https\r\n');
  for (const trustedProxies of [[], ['127.0.0.1']]) {
    await using door = await openTestDoor(fakeOrigin(), { queue, trustedProxies });
    await wire(door.port, said).has();
    await wire(door.port, post(0)).has();
  }
  expect(asked.map(({ secure }) => secure)).toEqual([false, false, true, false]);
});
