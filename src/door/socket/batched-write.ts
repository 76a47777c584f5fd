import { holdsHandle } from '../../native/node-internals.ts';
import { UNKNOWN, type Uring } from '../../native/uring.ts';
import { descriptor, leave, type Outlet, put, waitingIn } from './direct-write.ts';
import { reset } from './reset.ts';

/** Size of the scratch space that is allocated when there is none. */
const SPARE = 64 * 1024;

/** Writes to many connections in a row. */
export interface Batch {
  /** Like `put`, now or with the next `flush`; until then `outlet.queued` is true. */
  put(outlet: Outlet, bytes: Uint8Array): void;
  /** Scratch space for the next queued write of one `brief` outlet; it is reused after `flush`. */
  room(length: number): Uint8Array;
  /**
   * Hands everything to the kernel; what it does not take waits in the sockets. Call before control returns to Node.
   */
  flush(): void;
}

/** What a batch reports. */
export interface BatchHooks {
  /** The io_uring stopped answering, and this many connections were reset because of it. Called once. */
  lost?(reset: number): void;
  /** The rest of a write could not be handed to its socket, which was reset. */
  fault?(error: unknown, where: string): void;
}

/**
 * Gathers writes and hands them to the kernel in one call where there is an io_uring; without one, each is a call of
 * its own. As in `put`, the socket deals with what the kernel does not take, and with errors.
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

  /** True while what was gathered for an outlet would still reach the right connection. */
  const isItsOwn = ({ socket, fd }: Outlet): boolean => holdsHandle(socket) && descriptor(socket) === fd;
  function resume(outlet: Outlet, bytes: Uint8Array, taken: number) {
    const { socket } = outlet;
    if (!holdsHandle(socket)) return;
    // The listener reconnects and says what it has: nothing is heard twice or left out.
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
    // The descriptor of a connection that has closed may already belong to a new one, which must not get these bytes.
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
        // Its write was cut short, so it reconnects. The others in the row are not affected.
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
      // It may be among the gathered writes, which must go first.
      if (outlet.queued && waitingIn(outlet) === 0) flush();
      const { fd, socket } = outlet;
      if (outlet.queued || fd < 0 || bytes.length > uring.longest || !holdsHandle(socket))
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
