import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import { makePrivateFolder } from './folder.ts';
import { type Log, silentLog } from './log.ts';
import { ms } from './time.ts';

/** What keeping a socket's file takes; by default the machine's clock, and nothing is logged. */
export interface SocketFileDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another live server has put its file there, at most once for each such file. */
  readonly lost?: () => void;
}

/** A removed file is noticed within this long. */
const LOOK_EVERY = ms(2000);

/**
 * Lets `server` listen on a UNIX socket at `path`, and again whenever its file has been removed: a cleaner of temporary
 * folders does that, and people do. Connections that stand stay. A file that another live server has put there is left
 * to it, and said as an error. Disposing stops to look and removes the file if it is ours; `server` is closed by its
 * owner.
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
  /** What has been said of already: the file of another server, or that listening again fails. */
  let theirs: string | undefined;
  let failing = false;

  async function look(): Promise<void> {
    const found = await mark(path);
    if (over || found === mine) return;
    const lives = found === undefined ? false : await answers(path);
    if (over || lives === undefined) return;
    if (lives && found === theirs) return;
    if (lives) {
      theirs = found;
      deps.log.error(
        { path },
        'another Earshot has taken over this socket: two are using the same data folder; stop one of them',
      );
      deps.lost?.();
      return;
    }
    const { allowHalfOpen = false } = server as Server & { allowHalfOpen?: boolean };
    const next = createServer({ allowHalfOpen }, (socket) => void server.emit('connection', socket));
    try {
      // As it was at first: whoever makes it before us, where anybody may, would be told everything.
      makePrivateFolder(dirname(path), false);
      rmSync(path, { force: true });
      await listening(next, path);
    } catch (error) {
      const { message } = error as Error;
      if (!failing)
        deps.log.warn(
          { path, error: message },
          'a socket file was removed and cannot be recreated yet; trying again',
        );
      failing = true;
      return;
    }
    next.on('error', () => undefined);
    substitute?.close();
    substitute = next;
    mine = await mark(path);
    failing = false;
    if (!over) deps.log.warn({ path }, 'a socket file was removed: it has been recreated');
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
      if (mine !== undefined && (await mark(path)) === mine) rmSync(path, { force: true });
    },
  };
}

/**
 * The socket is made under a name of its own: closing removes the name a socket was made with, whoever's file has it
 * by then. No longer than the names we give, for a path of a socket has 107 bytes. Spec: unix(7).
 */
async function listening(server: Server, path: string): Promise<void> {
  const own = join(dirname(path), `.${randomBytes(4).toString('hex')}`);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(own, () => {
      server.off('error', reject);
      resolve();
    });
  });
  try {
    publish(own, path);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Gives the file its name if that is free. */
function publish(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(path);
    if (taken) throw Object.assign(new Error(`${path} is in use`, { cause: error }), { code: 'EADDRINUSE' });
    // Not every file system has second names for sockets.
    renameSync(own, path);
  }
}

/** Which file is at the path; undefined when there is none. A number of a removed file is soon another's: so with its birth. */
const mark = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino, birthtimeNs }) => `${dev}/${ino}/${birthtimeNs}`,
    () => undefined,
  );

/** Whether somebody listens on the UNIX socket at `path`; undefined when that cannot be told, for want of files or rights. */
export function answers(path: string): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' ? false : undefined),
    );
  });
}
