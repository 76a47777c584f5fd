import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { openUring, UNKNOWN, type Uring } from '../../native/uring.ts';
import { type Batch, openBatch } from './batched-write.ts';
import { descriptor, type Outlet } from './direct-write.ts';

const open: Disposable[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one[Symbol.dispose]();
});

interface Pair {
  readonly outlet: Outlet;
  readonly here: Socket;
  readonly there: Socket;
}

/** Makes connections, and gives both ends of each; none is read yet. */
async function opener(): Promise<() => Promise<Pair>> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const made: Pair[] = [];
  const make = async (): Promise<Pair> => {
    const there = connect(port, '127.0.0.1').on('error', () => {});
    const [here] = (await once(server, 'connection')) as [Socket];
    here.on('error', () => {});
    const pair = { outlet: { socket: here, fd: descriptor(here), queued: false }, here, there };
    made.push(pair);
    return pair;
  };
  open.push({
    [Symbol.dispose]() {
      for (const { here, there } of made) {
        here.destroy();
        there.destroy();
      }
      server.close();
    },
  });
  return make;
}

/** Both ends of `count` connections. */
async function pairs(count: number): Promise<Pair[]> {
  const make = await opener();
  const made: Pair[] = [];
  for (let i = 0; i < count; i += 1) made.push(await make());
  return made;
}

/** What comes on a connection until its end. */
async function heard({ here, there }: Pair): Promise<Buffer> {
  const read: Buffer[] = [];
  there.on('data', (chunk) => read.push(chunk));
  here.end();
  await once(there, 'end');
  return Buffer.concat(read);
}

/** `length` bytes in which every place can be told from the others near it. */
const counted = (from: number, length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i + 4 <= length; i += 4) bytes.writeUInt32LE((from + i) >>> 0, i);
  return bytes;
};

const found = await openUring();
if (typeof found !== 'string') found[Symbol.dispose]();
const here = typeof found === 'string' ? found : undefined;

