import type { Server, ServerResponse } from 'node:http';
import { takeOffHttp } from '../../native/node-internals.ts';
import { type Connection, connectionOf } from '../socket/connection.ts';
import { PendingResponses, responsesOn } from './pending-responses.ts';

/** Silence after which the kernel probes whether the peer is still there. */
const PROBE_MS = 60_000;

/** Hands a connection to the HTTP server as if it had just been accepted and `bytes` had not been read yet. */
export function handToHttp(server: Server, connection: Connection, bytes: Buffer) {
  connection.handToNode(new PendingResponses());
  const { socket } = connection;
  connection.told = socket.bytesWritten;
  // What follows may be silent for a long time, such as a speaker's backstage, so a vanished peer has to be detected.
  socket.setKeepAlive(true, PROBE_MS);
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
  server.emit('connection', socket);
  socket.resume();
}

/**
 * Takes a kept-alive connection back from the HTTP server, so that a stream on it costs no parser and no response.
 * `then` runs in a later turn with the connection, or not at all if it has closed in the meantime.
 */
export function takeFromHttp(res: ServerResponse, then: (connection: Connection) => void) {
  const { socket } = res;
  // Pipelined behind an unfinished answer: wait for its turn.
  if (!socket) return void res.once('socket', () => takeFromHttp(res, then));
  const responses = responsesOn(socket);
  if (responses) responses.taken = true;
  // Not inside the parser's own callback, which must have returned before the parser is closed.
  setImmediate(() => {
    if (socket.destroyed) return;
    takeOffHttp(socket, res);
    then(connectionOf(socket));
    socket.resume();
  });
}
