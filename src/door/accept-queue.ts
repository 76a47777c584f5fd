import { closeSync, openSync, readlinkSync, readSync } from 'node:fs';
import type { Server } from 'node:net';
import { performance } from 'node:perf_hooks';

/** How long connections wait in the kernel before this process takes them up. */
export interface AcceptQueue {
  /** The wait of one that comes now, in ms; 0 where the system does not tell. */
  look(): number;
  /** The longest wait seen since the last call. */
  take(): number;
}

/** What the event loop has done so far. */
export interface Rounds {
  readonly count: number;
  /** Ms in which it was not idle. */
  readonly active: number;
}

/** Fewer connections are what arrived together a moment ago. */
export const LEAST_QUEUED = 16;
/** Listening sockets come first in the kernel's list; beyond so many bytes of it there are none of ours. */
const MOST_BYTES = 256 * 1024;
/** A page of the list. */
const PAGE_BYTES = 16 * 1024;
const LISTENS = '0A';

/**
 * The connections that wait at a listening socket, from a kernel's list of sockets; undefined when it is not in it.
 * Spec: Linux, Documentation/networking/proc_net_tcp.rst; of a socket that listens `rx_queue` is the accept queue.
 */
export function queuedAt(list: string, inode: string): number | undefined {
  for (const line of list.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields[3] === LISTENS && fields[9] === inode)
      return Number.parseInt(fields[4]?.split(':')[1] ?? '', 16);
  }
  return undefined;
}

/** Reads the part of a list in which sockets listen. */
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

/** The rounds of this process's event loop. */
const ownRounds = (): Rounds => ({
  count: performance.nodeTiming.uvMetricsInfo.loopCount,
  active: performance.eventLoopUtilization().active,
});

/** Opens the meter of a server that listens: Node takes up one connection in each round of the event loop, so rounds are short while many wait. */
export function openAcceptQueue(server: Server, rounds: () => Rounds = ownRounds): AcceptQueue {
  let before = rounds();
  let longest = 0;
  let inode: string | undefined;
  let path: string | undefined;
  try {
    const { fd } = (server as unknown as { _handle?: { fd?: number } })._handle ?? {};
    inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    path = ['/proc/self/net/tcp', '/proc/self/net/tcp6'].find(
      (list) => inode !== undefined && queuedAt(listening(list), inode) !== undefined,
    );
  } catch {
    // Another system: nothing is known.
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
