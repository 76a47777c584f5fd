import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** What Node's HTTP server attaches to a socket; detaching it takes the same calls as Node's own upgrade. */
interface Parser {
  unconsume?(): void;
  remove?(): void;
  close?(): void;
}
type HttpSocket = Socket & { parser?: Parser | null; [TAKEN]?: true };

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
    detach(socket, res);
    then(socket);
    socket.resume();
  });
}

function detach(socket: HttpSocket, res: ServerResponse) {
  const { parser } = socket;
  const others = socket.rawListeners('close').filter((listener) => listener.name !== 'bound socketOnClose');
  // The server gave each of these a closure of its own that keeps the parser alive.
  socket.on = Socket.prototype.on;
  socket.addListener = Socket.prototype.addListener;
  socket.prependListener = Socket.prototype.prependListener;
  res.detachSocket(socket);
  socket.setTimeout(0);
  // All at once: removed one by one they leave a table of 600 bytes behind, and a used timer 130.
  socket.removeAllListeners();
  for (const listener of others) socket.on('close', listener as () => void);
  const timer = Object.getOwnPropertySymbols(socket).find((symbol) => symbol.description === 'timeout');
  if (timer) (socket as unknown as Record<symbol, unknown>)[timer] = null;
  if (!parser) return;
  parser.unconsume?.();
  parser.remove?.();
  socket.parser = null;
  setImmediate(() => parser.close?.());
}
