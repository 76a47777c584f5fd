import { rmSync } from 'node:fs';
import { createAdaptorServer } from '@hono/node-server';

/** Serves a Request → Response function on a UNIX socket, for the doors of this machine. */
export async function serveInner(
  path: string,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<AsyncDisposable> {
  rmSync(path, { force: true });
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
