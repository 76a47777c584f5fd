import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const OPEN = Symbol('open');
const ENDING = Symbol('ending');
type OwingSocket = Socket & { [OPEN]?: Set<ServerResponse>; [ENDING]?: true };

/**
 * Tracks a response in progress on a connection, until it has been sent or the connection is gone, so that an error
 * is never written into the middle of it.
 */
export function owe(res: ServerResponse, socket: OwingSocket): void {
  socket[OPEN] ??= new Set();
  socket[OPEN].add(res);
  res.once('close', () => socket[OPEN]?.delete(res));
}

/**
 * True when bytes written to a connection now would be taken for an answer or part of one: a complete request has not
 * been answered yet, or an answer has begun.
 */
export function owes(socket: OwingSocket): boolean {
  for (const res of socket[OPEN] ?? []) if (res.req.complete || res.headersSent) return true;
  return false;
}

/** Closes a connection once all its responses have been sent. Anything else it sends gets no answer. */
export function endAfterAnswers(socket: OwingSocket): void {
  if (socket[ENDING]) return;
  socket[ENDING] = true;
  for (const res of socket[OPEN] ?? [])
    res.once('close', () => {
      if (socket[OPEN]?.size === 0) socket.destroy();
    });
}
