import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { answers, listenAt, type SocketFileDeps } from '../base/socket-file.ts';

/** Between two tries a socket that nobody answers on is removed. */
const TRIES = 3;

/**
 * Holds `path`, a UNIX socket, until disposed: at most one process at a time does. Undefined while another one holds
 * it, or while that cannot be told. A process that was killed holds nothing; a file that somebody removes is made
 * again, unless another process has taken it meanwhile: then `lost` is called.
 */
export async function lockFolder(
  path: string,
  keeping?: SocketFileDeps,
): Promise<AsyncDisposable | undefined> {
  for (let left = TRIES; left > 0; left--) {
    const server = createServer((socket) => socket.destroy());
    let file: AsyncDisposable;
    try {
      file = await listenAt(path, server, keeping);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      if ((await answers(path)) !== false) return undefined;
      rmSync(path, { force: true });
      continue;
    }
    return {
      async [Symbol.asyncDispose]() {
        await file[Symbol.asyncDispose]();
        await new Promise<void>((resolve) => server.close(() => resolve()));
      },
    };
  }
  return undefined;
}
