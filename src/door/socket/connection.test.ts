import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { Connection, type ConnectionPhase, connectionOf, type Handler } from './connection.ts';

/** A socket in memory: what is pushed comes in. */
const socketLike = () =>
  new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: true }) as Duplex &
    Socket;

/** A handler that keeps what it hears. */
class Ear implements Handler {
  readonly phase: ConnectionPhase;
  readonly heard: string[] = [];

  constructor(phase: ConnectionPhase) {
    this.phase = phase;
  }
  received(_connection: Connection, bytes: Buffer) {
    this.heard.push(bytes.toString());
  }
  ended() {
    this.heard.push('ended');
  }
  closed() {
    this.heard.push('closed');
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('handlers have a connection one after the other, and only the current one hears from it', async () => {
  const socket = socketLike();
  const connection = new Connection(socket);
  expect([connection.phase, connection.streaming]).toEqual(['accepted', false]);
  expect(connectionOf(socket)).toBe(connection);
  const [head, stream] = [new Ear('head'), new Ear('stream')];
  connection.handTo(head);
  socket.push('one');
  await turn();
  connection.handTo(stream);
  expect([connection.phase, connection.streaming]).toEqual(['stream', true]);
  socket.push('two');
  socket.push(null);
  await turn();
  socket.destroy();
  await turn();
  expect([head.heard, stream.heard]).toEqual([['one'], ['two', 'ended', 'closed']]);
  expect(socket.listenerCount('data')).toBe(1);
});

test("while one of Node's servers listens to a socket we do not, except to its end", async () => {
  const socket = socketLike();
  const connection = new Connection(socket);
  connection.handTo(new Ear('head'));
  const http = new Ear('http');
  connection.handToNode(http);
  expect(socket.eventNames().filter((name) => name === 'data' || name === 'error')).toEqual([]);
  socket.destroy();
  await turn();
  expect(http.heard).toEqual(['closed']);
});

test('it stays one connection while TLS is spoken and afterwards, and leaves once', async () => {
  const [accepted, secure] = [socketLike(), socketLike()];
  const connection = new Connection(accepted);
  let left = 0;
  connection.left = () => {
    left += 1;
  };
  const before = new Ear('tls');
  connection.handToNode(before);
  connection.become(secure);
  expect(connectionOf(secure)).toBe(connection);
  const stream = new Ear('stream');
  connection.handTo(stream);
  secure.push('within TLS');
  await turn();
  connection.become(accepted);
  secure.destroy();
  accepted.push('as it is');
  await turn();
  expect([stream.heard, left]).toEqual([['within TLS', 'as it is'], 0]);
  accepted.destroy();
  await turn();
  expect([stream.heard.at(-1), left, before.heard]).toEqual(['closed', 1, []]);
});

test('a refused connection gets only its answer; a stream that had begun still hears of its end', async () => {
  const [stranger, listener] = [new Connection(socketLike()), new Connection(socketLike())];
  const [head, stream] = [new Ear('head'), new Ear('stream')];
  stranger.handTo(head);
  listener.handTo(stream);
  for (const connection of [stranger, listener]) connection.refuse('no');
  expect([stranger.phase, listener.phase]).toEqual(['closing', 'stream']);
  stranger.socket.push('but');
  stranger.socket.push(null);
  listener.socket.destroy();
  await turn();
  expect(stranger.socket.destroyed).toBe(true);
  expect([head.heard, stream.heard]).toEqual([[], ['closed']]);
});