describe.each([
  ['a call for each', async (): Promise<Batch> => openBatch(undefined)],
  [
    here ? `io_uring, not on this machine: ${here}` : 'io_uring',
    async (): Promise<Batch> => {
      const uring = (await openUring()) as Uring;
      open.push(uring);
      return openBatch(uring);
    },
  ],
] as const)('%s', (name, make) => {
  const on = test.skipIf(name.includes('not on this machine'));

  on('nobody gets what was gathered for a connection whose number they have since been given', async () => {
    const batch = await make();
    const pair = await opener();
    const c = await pair();
    const a = await pair();
    const { outlet } = a;
    batch.put(outlet, Buffer.from('meant for A'));
    // Here something throws, and nobody flushes: the connection closes, and the next one gets its number.
    a.here.destroy();
    a.there.destroy();
    await once(a.here, 'close');
    const others: Pair[] = [];
    for (let i = 0; i < 8 && !others.some((b) => b.outlet.fd === outlet.fd); i += 1)
      others.push(await pair());
    const b = others.find((other) => other.outlet.fd === outlet.fd) as Pair;
    expect(b, 'the number was given to nobody: this test says nothing').toBeDefined();
    batch.put(c.outlet, Buffer.from('next row'));
    batch.flush();
    const [toB, toC] = await Promise.all([heard(b), heard(c)]);
    expect(toB.toString()).toBe('');
    expect(toC.toString()).toBe('next row');
  });

  on('what goes wrong with the rest of one write costs the others of the row nothing', async () => {
    const batch = await make();
    const crowd = await pairs(4);
    const bad = crowd[1] as Pair;
    const big = Buffer.alloc(900_000, 1);
    // The kernel does not take all of this, and the socket does not take the rest.
    bad.there.pause();
    bad.here.write = () => {
      throw new Error('no memory');
    };
    for (let i = 0; i < 8 && !bad.here.destroyed; i += 1) {
      try {
        batch.put(bad.outlet, big);
        batch.flush();
      } catch {
        // A call for each: it is the writer's to contain.
        bad.here.resetAndDestroy();
      }
    }
    const row = crowd.filter((pair) => pair !== bad);
    for (const { outlet } of row) batch.put(outlet, Buffer.from('all of it'));
    batch.flush();
    for (const pair of row) expect((await heard(pair)).toString()).toBe('all of it');
    expect(bad.here.destroyed).toBe(true);
  });

  on('everyone gets the same bytes once, and whoever does not read holds up nobody', async () => {
    const batch = await make();
    const crowd = await pairs(20);
    const slow = crowd[7] as Pair;
    const pieces = Array.from({ length: 60 }, (_, i) => counted(i * 200_000, 200_000));
    for (const { there } of crowd) if (there !== slow.there) there.resume();
    const others = crowd.filter((one) => one !== slow);
    const counts = others.map(({ there }) => {
      let bytes = 0;
      there.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      return () => bytes;
    });
    for (const piece of pieces) {
      for (const { outlet } of crowd) batch.put(outlet, piece);
      batch.flush();
      await pause(1);
    }
    await expect.poll(() => counts.every((count) => count() === 12_000_000), { timeout: 10_000 }).toBe(true);
    expect(slow.here.writableLength).toBeGreaterThan(0);
    expect((await heard(slow)).equals(counted(0, 12_000_000))).toBe(true);
  });

  on(
    'two writes to one connection in a row keep their order, also where the first does not fit',
    async () => {
      const batch = await make();
      const [one] = (await pairs(1)) as [Pair];
      const pieces = [8, 400_000, 12, 5_000_000, 4, 600_000, 40].map((length, i, all) =>
        counted(
          all.slice(0, i).reduce((sum, n) => sum + n, 0),
          length,
        ),
      );
      for (const piece of pieces) batch.put(one.outlet, piece);
      batch.flush();
      expect((await heard(one)).equals(Buffer.concat(pieces))).toBe(true);
    },
  );

  on('more writes, and more different bytes, than one call takes', async () => {
    const batch = await make();
    const crowd = await pairs(40);
    const sent = crowd.map((): Buffer[] => []);
    for (let round = 0; round < 30; round += 1)
      for (const [i, { outlet }] of crowd.entries()) {
        const bytes = counted(round * 1000 + i, 4_000);
        sent[i]?.push(bytes);
        batch.put(outlet, bytes);
      }
    batch.flush();
    const all = await Promise.all(crowd.map(heard));
    expect(all.every((bytes, i) => bytes.equals(Buffer.concat(sent[i] ?? [])))).toBe(true);
  });

  on('a closed connection is not written to: its number may be another’s by then', async () => {
    const batch = await make();
    const [one] = (await pairs(1)) as [Pair];
    one.here.destroy();
    await pause(20);
    const [next] = (await pairs(1)) as [Pair];
    batch.put(one.outlet, Buffer.from('not for you'));
    batch.flush();
    expect((await heard(next)).length).toBe(0);
  });

  on('a peer that has gone is met by the socket itself, which closes', async () => {
    const batch = await make();
    const [one] = (await pairs(1)) as [Pair];
    one.there.resetAndDestroy();
    const closed = new Promise((resolve) => one.here.once('close', resolve));
    one.here.pause();
    for (let i = 0; i < 20 && !one.here.destroyed; i += 1) {
      batch.put(one.outlet, Buffer.alloc(1000));
      batch.flush();
      await pause(5);
    }
    await closed;
  });

  on('once the reader has caught up nothing waits in the socket again', async () => {
    const batch = await make();
    const [one] = (await pairs(1)) as [Pair];
    batch.put(one.outlet, Buffer.alloc(900_000));
    batch.flush();
    for (let i = 0; i < 20; i += 1) batch.put(one.outlet, Buffer.alloc(900_000));
    batch.flush();
    expect(one.here.writableLength).toBeGreaterThan(0);
    one.there.resume();
    await once(one.here, 'drain');
    batch.put(one.outlet, Buffer.alloc(1000));
    batch.flush();
    batch.put(one.outlet, Buffer.alloc(1000));
    batch.flush();
    expect(one.here.writableLength).toBe(0);
    expect(one.outlet.queued).toBe(false);
  });
});

test('where it is unknown whether bytes went out, the connection is reset: its player reconnects and says what it has', async () => {
  const added: number[] = [];
  const lost: number[] = [];
  const uring = {
    longest: 1000,
    open: true,
    add: (fd: number) => added.push(fd) > 0,
    withdraw() {},
    place: () => undefined,
    submit(result: (at: number, taken: number) => void) {
      uring.open = false;
      for (const at of added.keys()) result(at, UNKNOWN);
    },
    [Symbol.dispose]() {},
  };
  const batch = openBatch(uring, { lost: (reset) => lost.push(reset) });
  const [one] = (await pairs(1)) as [Pair];
  const gone = once(one.there, 'error');
  batch.put(one.outlet, Buffer.alloc(100));
  batch.flush();
  expect(((await gone)[0] as NodeJS.ErrnoException).code).toBe('ECONNRESET');
  expect(one.here.destroyed).toBe(true);
  expect(lost).toEqual([1]);
});

test.skipIf(here)('a closed ring takes nothing, and writes go on one by one', async () => {
  const uring = await openUring();
  if (typeof uring === 'string') return;
  uring[Symbol.dispose]();
  const batch = openBatch(uring);
  const [one] = (await pairs(1)) as [Pair];
  batch.put(one.outlet, counted(0, 4000));
  batch.flush();
  expect((await heard(one)).equals(counted(0, 4000))).toBe(true);
});
