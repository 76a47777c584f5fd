import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, renameSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import { makePrivateFolder } from './folder.ts';
import { type Log, silentLog } from './log.ts';
import { ms } from './time.ts';

/** Options for keeping a socket's file; by default the machine's clock is used and nothing is logged. */
export interface SocketFileDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another live server has replaced the file, at most once for each such file. */
  readonly lost?: () => void;
}

/** A removed file is noticed within this time. */
const LOOK_EVERY = ms(2000);

/**
 * Lets `server` listen on a UNIX socket at `path`, and again whenever its file has been removed, by a cleaner of
 * temporary folders or by a person. Existing connections stay. If another live server has put its own file there, the
 * file is left alone and an error is logged. Disposing stops the checks and removes the file if it is ours; `server` is
 * closed by its owner.
 * @throws The system's error, such as EADDRINUSE.
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
  /** What was already logged: the file of another server, or that listening again fails. */
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
      // With the same permissions as at first. If anybody could create the folder before us, they would receive
      // everything.
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
 * The socket is created under a temporary name. Closing removes the name with which a socket was created, even if the
 * file then belongs to another process. The name is no longer than ours, because the path of a socket has at most 107
 * bytes. Spec: unix(7).
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

/** Gives the file its final name if that is free. */
function publish(own: string, path: string): void {
  try {
    linkSync(own, path);
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(path);
    if (taken) throw Object.assign(new Error(`${path} is in use`, { cause: error }), { code: 'EADDRINUSE' });
    // Not every file system supports hard links to sockets.
    renameSync(own, path);
  }
}

/**
 * Identity of the file at the path; undefined when there is none. A removed file's inode number is soon reused, so the
 * time of creation is included.
 */
const mark = (path: string): Promise<string | undefined> =>
  stat(path, { bigint: true }).then(
    ({ dev, ino, birthtimeNs }) => `${dev}/${ino}/${birthtimeNs}`,
    () => undefined,
  );

/**
 * Whether a server listens on the UNIX socket at `path`; undefined when that cannot be determined, for lack of
 * descriptors or permissions.
 */
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
