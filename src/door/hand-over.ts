import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** Gives a connection to the HTTP server as if it had just been accepted and `bytes` had not been read yet. */
export function handOver(ordinary: Server, socket: Socket, bytes: Buffer): void {
  socket.pause();
  if (bytes.length > 0) socket.unshift(bytes);
  ordinary.emit('connection', socket);
  socket.resume();
}
