import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { Server } from 'node:net';
import { performance } from 'node:perf_hooks';
import { descriptorOf } from '../../native/node-internals.ts';

/** How long connections wait in the kernel's accept queue before this process accepts them. */
export interface AcceptQueue {
  /** The wait of a connection that arrives now, in ms; 0 where the system does not say. */
  look(): number;
  /** The longest wait seen since the last call. */
  take(): number;
}

/** How busy the event loop has been so far. */
export interface Rounds {
  readonly count: number;
  /** Milliseconds in which it was not idle. */
  readonly active: number;
}

/** Smaller backlogs are connections that arrived in the same instant, and are ignored. */
export const LEAST_QUEUED = 16;
/** Listening sockets come first in the kernel's list, so no more than this many bytes of it are read. */
const MOST_BYTES = 256 * 1024;
/** Bytes read from the list at a time. */
const PAGE_BYTES = 16 * 1024;
const LISTENS = '0A';

/**
 * The number of connections waiting at a listening socket, from the kernel's list of sockets; undefined when the
 * socket is not in the list. Spec: Linux, Documentation/networking/proc_net_tcp.rst; for a listening socket,
 * `rx_queue` is the accept queue.
 */
export function queuedAt(list: string, inode: string): number | undefined {
  for (const line of list.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTENS && fields[9] === inode)
      return Number.parseInt(fields[4]?.split(':')[1] ?? '', 16);
  }
  return undefined;
}

/** Reads the part of the list with listening sockets. */
function listening(path: string): string {
  const file = openSync(path, 'r');
  try {
    const page = Buffer.alloc(PAGE_BYTES);
    let text = '';
    while (text.length < MOST_BYTES) {
      const size = readSync(file, page);
      if (size === 0) break;
      text += page.toString('latin1', 0, size);
      const last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1).trim();
      // The first line is the heading.
      if (/^\d/.test(last) && last.split(/\s+/)[3] !== LISTENS) break;
    }
    return text;
  } finally {
    closeSync(file);
  }
}

/** The event-loop rounds of this process. */
const ownRounds = (): Rounds => ({
  count: performance.nodeTiming.uvMetricsInfo.loopCount,
  active: performance.eventLoopUtilization().active,
});

/**
 * Opens the meter for a listening server. Node accepts one connection per round of the event loop, so rounds are
 * short while many wait.
 */
export function openAcceptQueue(server: Server, rounds: () => Rounds = ownRounds): AcceptQueue {
  let before = rounds();
  let longest = 0;
  let inode: string | undefined;
  let path: string | undefined;
  try {
    inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${descriptorOf(server)}`))?.[1];
    path = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].find(
      (list) => inode !== undefined && queuedAt(listening(list), inode) !== undefined,
    );
  } catch {
    // Not Linux: nothing is known.
  }
  const queued = (): number => {
    if (inode === undefined || path === undefined) return 0;
    try {
      return queuedAt(listening(path), inode) ?? 0;
    } catch {
      return 0;
    }
  };
  return {
    look() {
      const now = rounds();
      const round = (now.active - before.active) / Math.max(1, now.count - before.count);
      before = now;
      const waiting = queued();
      const wait = waiting < LEAST_QUEUED ? 0 : waiting * round;
      longest = Math.max(longest, wait);
      return wait;
    },
    take() {
      const wait = longest;
      longest = 0;
      return wait;
    },
  };
}
