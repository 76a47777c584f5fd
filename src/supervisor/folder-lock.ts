import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { answers, listenAt, type SocketFileDeps } from '../base/socket-file.ts';

/** Attempts to take the lock; between two of them, a socket on which nobody answers is removed. */
const TRIES = 3;

/**
 * Holds `path`, a UNIX socket, until disposed; only one process at a time can. Undefined while another process holds
 * it, or when that cannot be determined. A killed process holds nothing. If the file is removed it is recreated,
 * unless another process has taken it in the meantime: then `lost` is called.
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
