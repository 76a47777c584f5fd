import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { connectionOf, type Handler } from '../socket/connection.ts';

/**
 * The responses in progress on a connection that the HTTP server has in hand, so that an error is never written into
 * the middle of one.
 */
export class PendingResponses implements Handler {
  readonly phase = 'http';
  /** True once a stream is about to take the connection over: nothing that arrives after that is a request. */
  taken = false;
  /** True once a refusal was sent as its last answer: anything else from the peer is ignored. */
  refused = false;
  /** Requests so far. */
  requests = 0;
  #ending = false;
  readonly #open = new Set<ServerResponse>();

  /** Tracks a response until it has been sent or the connection is gone. */
  track(res: ServerResponse): void {
    this.requests += 1;
    this.#open.add(res);
    res.once('close', () => this.#open.delete(res));
  }

  /**
   * True when bytes written to the connection now would be taken for an answer or part of one: a complete request has
   * not been answered yet, or an answer has begun.
   */
  get unfinished(): boolean {
    for (const res of this.#open) if (res.req.complete || res.headersSent) return true;
    return false;
  }

  /** Closes the connection once all its responses have been sent. Anything else it sends gets no answer. */
  endAfterAnswers(socket: Socket): void {
    if (this.#ending) return;
    this.#ending = true;
    for (const res of this.#open)
      res.once('close', () => {
        if (this.#open.size === 0) socket.destroy();
      });
  }
}

/** The pending responses of a socket of the HTTP server; undefined once the connection has another owner. */
export function responsesOn(socket: Socket): PendingResponses | undefined {
  const connection = connectionOf(socket);
  // The port without TLS is read by an HTTP server from the first byte on.
  if (connection.phase === 'accepted') connection.handToNode(new PendingResponses());
  return connection.handler instanceof PendingResponses ? connection.handler : undefined;
}
