import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import koffi from 'koffi';
import { afterAll, expect, test } from 'vitest';
import { selfSigned, writeCertificate } from '../../../test/certificate.ts';
import { fakeOrigin, INIT, numbers, openTestDoor, pause, until } from '../../../test/door.ts';
import { type Log, silentLog } from '../../base/log.ts';
import { type Openssl, openOpenssl } from '../../native/openssl.ts';
import { openUring } from '../../native/uring.ts';
import type { Door, DoorDeps } from '../index.ts';
import { LIMITS } from '../index.ts';
import { expandLabel } from './tls-record-sealer.ts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-bare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const certificate = selfSigned();
const tls = { files: writeCertificate(folder, certificate), later: false };
const found = await openOpenssl();
if (typeof found === 'string') throw new Error(found);
const openssl: Openssl = found;

interface Ear {
  readonly socket: TLSSocket;
  body(): Buffer;
  ended: 'clean' | 'torn' | undefined;
}
/** A real TLS client that listens; Node's own OpenSSL refuses every record that is not right. */
function listen(door: Door, options: ConnectionOptions = {}, path = 'stream'): Ear {
  const socket = connect({
    ...{ port: door.port, host: '127.0.0.1', ca: certificate.cert, servername: 'localhost' },
    ...options,
  });
  const received: Buffer[] = [];
  const ear: Ear = {
    socket,
    ended: undefined,
    body() {
      const all = Buffer.concat(received);
      return all.subarray(all.indexOf('\r\n\r\n') + 4 + INIT.length);
    },
  };
  socket.on('secureConnect', () => socket.write(`GET /r/room/${path} HTTP/1.1\r\nHost: x\r\n\r\n`));
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  socket.on('end', () => {
    ear.ended = 'clean';
  });
  socket.on('error', () => {
    ear.ended ??= 'torn';
  });
  return ear;
}
const offloaded = (door: Door): number => Number(/tls_offloaded_total (\d+)/.exec(door.metrics())?.[1]);
async function evening(over: Partial<DoorDeps> = {}) {
  const origin = fakeOrigin();
  origin.tick();
  const door = await openTestDoor(origin, { tls, openssl, ...over });
  return { origin, door };
}
/** What came, as numbers; 100 is the first. */
const inOrder = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 + i);

test('keys are expanded as in RFC 8448, 3', () => {
  const secret = Buffer.from('a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643', 'hex');
  expect(expandLabel('sha256', secret, 'key', 16).toString('hex')).toBe('9f02283b6c9c07efc26bb9f2ac92e356');
  expect(expandLabel('sha256', secret, 'iv', 12).toString('hex')).toBe('cf782b88dd83549aadf1e984');
});

test.each(['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'])(
  'a stream goes on under %s with its key alone, in records of every length',
  async (ciphers) => {
    const { origin, door } = await evening();
    await using _door = door;
    const ear = listen(door, { ciphers });
    await until(() => ear.body().length > 0);
    expect(offloaded(door)).toBe(0);
    const sizes = [200, 8, 16_383, 16_384, 16_385, 40_000, 200];
    for (const size of sizes) {
      origin.tick(size);
      await pause(30);
    }
    await until(() => ear.body().length === 200 + sizes.reduce((a, b) => a + b));
    expect(numbers(ear.body())).toEqual(inOrder(1 + sizes.length));
    expect(offloaded(door)).toBe(1);
    // The program's end is said within TLS, so that it cannot be forged.
    origin.end('room');
    await until(() => ear.ended !== undefined);
    expect(ear.ended).toBe('clean');
    await until(() => door.metrics().includes('open_connections 0'));
  },
);

test('thousands of writes to many, in one call to the kernel and each in its own', async () => {
  const uring = await openUring();
  if (typeof uring === 'string') throw new Error(uring);
  using _uring = uring;
  for (const more of [{ uring }, {}]) {
    const { origin, door } = await evening(more);
    await using _door = door;
    const ears = Array.from({ length: 40 }, () => listen(door));
    await until(() => ears.every((ear) => ear.body().length > 0));
    for (let i = 0; i < 100; i += 1) {
      origin.tick(3000);
      if (i % 10 === 0) await pause(30);
    }
    await until(() => ears.every((ear) => ear.body().length === 200 + 100 * 3000));
    for (const ear of ears) expect(numbers(ear.body())).toEqual(inOrder(101));
    expect(offloaded(door)).toBe(40);
    for (const { socket } of ears) socket.destroy();
    await until(() => door.metrics().includes('open_connections 0'));
    expect(door.presence().get('room')).toBeUndefined();
  }
});

test('a reader that pauses and resumes misses nothing; one that never reads is closed', async () => {
  const { origin, door } = await evening({ limits: { ...LIMITS, backlog: 6_000_000 } });
  await using _door = door;
  const ear = listen(door);
  await until(() => ear.body().length > 0);
  origin.tick();
  await until(() => offloaded(door) === 1);
  ear.socket.pause();
  // More than the kernel holds for a connection, so that some waits in the door.
  for (let i = 0; i < 60; i += 1) {
    origin.tick(100_000);
    await pause(2);
  }
  ear.socket.resume();
  await until(() => ear.body().length === 400 + 60 * 100_000);
  expect(numbers(ear.body())).toEqual(inOrder(62));
  ear.socket.pause();
  for (let i = 0; i < 300 && door.presence().get('room') === 1; i += 1) {
    origin.tick(100_000);
    await pause(2);
  }
  expect(door.presence().get('room')).toBeUndefined();
  await until(() => door.metrics().includes('open_connections 0'));
  ear.socket.destroy();
});

