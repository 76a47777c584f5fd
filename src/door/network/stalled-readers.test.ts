import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { connect as connectSecure } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../../../test/certificate.ts';
import { type FakeOrigin, fakeOrigin, openTestDoor, pause } from '../../../test/door.ts';
import { ms } from '../../base/time.ts';
import { openTcpInfo, type TcpInfo } from '../../native/tcp-info.ts';
import { LIMITS } from '../index.ts';
import type { Limits } from '../limits.ts';
import { openStalledReaders } from './stalled-readers.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-readers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Readers in virtual time: each second `each` says what the peer's kernel acknowledged. */
interface Reader {
  readonly socket: Socket;
  network: string | undefined;
  /** What has been acknowledged at a second. */
  at: (second: number) => number;
  /** What the server's kernel takes comes in lumps of so many bytes. */
  lump: number;
  info: Partial<TcpInfo>;
  closed: number | undefined;
}
function rig(over: Partial<Limits> = {}, asking = true) {
  const readers: Reader[] = [];
  let second = 0;
  const watch = openStalledReaders({
    limits: { ...LIMITS, ...over },
    ...(asking
      ? {
          tcpInfo(fd: number) {
            const reader = readers[fd];
            if (!reader) return undefined;
            return {
              held: 300_000,
              unanswered: 0,
              silent: 50,
              acknowledged: reader.at(second),
              ...reader.info,
            };
          },
        }
      : {}),
  });
  return {
    add(at: Reader['at'], more: Partial<Reader> = {}): Reader {
      const fd = readers.length;
      const reader: Reader = {
        network: '203.0.113',
        lump: 1_300_000,
        info: {},
        closed: undefined,
        at,
        ...more,
      } as Reader;
      const socket = {
        ...{ _handle: { fd }, writableLength: 65_536, destroyed: false },
        get bytesWritten() {
          return 65_536 + Math.floor((reader.at(second) + 4_000_000) / reader.lump) * reader.lump;
        },
      } as unknown as Socket;
      Object.assign(reader, { socket });
      readers.push(reader);
      return reader;
    },
    run(seconds: number) {
      for (let i = 0; i < seconds; i += 1) {
        second += 1;
        watch.sweep(
          ms(second * 1_000),
          readers
            .filter(({ closed }) => closed === undefined)
            .map((reader) => ({
              ...{ reader, socket: reader.socket },
              ...{ streaming: reader.network === 'stream', readerNetwork: reader.network },
            })),
          ({ reader }) => {
            reader.closed = second;
          },
        );
      }
    },
  };
}
const paced = (rate: number) => (second: number) => rate * second;
/** Reads, stops for some seconds once, and reads on. */
const pausing = (rate: number, from: number, long: number) => (second: number) =>
  rate * (Math.min(second, from) + Math.max(0, second - from - long));

describe('a reader of a file', () => {
  test.each([1_000, 4_000, 8_000, 12_000, 16_000, 24_000])(
    'who reads %d bytes a second gets it to the end',
    (rate) => {
      const { add, run } = rig();
      const reader = add(paced(rate));
      run(3_600);
      expect(reader.closed).toBeUndefined();
    },
  );

  test.each([20, 60, 120, 290])('may pause for %d s', (long) => {
    const { add, run } = rig();
    const readers = [0, 5, 300].map((from) => add(pausing(12_000, from, long)));
    run(1_200);
    expect(readers.map(({ closed }) => closed)).toEqual([undefined, undefined, undefined]);
  });

  test('may pause again and again', () => {
    const { add, run } = rig();
    const reader = add((second) => 12_000 * (Math.floor(second / 80) * 20 + Math.min(second % 80, 20)));
    run(3_600);
    expect(reader.closed).toBeUndefined();
  });

  test('that never resumes is closed after the limit, and not before', () => {
    const { add, run } = rig();
    const reader = add(pausing(12_000, 100, 1e9));
    run(600);
    expect(reader.closed).toBeGreaterThanOrEqual(100 + 300);
    expect(reader.closed).toBeLessThanOrEqual(100 + 300 + 130);
  });

  test('whose kernel no longer acknowledges anything is closed as dead', () => {
    const { add, run } = rig();
    const reader = add(pausing(12_000, 100, 1e9));
    run(100);
    reader.info = { unanswered: 5, silent: 61_000 };
    run(200);
    expect(reader.closed).toBeLessThanOrEqual(100 + 110 + 20);
    // A tunnel of half a minute is not the end.
    const { add: addOther, run: runOther } = rig();
    const other = addOther(pausing(12_000, 100, 30));
    runOther(100);
    other.info = { unanswered: 5, silent: 30_000 };
    runOther(30);
    other.info = {};
    runOther(500);
    expect(other.closed).toBeUndefined();
  });

  test('is judged by what the kernel accepts where TCP_INFO is missing: one lump within minutes is enough', () => {
    const { add, run } = rig({}, false);
    const reader = add(paced(12_000));
    const stopped = add(pausing(12_000, 100, 1e9));
    run(3_600);
    expect(reader.closed).toBeUndefined();
    expect(stopped.closed).toBeGreaterThanOrEqual(100 + 300);
  });
});

