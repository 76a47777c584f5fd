import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import { makeFolder } from './folder.ts';
import { type Log, silentLog } from './log.ts';
import { ms } from './time.ts';

/** What keeping a socket's file takes; by default the machine's clock, and nothing is logged. */
export interface SocketFileDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** A removed file is noticed within this long. */
const LOOK_EVERY = ms(2000);

/**
 * Lets `server` listen on a UNIX socket at `path`, and again whenever its file has been removed: a cleaner of temporary
 * folders does that, and people do. Connections that stand stay. A file that another live server has put there is left
 * to it. Disposing stops to look; `server` is closed by its owner.
 * @throws What the system says, EADDRINUSE among it.
 */
export async function listenAt(
  path: string,
  server: Server,
  deps: SocketFileDeps = { clock: systemClock, log: silentLog },
): Promise<AsyncDisposable> {
  await listening(server, path);
  let mine = await mark(path);
  let substitute: Server | undefined;
  let looking: Promise<void> | undefined;
  let over = false;

  async function look(): Promise<void> {
    const found = await mark(path);
    if (over || found === mine || (found !== undefined && (await answers(path))) || over) return;
    // Closing removes the file at the path, whoever's it is: so before the next one is there.
    substitute?.close();
    const { allowHalfOpen = false } = server as Server & { allowHalfOpen?: boolean };
    const next = createServer({ allowHalfOpen }, (socket) => void server.emit('connection', socket));
    try {
      makeFolder(dirname(path));
      rmSync(path, { force: true });
      await listening(next, path);
    } catch (error) {
      deps.log.warn(
        { path, error: (error as Error).message },
        'a socket was removed and cannot be made again',
      );
      return;
    }
    next.on('error', () => undefined);
    substitute = next;
    mine = await mark(path);
    if (over) next.close();
    else deps.log.warn({ path }, 'the file of a socket was removed: listening again');
  }
  const timer = deps.clock.every(LOOK_EVERY, () => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
  });
  return {
    async [Symbol.asyncDispose]() {
      over = true;
      timer[Symbol.dispose]();
      await looking;
      substitute?.close();
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Which file is at the path; undefined when there is none. */
const mark = (path: string): Promise<string | undefined> =>
  stat(path).then(
    ({ dev, ino }) => `${dev}/${ino}`,
    () => undefined,
  );

/** Whether somebody listens on the UNIX socket at `path`. */
export function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