test('TLS 1.2, radios, and doors without offloading are served as usual', async () => {
  const { origin, door } = await evening();
  await using _door = door;
  const ears = [listen(door, { maxVersion: 'TLSv1.2' }), listen(door, {}, 'radio.mp3')];
  await until(() => ears.every((ear) => ear.body().length > 0));
  for (let i = 0; i < 5; i += 1) {
    origin.tick(3000);
    await pause(20);
  }
  await until(() => (ears[0]?.body().length ?? 0) === 200 + 5 * 3000);
  await pause(100);
  expect(ears.map(({ ended }) => ended)).toEqual([undefined, undefined]);
  expect(offloaded(door)).toBe(0);
  for (const { socket } of ears) socket.destroy();
});

test('whatever a listener sends afterwards changes nothing for others, and its leaving is noticed', async () => {
  const { origin, door } = await evening();
  await using _door = door;
  const [rude, other] = [listen(door), listen(door)];
  await until(() => rude.body().length > 0 && other.body().length > 0);
  origin.tick();
  await until(() => offloaded(door) === 2);
  rude.socket.write('GET /r/room HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(100));
  origin.tick();
  await until(() => numbers(other.body()).length === 3 && numbers(rude.body()).length === 3);
  rude.socket.end();
  await until(() => door.presence().get('room') === 1);
  origin.tick();
  await until(() => numbers(other.body()).length === 4);
  other.socket.destroy();
  await until(() => door.metrics().includes('open_connections 0'));
});

test('after a full handshake there is one session ticket', async () => {
  const { door } = await evening();
  await using _door = door;
  const ear = listen(door);
  let tickets = 0;
  ear.socket.on('session', () => {
    tickets += 1;
  });
  await until(() => ear.body().length > 0);
  expect(tickets).toBe(1);
  ear.socket.destroy();
});

test('a client that asked for short records keeps the whole connection', async () => {
  const { origin, door } = await evening();
  await using _door = door;
  let ear: Ear | undefined;
  const client = openssl.made(() => {
    ear = listen(door);
  });
  // RFC 6066, 4: at most 512 bytes in each.
  const ask = koffi.load(null).func('int SSL_set_tlsext_max_fragment_length(void *, uint8_t)');
  expect(ask(client, 1)).toBe(1);
  await until(() => (ear?.body().length ?? 0) > 0);
  for (let i = 0; i < 5; i += 1) {
    origin.tick(3000);
    await pause(20);
  }
  await until(() => ear?.body().length === 200 + 5 * 3000 || ear?.ended !== undefined);
  expect(ear?.ended).toBeUndefined();
  expect(numbers(ear?.body() as Buffer)).toEqual(inOrder(6));
  expect(offloaded(door)).toBe(0);
  ear?.socket.destroy();
});

/** A log that keeps what it is told as errors. */
function noted(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log: Log = { ...silentLog, part: () => log, error: (_fields, text) => void lines.push(text) };
  return { log, lines };
}
const lateOf = (text: string, cause: string): number =>
  Number(new RegExp(`departures_total{cause="${cause}"} (\\d+)`).exec(text)?.[1]);

test('where OpenSSL does not tell its key, one line is logged and every listener stays on the whole connection', async () => {
  const { log, lines } = noted();
  const odd: Openssl = {
    ...openssl,
    rekey(connection) {
      openssl.rekey(connection);
      throw new Error('OpenSSL did not tell its new key');
    },
  };
  const { origin, door } = await evening({ openssl: odd, log });
  await using _door = door;
  const ears = Array.from({ length: 5 }, () => listen(door));
  await until(() => ears.every((ear) => ear.body().length > 0));
  for (let i = 0; i < 5; i += 1) {
    origin.tick(3000);
    await pause(20);
  }
  await until(() => ears.every((ear) => ear.body().length === 200 + 5 * 3000 || ear.ended !== undefined));
  for (const ear of ears) expect(numbers(ear.body())).toEqual(inOrder(6));
  expect(offloaded(door)).toBe(0);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('keep the whole TLS connection');
  for (const { socket } of ears) socket.destroy();
});

test('where sealing fails, that listener reconnects and no other connection is offloaded', async () => {
  const { log, lines } = noted();
  let broken = false;
  const aeads = new Map(
    [...openssl.aeads].map(([name, aead]) => [
      name,
      {
        ...aead,
        encrypt(...given: Parameters<typeof aead.encrypt>) {
          if (broken) throw new Error('OpenSSL does not encrypt');
          return aead.encrypt(...given);
        },
      },
    ]),
  );
  const { origin, door } = await evening({ openssl: { ...openssl, aeads }, log });
  await using _door = door;
  const first = listen(door);
  await until(() => first.body().length > 0);
  origin.tick();
  await until(() => offloaded(door) === 1);
  broken = true;
  origin.tick();
  await until(() => first.ended === 'torn');
  expect(lateOf(door.metrics(), 'tls-fault')).toBe(1);
  expect(lateOf(door.metrics(), 'stalled')).toBe(0);
  const second = listen(door);
  await until(() => second.body().length > 0);
  origin.tick();
  origin.tick();
  await until(() => numbers(second.body()).at(-1) === 104);
  expect(offloaded(door)).toBe(1);
  expect(lines.filter((line) => line.includes('keep the whole TLS connection'))).toHaveLength(1);
  second.socket.destroy();
});

test('streams of a listed proxy keep the whole connection', async () => {
  const { origin, door } = await evening({ trustedProxies: ['127.0.0.1'] });
  await using _door = door;
  const ear = listen(door);
  await until(() => ear.body().length > 0);
  origin.tick();
  origin.tick();
  await until(() => numbers(ear.body()).length === 3);
  expect(offloaded(door)).toBe(0);
  ear.socket.destroy();
});
