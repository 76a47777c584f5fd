import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { takeOffHttp } from '../../native/node-internals.ts';

type HttpSocket = Socket & { [TAKEN]?: true };

const TAKEN = Symbol('taken');

/** True once `takeOver` was called for the socket: nothing that arrives on it after that is a request. */
export const isTaken = (socket: Socket): boolean => (socket as HttpSocket)[TAKEN] === true;

/**
 * Detaches a kept-alive connection from the HTTP server, so that a stream on it costs no parser and no response.
 * `then` runs in a later turn with the socket, or not at all if it has closed in the meantime.
 */
export function takeOver(res: ServerResponse, then: (socket: Socket) => void) {
  const { socket } = res;
  // Pipelined behind an unfinished answer: wait for its turn.
  if (!socket) return void res.once('socket', () => takeOver(res, then));
  (socket as HttpSocket)[TAKEN] = true;
  // Not inside the parser's own callback, which must have returned before the parser is closed.
  setImmediate(() => {
    if (socket.destroyed) return;
    takeOffHttp(socket, res);
    then(socket);
    socket.resume();
  });
}
