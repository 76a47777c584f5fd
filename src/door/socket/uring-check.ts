import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { Uring } from '../../native/uring.ts';
import { descriptor } from './direct-write.ts';

/** A trial takes a few ms; after this long it has failed. */
const PATIENCE_MS = 3_000;
/** More than an unread connection can hold. */
const MOST_SUBMITS = 64;
const NO_SUCH_FILE = -9;

/** Sends rows, each entry to its descriptor; returns what each accepted. */
function submit(uring: Uring, row: readonly (readonly [number, Uint8Array])[], withdrawn = -1): number[] {
  for (const [fd, bytes] of row) if (!uring.add(fd, bytes)) throw new Error('it has no room');
  if (withdrawn >= 0) uring.withdraw(withdrawn);
  const taken: number[] = [];
  uring.submit((_, count) => taken.push(count));
  return taken;
}

async function trial(
  uring: Uring,
  here: Socket,
  there: Socket,
  signal: AbortSignal,
): Promise<string | undefined> {
  const fd = descriptor(here);
  if (fd < 0) return 'a connection has no descriptor';
  const [first, second, never] = [randomBytes(3_000), randomBytes(500), randomBytes(100)];
  const read: Buffer[] = [];
  there.on('data', (chunk: Buffer) => read.push(chunk));
  const taken = submit(
    uring,
    [
      [fd, first],
      [fd, never],
      [0x7fff_ffff, never],
      [fd, second],
    ],
    1,
  );
  if (taken[0] !== first.length || taken[3] !== second.length) return `it took ${taken} of two sends`;
  if (taken[2] !== NO_SUCH_FILE) return `it took ${taken[2]} for a connection that is not there`;
  const wanted = Buffer.concat([first, second]);
  while (Buffer.concat(read).length < wanted.length) await once(there, 'data', { signal });
  if (!Buffer.concat(read).equals(wanted)) return 'what was sent is not what came';
  // A stalled reader must not hold up anybody else.
  there.pause();
  const much = Buffer.alloc(256 * 1024);
  for (let i = 0; i < MOST_SUBMITS; i += 1)
    if ((submit(uring, [[fd, much]])[0] ?? 0) < much.length)
      return uring.open ? undefined : 'it stopped answering';
  return 'a connection took more than it can hold';
}

/**
 * Tries an io_uring as rows of listeners use it, before anybody depends on it: order, closed descriptors, and a
 * stalled reader. Returns what does not work, as text; undefined if everything does.
 */
export async function checkUring(uring: Uring): Promise<string | undefined> {
  const server = createServer();
  // An abstract socket address: no file, no port.
  const path = `\0earshot-uring-${process.pid}-${randomBytes(8).toString('hex')}`;
  const closers: Socket[] = [];
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    server.listen(path);
    await once(server, 'listening', { signal });
    const there = connect(path).on('error', () => {});
    closers.push(there);
    const [here] = (await once(server, 'connection', { signal })) as [Socket];
    closers.push(here.on('error', () => {}));
    const why = await trial(uring, here, there, signal);
    return why && `a trial failed (${why})`;
  } catch (error) {
    return `a trial failed (${error instanceof Error ? error.message : error})`;
  } finally {
    for (const socket of closers) socket.destroy();
    server.close();
  }
}
