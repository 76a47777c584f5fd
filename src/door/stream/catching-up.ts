import type { Clock } from '../../base/clock.ts';

/** A player asks for 5.12 s of recording every 5.12 s; after this long without a request it has stopped, ms. */
const GONE_MS = 20_000;
/** Listeners remembered in one room, and number of rooms; beyond it nothing more is counted or kept. */
const MOST = 10_000;
const MOST_ROOMS = 1_000;
/** The same of one network, where names are all that tells listeners apart: behind a listed proxy. */
const MOST_OF_NETWORK = 1_000;
/** The random name that a player gives itself while it plays; it is never logged or written to a file. */
const NAME = /^[\w-]{8,32}$/;

/** Counts who is listening to the recording of each room right now. */
export interface CatchingUp {
  /**
   * Recorded sound of a room was asked for: by a player that names itself, or else on `connection`, which is one
   * listener's whatever names it gives, unless a listed proxy has brought it for many of a `network`.
   */
  asked(slug: string, name: unknown, connection: object, network?: string): void;
  /** Listeners of the last 20 s; rooms without any are left out. */
  counts(): ReadonlyMap<string, number>;
}

interface Heard {
  at: number;
  readonly network: string | undefined;
}

/** Opens the count. It keeps only when each was last heard of. */
export function openCatchingUp(clock: Clock): CatchingUp {
  const rooms = new Map<string, Map<string | object, Heard>>();
  /** The name that a connection gave last. */
  const names = new WeakMap<object, string>();
  return {
    asked(slug, name, connection, network) {
      const named = typeof name === 'string' && NAME.test(name) ? name : undefined;
      let room = rooms.get(slug);
      if (!room) {
        if (rooms.size >= MOST_ROOMS) return;
        room = new Map();
        rooms.set(slug, room);
      }
      if (network === undefined && named !== undefined) {
        const before = names.get(connection);
        if (before !== undefined && before !== named) room.delete(before);
        names.set(connection, named);
      }
      const key = named ?? connection;
      // The one that was heard of longest ago comes first.
      if (!room.delete(key) && (room.size >= MOST || isFull(room, network))) return;
      room.set(key, { at: clock.now(), network });
    },
    counts() {
      const since = clock.now() - GONE_MS;
      const counts = new Map<string, number>();
      for (const [slug, room] of rooms) {
        for (const [key, { at }] of room) {
          if (at > since) break;
          room.delete(key);
        }
        if (room.size > 0) counts.set(slug, room.size);
        else rooms.delete(slug);
      }
      return counts;
    },
  };
}

/** Counted only where somebody new comes to a room that many hear. */
function isFull(room: ReadonlyMap<string | object, Heard>, network: string | undefined): boolean {
  if (network === undefined || room.size < MOST_OF_NETWORK) return false;
  let count = 0;
  for (const heard of room.values()) if (heard.network === network) count += 1;
  return count >= MOST_OF_NETWORK;
}