describe('clients that read next to nothing on purpose', () => {
  const drip = (second: number) => 10 * second;

  test('are limited for one network, however many come', () => {
    const { add, run } = rig();
    const attackers = Array.from({ length: 1_000 }, () => add(drip));
    const healthy = add(paced(12_000));
    run(120);
    expect(attackers.filter(({ closed }) => closed === undefined)).toHaveLength(LIMITS.slowReadersPerNetwork);
    expect(healthy.closed).toBeUndefined();
  });

  test('are limited in all, and those of small networks are closed last', () => {
    const { add, run } = rig({ slowBytes: 1e12 });
    const attackers = Array.from({ length: 40 * 200 }, (_, i) => add(drip, { network: `198.51.${i % 40}` }));
    const alone = add(pausing(12_000, 50, 200), { network: '192.0.2' });
    run(200);
    const left = attackers.filter(({ closed }) => closed === undefined).length;
    expect(left).toBeLessThanOrEqual(LIMITS.slowReaders);
    expect(left).toBeGreaterThan(LIMITS.slowReaders * 0.9);
    expect(alone.closed).toBeUndefined();
  });

  test('hold a limited number of bytes in all', () => {
    const { add, run } = rig();
    const attackers = Array.from({ length: 10 }, (_, i) =>
      Array.from({ length: 50 }, () => add(drip, { network: `198.51.${i}`, info: { held: 4_000_000 } })),
    ).flat();
    run(200);
    const left = attackers.filter(({ closed }) => closed === undefined).length;
    expect(left * 4_065_536).toBeLessThanOrEqual(LIMITS.slowBytes);
    expect(left).toBeGreaterThan(40);
  });
});

test('a listener that takes next to nothing of a stream has fallen behind, whatever its kernel acknowledges', () => {
  const { add, run } = rig();
  const listener = add(pausing(8_000, 10, 1e9), { network: 'stream' });
  run(60);
  expect(listener.closed).toBeLessThanOrEqual(10 + 200);
  expect(listener.closed).toBeDefined();
});

/** Real sockets, with windows a twentieth as long: a reader at 12 kB/s is one at 240 here. */
describe.concurrent('over the network', async () => {
  const tcpInfo = await openTcpInfo();
  const limits = {
    ...LIMITS,
    ...{
      stallWindow: ms(750),
      deadAfter: ms(3_000),
      pauseMost: ms(4_000),
      busyFrom: Number.POSITIVE_INFINITY,
    },
  };
  const certificate = selfSigned();
  const files = writeCertificate(folder, certificate);
  /** An endless file, made as it is read. */
  function endless(): FakeOrigin {
    const origin = fakeOrigin();
    const block = Buffer.alloc(60_000, 1);
    origin.answers = async () => ({
      status: 200,
      headers: { 'content-type': 'audio/mp4' },
      body: new Readable({
        read() {
          this.push(block);
        },
      }),
    });
    return origin;
  }

  test.runIf(typeof tcpInfo === 'function').each(['plain', 'TLS'])(
    'a slow reader and one on pause stay, one that never reads on goes: %s',
    async (kind) => {
      if (typeof tcpInfo === 'string') return;
      const tls = kind === 'TLS' ? { tls: { files, later: false } } : {};
      await using door = await openTestDoor(endless(), { limits, tcpInfo, ...tls });
      const open = () => {
        const to = { port: door.port, host: '127.0.0.1' };
        const socket: Socket =
          kind === 'TLS'
            ? connectSecure({ ...to, ca: certificate.cert, servername: 'localhost' })
            : connect(to);
        const reader = { socket, closed: false, bytes: 0 };
        socket.on('error', () => {}).on('close', () => (reader.closed = true));
        socket.on('data', (chunk) => (reader.bytes += chunk.length));
        socket.write('GET /r/room/replay.m4a HTTP/1.1\r\nHost: x\r\n\r\n');
        return reader;
      };
      const [slow, stopped] = [open(), open()];
      await pause(300);
      slow.socket.pause();
      stopped.socket.pause();
      const began = performance.now();
      // A little, now and then, with a pause of two windows in the middle; the kernel's buffers are megabytes.
      for (let i = 0; i < 30; i += 1) {
        if (i !== 12) await pause(200);
        else await pause(1_600);
        slow.socket.resume();
        await pause(1);
        slow.socket.pause();
      }
      expect(performance.now() - began).toBeGreaterThan(6_000);
      expect(slow.closed).toBe(false);
      const before = door.metrics();
      expect(before).toMatch(/requests_stalled_total 1/);
      stopped.socket.resume();
      while (!stopped.closed) await pause(20);
      slow.socket.destroy();
    },
  );
});
