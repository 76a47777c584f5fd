import type { Clock } from '../base/clock.ts';

/** Somebody who plays asks for 5.12 s of recording every 5.12 s; after this long without asking they have stopped, ms. */
const GONE_MS = 20_000;
/** Listeners remembered in one room, and rooms: beyond it nobody more is counted, and nothing more is kept. */
const MOST = 10_000;
const MOST_ROOMS = 1_000;
/** What a player names itself by for as long as it plays: made up by chance, in no log and no file. */
const NAME = /^[\w-]{8,32}$/;

/** How many hear the recording of each room just now. */
export interface CatchingUp {
  /** Recorded sound of a room was asked for: by a player that names itself, or else on `connection`. */
  asked(slug: string, name: unknown, connection: object): void;
  /** Listeners of the last 20 s; rooms without any are left out. */
  counts(): ReadonlyMap<string, number>;
}

/** Opens the count. It keeps when each was last heard of, and nothing else. */
export function openCatchingUp(clock: Clock): CatchingUp {
  const rooms = new Map<string, Map<string | object, number>>();
  return {
    asked(slug, name, connection) {
      const key = typeof name === 'string' && NAME.test(name) ? name : connection;
      let room = rooms.get(slug);
      if (!room) {
        if (rooms.size >= MOST_ROOMS) return;
        room = new Map();
        rooms.set(slug, room);
      }
      // The longest unheard of stands first.
      if (!room.delete(key) && room.size >= MOST) return;
      room.set(key, clock.now());
    },
    counts() {
      const since = clock.now() - GONE_MS;
      const counts = new Map<string, number>();
      for (const [slug, room] of rooms) {
        for (const [key, at] of room) {
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
