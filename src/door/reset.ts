import type { Socket } from 'node:net';

/** Closes a connection by a reset, plain or TLS: what waits in the kernel for a reader that does not read is given back at once. */
export function reset(socket: Socket): void {
  // Node resets only what has a TCP handle of its own; under TLS that is the connection as it was accepted.
  const { _parent: accepted } = socket as Socket & { _parent?: Socket | null };
  if (!accepted) return void socket.resetAndDestroy();
  accepted.resetAndDestroy();
  socket.destroy();
}
