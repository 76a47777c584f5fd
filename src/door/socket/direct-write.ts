import { writeSync, writevSync } from 'node:fs';
import type { Socket } from 'node:net';
import { descriptorOf, holdsHandle } from '../../native/node-internals.ts';

/**
 * The descriptor to which the bytes of a connection may be written, as far as Node exposes it; −1 for TLS and for
 * closed connections.
 */
export const descriptor = (socket: Socket): number => ('encrypted' in socket ? -1 : descriptorOf(socket));

/** A connection that is written to often, in turn with many others. */
export interface Outlet {
  readonly socket: Socket;
  /** See `descriptor`. */
  readonly fd: number;
  /**
   * False when nothing waits in the socket's own queue; true when something may. Only `put` and a `Batch` write to
   * the connection and set this.
   */
  queued: boolean;
  /** True when the written bytes will soon be overwritten: what has to wait in the socket is then copied. */
  readonly transient?: boolean;
}

/** Bytes that the kernel has not accepted yet. */
export const waitingIn = ({ queued, socket }: Outlet): number => (queued ? socket.writableLength : 0);

/**
 * Writes bytes to the connection's descriptor: one system call and no other work per connection. What the kernel does
 * not accept at once waits in the socket as usual; while anything is waiting there, or without a descriptor, all
 * bytes go that way. Errors are left to the socket, which meets them with the same bytes.
 */
export function put(outlet: Outlet, bytes: Uint8Array): void {
  const { socket, fd } = outlet;
  outlet.queued = waitingIn(outlet) > 0;
  let taken = 0;
  if (!outlet.queued && fd >= 0 && holdsHandle(socket)) {
    try {
      taken = writeSync(fd, bytes);
      if (taken === bytes.length) return;
    } catch {
      // EAGAIN: the reader is behind. Any other error comes up again, below.
    }
  }
  leave(outlet, taken === 0 ? bytes : bytes.subarray(taken));
}

/** Leaves to the socket what the kernel did not accept. */
export function leave(outlet: Outlet, rest: Uint8Array): void {
  outlet.queued = true;
  outlet.socket.write(outlet.transient ? Buffer.from(rest) : rest);
}

/** Like `put`, for a few pieces that go out together: the first bytes on a connection. */
export function putAll(outlet: Outlet, pieces: readonly Uint8Array[]): void {
  const { socket, fd } = outlet;
  let taken = 0;
  if (socket.writableLength === 0 && fd >= 0 && holdsHandle(socket)) {
    try {
      taken = writevSync(fd, pieces);
    } catch {
      // See `put`.
    }
  }
  outlet.queued = false;
  // Corked, because under TLS each write would be a record of its own.
  socket.cork();
  for (const piece of pieces) {
    const left = piece.length - taken;
    if (left > 0) {
      outlet.queued = true;
      socket.write(taken > 0 ? piece.subarray(taken) : piece);
    }
    taken = Math.max(0, taken - piece.length);
  }
  socket.uncork();
}
