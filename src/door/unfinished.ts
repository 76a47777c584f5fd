import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { type Ms, ms } from '../base/time.ts';
import { waterLevel } from './share.ts';

/** What bounds the connections that make the door wait. */
export interface UnfinishedDeps {
  readonly clock: Clock;
  readonly limits: { readonly unfinished: number; readonly unfinishedAfter: Ms };
  /** The network a connection comes from. */
  prefixOf(socket: Socket): string | undefined;
}

/** Connections whose request is not whole yet. */
export interface Unfinished extends Disposable {
  /** A request is waited for; `close` is called when others need the place more. */
  begin(socket: Socket, close: (socket: Socket) => void): void;
  /** It is whole, or the connection has gone. */
  end(socket: Socket): void;
  /** Connections waited for now. */
  readonly size: number;
}

interface Wait {
  /** On the clock of attention. */
  readonly since: number;
  readonly close: (socket: Socket) => void;
}

/** How often the waits are looked at. */
const LOOK_MS = 100;
/** A look that comes later than this has kept everybody waiting: what is beyond is nobody's slowness. */
const MOST_CREDITED_MS = 2 * LOOK_MS;

/**
 * Opens the list. Waiting is counted in time in which the event loop was there to read: a busy door does not
 * make whoever comes promptly look slow, for what has arrived is read in each round, however long the round was.
 * Beyond the limit the oldest go first, of the networks that hold more than their max-min share.
 */
export function openUnfinished({ clock, limits, prefixOf }: UnfinishedDeps): Unfinished {
  /** In the order of their beginning. */
  const waits = new Map<Socket, Wait>();
  let last: number = clock.now();
  let attention = 0;

  function look() {
    const now = clock.now();
    attention += Math.min(now - last, MOST_CREDITED_MS);
    last = now;
    if (waits.size <= limits.unfinished) return;
    const slow: Socket[] = [];
    for (const [socket, { since }] of waits) {
      if (attention - since <= limits.unfinishedAfter) break;
      slow.push(socket);
    }
    if (slow.length > limits.unfinished) relieve(slow);
  }
  function relieve(slow: readonly Socket[]) {
    const networks = new Map<string, Socket[]>();
    for (const socket of slow) {
      const prefix = prefixOf(socket) ?? '';
      const those = networks.get(prefix);
      if (those) those.push(socket);
      else networks.set(prefix, [socket]);
    }
    const each = Math.floor(
      waterLevel(
        Uint32Array.from(networks.values(), (those) => those.length),
        limits.unfinished,
      ),
    );
    let left = limits.unfinished;
    for (const those of networks.values()) left -= Math.min(those.length, each);
    // What does not divide goes to those who have come last.
    for (const those of [...networks.values()].reverse()) {
      const extra = those.length > each && left > 0 ? 1 : 0;
      left -= extra;
      for (const socket of those.slice(0, Math.max(0, those.length - each - extra))) {
        const wait = waits.get(socket);
        waits.delete(socket);
        wait?.close(socket);
      }
    }
  }
  const timer = clock.every(ms(LOOK_MS), look);
  return {
    begin: (socket, close) => void waits.set(socket, { since: attention, close }),
    end: (socket) => void waits.delete(socket),
    get size() {
      return waits.size;
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
