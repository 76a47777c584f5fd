import { UNKNOWN, type Uring } from '../base/uring.ts';
import { descriptor, isOpen, leave, type Outlet, put, waitingIn } from './put.ts';
import { reset } from './reset.ts';

/** Where there is no room, this much is made. */
const SPARE = 64 * 1024;

/** Writes to many connections in a row. */
export interface Batch {
  /** As `put`, now or with the next `flush`; until then `outlet.queued` is true. */
  put(outlet: Outlet, bytes: Uint8Array): void;
  /** Room to make bytes in that are put next, to one outlet that is `brief`; it is used again when they are on their way. */
  room(length: number): Uint8Array;
  /** Everything put is with the kernel, or waits in its socket, when this returns. Before control goes back to Node. */
  flush(): void;
}

/** What a batch tells. */
export interface BatchHooks {
  /** The io_uring has stopped answering: so many connections were reset for it. Told once. */
  lost?(reset: number): void;
  /** What was left of a write could not be left to its socket, which was reset. */
  fault?(error: unknown, where: string): void;
}

/**
 * Gathers writes and hands them to the kernel in one call where there is an io_uring; without one each is a call of its
 * own. What the kernel does not take, and what goes wrong, is the socket's own as in `put`.
 */
export function openBatch(uring: Uring | undefined, hooks: BatchHooks = {}): Batch {
  let spare = new Uint8Array(0);
  const ordinary = (length: number): Uint8Array => {
    if (spare.length < length) spare = new Uint8Array(Math.max(SPARE, length));
    return spare.subarray(0, length);
  };
  if (!uring) return { put, room: ordinary, flush() {} };
  let outlets: (Outlet | undefined)[] = [];
  let buffers: Uint8Array[] = [];
  let told = false;

  /** True while what was gathered for an outlet would still go to its own connection. */
  const isItsOwn = ({ socket, fd }: Outlet): boolean => isOpen(socket) && descriptor(socket) === fd;
  function resume(outlet: Outlet, bytes: Uint8Array, taken: number) {
    const { socket } = outlet;
    if (!isOpen(socket)) return;
    // It comes again and says what it has: nothing is heard twice, and nothing is left out.
    if (taken === UNKNOWN) return reset(socket);
    leave(outlet, taken > 0 ? bytes.subarray(taken) : bytes);
  }
  function flush() {
    if (outlets.length === 0) return;
    const row = outlets;
    const sent = buffers;
    outlets = [];
    buffers = [];
    let unknown = 0;
    // Whoever closed since has given its number back, and the next who comes gets it: nothing of theirs may go there.
    for (let at = 0; at < row.length; at += 1) {
      const outlet = row[at];
      if (!outlet || isItsOwn(outlet)) continue;
      uring?.withdraw(at);
      outlet.queued = true;
      row[at] = undefined;
    }
    uring?.submit((at, taken) => {
      const outlet = row[at];
      const bytes = sent[at];
      if (!outlet || !bytes) return;
      outlet.queued = taken !== bytes.length;
      if (taken === UNKNOWN) unknown += 1;
      if (!outlet.queued) return;
      try {
        resume(outlet, bytes, taken);
      } catch (error) {
        // What it has is cut short: it comes again. The others of the row are none the worse.
        hooks.fault?.(error, 'what the kernel left of a write');
        reset(outlet.socket);
      }
    });
    if (uring?.open !== false || told) return;
    told = true;
    hooks.lost?.(unknown);
  }
  return {
    room(length) {
      const here = uring.place(length);
      if (here) return here;
      flush();
      return uring.place(length) ?? ordinary(length);
    },
    put(outlet, bytes) {
      // It may be among those gathered: one write after the other.
      if (outlet.queued && waitingIn(outlet) === 0) flush();
      const { fd, socket } = outlet;
      if (outlet.queued || fd < 0 || bytes.length > uring.longest || !isOpen(socket))
        return put(outlet, bytes);
      if (!uring.add(fd, bytes)) {
        flush();
        if (!uring.add(fd, bytes)) return put(outlet, bytes);
      }
      outlet.queued = true;
      outlets.push(outlet);
      buffers.push(bytes);
    },
    flush,
  };
}
