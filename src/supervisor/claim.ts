import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';

/** Between two tries a socket that nobody answers on is removed. */
const TRIES = 3;

/**
 * Holds `path`, a UNIX socket, until disposed: at most one process at a time does. Undefined while another one holds
 * it. A process that was killed holds nothing.
 */
export async function claim(path: string): Promise<AsyncDisposable | undefined> {
  for (let left = TRIES; left > 0; left--) {
    const server = createServer((socket) => socket.destroy());
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(true) : reject(error),
      );
      server.listen(path, () => resolve(false));
    });
    if (!taken)
      return {
        [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
      };
    if (await answers(path)) return undefined;
    rmSync(path, { force: true });
  }
  return undefined;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
