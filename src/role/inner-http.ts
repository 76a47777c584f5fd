import { rmSync } from 'node:fs';
import { createAdaptorServer } from '@hono/node-server';
import { problem } from '../base/reply.ts';

/** Serves a Request → Response function on a UNIX socket, for the doors of this machine. */
export async function serveInner(
  path: string,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<AsyncDisposable> {
  rmSync(path, { force: true });
  // Only what no Request can be made of comes here, such as a Host with a blank: `fetch` answers its own mistakes.
  const errorHandler = (): Response => {
    const { status, headers, body } = problem('bad-request', 'The Host or the path is malformed.');
    return new Response(String(body), { status, headers });
  };
  const server = createAdaptorServer({ fetch, overrideGlobalObjects: false, errorHandler });
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
