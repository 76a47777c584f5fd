import type { Socket } from 'node:net';
import { acceptedUnder } from '../../native/node-internals.ts';

/**
 * Closes a connection, plain or TLS, with a reset, which frees at once what waits in the kernel for a reader that
 * does not read.
 */
export function reset(socket: Socket): void {
  // Node resets only sockets with a TCP handle of their own; under TLS that is the accepted connection.
  const accepted = acceptedUnder(socket);
  if (!accepted) return void socket.resetAndDestroy();
  accepted.resetAndDestroy();
  socket.destroy();
}
