import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Silence after which the kernel probes whether the peer is still there. */
const PROBE_MS = 60_000;

/** Hands a connection to the HTTP server as if it had just been accepted and `bytes` had not been read yet. */
export function handOver(ordinary: Server, socket: Socket, bytes: Buffer): void {
  // What follows may be silent for a long time, such as a speaker's backstage, so a vanished peer has to be detected.
  socket.setKeepAlive(true, PROBE_MS);
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
  ordinary.emit('connection', socket);
  socket.resume();
}
