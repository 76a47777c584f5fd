import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { listenAt, type SocketFileDeps } from '../base/socket-file.ts';

/** More than a door lets through, together with the headers that it adds. */
const MOST_HEAD_BYTES = 64 * 1024;

/**
 * Serves a Request → Response function on a UNIX socket, for the doors of this machine. The socket is recreated when
 * its file is removed.
 */
export async function serveInner(
  path: string,
  fetch: (request: Request) => Response | Promise<Response>,
  keeping?: SocketFileDeps,
): Promise<AsyncDisposable> {
  rmSync(path, { force: true });
  const server = createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    // The door in front looks whether a body moves; a long one is none of this server's business.
    serverOptions: { requestTimeout: 0, maxHeaderSize: MOST_HEAD_BYTES },
  });
  const file = await listenAt(path, server as Server, keeping);
  return {
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
