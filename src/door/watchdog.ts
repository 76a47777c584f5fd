import type { Socket } from 'node:net';
import type { Ms } from '../base/time.ts';

interface Suspicion {
  since: number;
  taken: number;
}

/** Bytes the kernel has taken from a socket so far. */
const taken = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

/** Finds readers that take next to nothing while bytes wait for them: Node itself never closes those. */
export interface Watchdog {
  /** Looks at every socket; hands over those below the pace for a whole window. Call about once a second. */
  sweep(now: Ms, sockets: Iterable<Socket>, stalled: (socket: Socket) => void): void;
}

/** Opens the watchdog. It remembers only sockets with bytes waiting. */
export function openWatchdog(limits: { stallWindow: Ms; stallBytes: number }): Watchdog {
  let suspects = new Map<Socket, Suspicion>();
  return {
    sweep(now, sockets, stalled) {
      const still = new Map<Socket, Suspicion>();
      for (const socket of sockets) {
        if (socket.writableLength === 0 || socket.destroyed) continue;
        const before = suspects.get(socket);
        if (!before || now - before.since < limits.stallWindow) {
          still.set(socket, before ?? { since: now, taken: taken(socket) });
        } else if (taken(socket) - before.taken < limits.stallBytes) stalled(socket);
        else still.set(socket, { since: now, taken: taken(socket) });
      }
      suspects = still;
    },
  };
}
