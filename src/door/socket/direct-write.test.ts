import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { descriptor, type Outlet, put, putAll } from './direct-write.ts';

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

/** Both ends of a connection. */
async function pair(): Promise<{ here: Socket; there: Socket }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const there = connect(port, '127.0.0.1').on('error', () => {});
  const [here] = (await once(server, 'connection')) as [Socket];
  here.on('error', () => {});
  open.push({
    [Symbol.dispose]() {
      here.destroy();
      there.destroy();
      server.close();
    },
  });
  return { here, there };
}

const outletOf = (socket: Socket): Outlet => ({ socket, fd: descriptor(socket), queued: true });

/** `length` bytes in which every place can be told from the others near it. */
const counted = (from: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE((from + i) >>> 0, i);
  return bytes;
};

test('bytes go out in order, whatever part of them the kernel takes at once', async () => {
  const { here, there } = await pair();
  const outlet = outletOf(here);
  expect(outlet.fd).toBeGreaterThan(2);
  const pieces = Array.from({ length: 40 }, (_, i) => counted(i * 400_000, 400_000));
  for (const piece of pieces) put(outlet, piece);
  // 16 MB to a reader that has not begun: the kernel cannot have taken it.
  expect(here.writableLength).toBeGreaterThan(0);
  const read: Buffer[] = [];
  there.on('data', (chunk) => read.push(chunk));
  here.end();
  await once(there, 'end');
  expect(Buffer.concat(read).equals(Buffer.concat(pieces))).toBe(true);
});

test('once the reader has caught up nothing waits in the socket again', async () => {
  const { here, there } = await pair();
  const outlet = outletOf(here);
  put(outlet, Buffer.alloc(8_000_000));
  expect(here.writableLength).toBeGreaterThan(0);
  there.resume();
  await once(here, 'drain');
  const before = here.bytesWritten;
  put(outlet, Buffer.alloc(1000));
  expect(here.writableLength).toBe(0);
  // Node's own count does not move: it went past it.
  expect(here.bytesWritten).toBe(before);
});

test('a closed connection is not written to: its number may be another’s by then', async () => {
  const { here } = await pair();
  const outlet = outletOf(here);
  here.destroy();
  await pause(20);
  const next = await pair();
  const heard: Buffer[] = [];
  next.there.on('data', (chunk) => heard.push(chunk));
  put(outlet, Buffer.from('not for you'));
  await pause(50);
  expect(heard).toEqual([]);
  expect(descriptor(here)).toBe(-1);
});

test('a peer that has gone is met by the socket itself, which closes', async () => {
  const { here, there } = await pair();
  const outlet = outletOf(here);
  there.resetAndDestroy();
  const closed = new Promise((resolve) => here.once('close', resolve));
  // Not read: only a write can find out.
  here.pause();
  for (let i = 0; i < 20 && !here.destroyed; i += 1) {
    put(outlet, Buffer.alloc(1000));
    await pause(5);
  }
  await closed;
});

test('without a descriptor of its own, as under TLS, it is the socket’s own write', async () => {
  const { here, there } = await pair();
  expect(descriptor(Object.assign(here, { encrypted: true }))).toBe(-1);
  put(outletOf(here), Buffer.from('sound'));
  const [heard] = (await once(there, 'data')) as [Buffer];
  expect(heard.toString()).toBe('sound');
});

test('pieces that go out together keep their order, whatever part of them the kernel takes at once', async () => {
  const { here, there } = await pair();
  const outlet = outletOf(here);
  const pieces = [
    counted(0, 400),
    counted(400, 6_000_000),
    counted(6_000_400, 40),
    counted(6_000_440, 6_000_000),
  ];
  putAll(outlet, pieces);
  expect(outlet.queued).toBe(true);
  putAll(outlet, [counted(12_000_440, 4000)]);
  const read: Buffer[] = [];
  there.on('data', (chunk) => read.push(chunk));
  here.end();
  await once(there, 'end');
  expect(Buffer.concat(read).equals(counted(0, 12_004_440))).toBe(true);
});
