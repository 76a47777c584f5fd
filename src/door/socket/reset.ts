import type { Socket } from 'node:net';

/**
 * Closes a connection, plain or TLS, with a reset, which frees at once what waits in the kernel for a reader that
 * does not read.
 */
export function reset(socket: Socket): void {
  // Node resets only sockets with a TCP handle of their own; under TLS that is the accepted connection.
  const { _parent: accepted } = socket as Socket & { _parent?: Socket | null };
  if (!accepted) return void socket.resetAndDestroy();
  accepted.resetAndDestroy();
  socket.destroy();
}
