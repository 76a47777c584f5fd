import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Silence after which the kernel asks whether the peer is still there. */
const PROBE_MS = 60_000;

/** Gives a connection to the HTTP server as if it had just been accepted and `bytes` had not been read yet. */
export function handOver(ordinary: Server, socket: Socket, bytes: Buffer): void {
  // What follows may be silent for long, such as a speaker's backstage; a peer that has vanished must be found out.
  socket.setKeepAlive(true, PROBE_MS);
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
  ordinary.emit('connection', socket);
  socket.resume();
}
