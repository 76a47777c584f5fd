import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const OPEN = Symbol('open');
const ENDING = Symbol('ending');
type OwingSocket = Socket & { [OPEN]?: Set<ServerResponse>; [ENDING]?: true };

/** Notes that a response is to go out on a connection, until it has, or the connection has gone. */
export function owe(res: ServerResponse, socket: OwingSocket): void {
  socket[OPEN] ??= new Set();
  socket[OPEN].add(res);
  res.once('close', () => socket[OPEN]?.delete(res));
}

/**
 * True when what is written to a connection now would be taken for an answer, or a part of one: a whole request has not
 * been answered yet, or an answer has begun.
 */
export function owes(socket: OwingSocket): boolean {
  for (const res of socket[OPEN] ?? []) if (res.req.complete || res.headersSent) return true;
  return false;
}

/** Closes a connection once no response is open on it any more. What else it sends has no answer. */
export function endAfterAnswers(socket: OwingSocket): void {
  if (socket[ENDING]) return;
  socket[ENDING] = true;
  for (const res of socket[OPEN] ?? [])
    res.once('close', () => {
      if (socket[OPEN]?.size === 0) socket.destroy();
    });
}
