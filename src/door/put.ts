import { writeSync, writevSync } from 'node:fs';
import type { Socket } from 'node:net';

/** A connection's own file descriptor as far as Node tells it; −1 for one under TLS, or closed. */
export function descriptor(socket: Socket): number {
  const { _handle: handle, encrypted } = socket as Socket & {
    _handle?: { fd?: number } | null;
    encrypted?: boolean;
  };
  return encrypted ? -1 : (handle?.fd ?? -1);
}

/** The descriptor of a connection, also under TLS: to ask the kernel about it, never to write to it; −1 once closed. */
export const kernelDescriptor = (socket: Socket): number =>
  (socket as Socket & { _handle?: { fd?: number } | null })._handle?.fd ?? -1;

/** A connection as it is written to, often, and with many others in turn. */
export interface Outlet {
  readonly socket: Socket;
  /** See `descriptor`. */
  readonly fd: number;
  /** False when nothing waits in the socket; true when something may. Only `put` and a `Batch` write and set it. */
  queued: boolean;
  /** True when what is written is soon overwritten: what waits in the socket is then a copy. */
  readonly brief?: boolean;
}

/** True while the socket holds a handle: from its destruction on the kernel may give the number to another connection. */
export const isOpen = (socket: Socket): boolean => !!(socket as Socket & { _handle?: unknown })._handle;

/** Bytes that the kernel has not taken yet. */
export const waitingIn = ({ queued, socket }: Outlet): number => (queued ? socket.writableLength : 0);

/**
 * Hands bytes to the kernel by the connection's descriptor: a system call, and nothing made or looked up for each
 * connection but this. What the kernel does not take at once waits in the socket as ever, and while anything waits
 * there, or without a descriptor, all goes that way. An error is the socket's own: it meets it with the same bytes.
 */
export function put(outlet: Outlet, bytes: Uint8Array): void {
  const { socket, fd } = outlet;
  outlet.queued = waitingIn(outlet) > 0;
  let taken = 0;
  if (!outlet.queued && fd >= 0 && isOpen(socket)) {
    try {
      taken = writeSync(fd, bytes);
      if (taken === bytes.length) return;
    } catch {
      // EAGAIN: the reader is behind. Anything else comes again, below.
    }
  }
  leave(outlet, taken === 0 ? bytes : bytes.subarray(taken));
}

/** Leaves to the socket what the kernel has not taken. */
export function leave(outlet: Outlet, rest: Uint8Array): void {
  outlet.queued = true;
  outlet.socket.write(outlet.brief ? Buffer.from(rest) : rest);
}

/** As `put`, for a few pieces that go out together: the first bytes on a connection. */
export function putAll(outlet: Outlet, pieces: readonly Uint8Array[]): void {
  const { socket, fd } = outlet;
  let taken = 0;
  if (socket.writableLength === 0 && fd >= 0 && isOpen(socket)) {
    try {
      taken = writevSync(fd, pieces);
    } catch {
      // See `put`.
    }
  }
  outlet.queued = false;
  // Together here as well: under TLS each write is a record of its own.
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
