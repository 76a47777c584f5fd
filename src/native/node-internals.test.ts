import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectSecure, createServer as createSecureServer, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../test/certificate.ts';
import {
  acceptedUnder,
  checkTimeLimits,
  descriptorOf,
  freesOpenssl,
  heldByHandle,
  holdsHandle,
  takeOffHttp,
} from './node-internals.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});
async function listening<S extends Server>(server: S): Promise<number> {
  server.listen(0, '127.0.0.1');
  open.push(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
function dialled<S extends Socket>(socket: S): S {
  open.push(() => socket.destroy());
  return socket.on('error', () => {});
}

describe('this Node still has', () => {
  test('the descriptor of a listening server, and of an accepted connection as long as it is open', async () => {
    const server = createServer();
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const port = await listening(server);
    expect(descriptorOf(server)).toBeGreaterThan(2);
    dialled(connect(port, '127.0.0.1'));
    const [socket] = await accepted;
    expect(descriptorOf(socket)).toBeGreaterThan(2);
    expect(holdsHandle(socket)).toBe(true);
    socket.destroy();
    expect(descriptorOf(socket)).toBe(-1);
    expect(holdsHandle(socket)).toBe(false);
  });

  async function secured() {
    const server = createSecureServer(selfSigned());
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const done = once(server, 'secureConnection') as Promise<[TLSSocket]>;
    const port = await listening(server);
    const client = dialled(connectSecure({ port, host: '127.0.0.1', rejectUnauthorized: false }));
    const [[below], [secure]] = await Promise.all([accepted, done]);
    return { client, below, secure };
  }

  test('what a TLS socket stands on, and how many encrypted bytes wait there', async () => {
    const { client, below, secure } = await secured();
    dialled(secure);
    expect(acceptedUnder(secure)).toBe(below);
    expect(acceptedUnder(below)).toBeUndefined();
    client.pause();
    secure.write(Buffer.alloc(30_000_000));
    expect(heldByHandle(secure)).toBeGreaterThan(1_000_000);
  });

  // door/socket/tls-offload.test.ts, the test of its caller, shows that it does not change the accepted connection.
  test('a way to free OpenSSL under a TLS socket', async () => {
    const { below, secure } = await secured();
    dialled(secure);
    expect(freesOpenssl(secure)).toBe(true);
    expect(freesOpenssl(below)).toBe(false);
  });

  test('what its HTTP server puts on a socket, so that all of it can be taken off', async () => {
    const server = createHttpServer();
    const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const port = await listening(server);
    const client = dialled(connect(port, '127.0.0.1'));
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    const [{ socket }, res] = await asked;
    let closed = false;
    socket.on('close', () => {
      closed = true;
    });
    const inside = socket as Socket & { parser?: object | null };
    expect(inside.parser).toBeTruthy();
    expect(socket.rawListeners('close').map(({ name }) => name)).toContain('bound socketOnClose');
    await new Promise((resolve) => setImmediate(resolve));
    takeOffHttp(socket, res);
    expect(inside.parser).toBeNull();
    expect(Object.hasOwn(socket, 'on') && socket.on !== Object.getPrototypeOf(socket).on).toBe(false);
    expect(socket.eventNames()).toEqual(['close']);
    expect(socket.listenerCount('close')).toBe(1);
    const timers = Object.getOwnPropertySymbols(socket).filter(
      ({ description }) => description === 'timeout',
    );
    expect(timers).toHaveLength(1);
    expect(timers.map((symbol) => (socket as unknown as Record<symbol, unknown>)[symbol])).toEqual([null]);
    // It is a plain socket now: it reads bytes and writes them unchanged.
    socket.on('data', (chunk: Buffer) => socket.end(`heard ${chunk}`));
    client.write('GET /again HTTP/1.1\r\n\r\n');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('heard GET /again HTTP/1.1\r\n\r\n');
    client.destroy();
    await once(socket, 'close');
    expect(closed).toBe(true);
  });

  test('the event on which an HTTP server that never listens begins to check time limits', async () => {
    const server = createHttpServer({
      headersTimeout: 50,
      requestTimeout: 50,
      connectionsCheckingInterval: 20,
    });
    open.push(() => server.close());
    const front = createServer((socket) => void server.emit('connection', socket));
    const port = await listening(front);
    checkTimeLimits(server);
    const late = once(server, 'clientError') as Promise<[NodeJS.ErrnoException, Socket]>;
    dialled(connect(port, '127.0.0.1')).write('GET / HTTP/1.1\r\n');
    const [error, socket] = await late;
    expect(error.code).toBe('ERR_HTTP_REQUEST_TIMEOUT');
    socket.destroy();
  });
});
