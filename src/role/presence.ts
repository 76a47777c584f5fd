import { EMPTY, type Message, type Presence } from '../wire/feed.ts';

/** What a door counts for one room. */
export type RoomPresence = Pick<Presence, 'streams' | 'live' | 'wanted'>;

/** What a door's presence messages are made from. */
export interface PresenceDeps {
  readonly door: string;
  counts(): ReadonlyMap<string, RoomPresence>;
  /** Per room, the renditions that were joined or fetched within the last minute; see `Origin.wanted`. */
  wanted(): ReadonlyMap<string, readonly string[]>;
  /** Listeners to the recordings of running rooms. */
  catchingUp(): ReadonlyMap<string, number>;
  wish(slug: string): Pick<Presence, 'level' | 'why' | 'spare'>;
  /** Rooms above level 0 by this door's wish. */
  wishing(): Iterable<string>;
}

/**
 * Makes the presence messages of one second: one for every room that has listeners or a wish, and a last one, with
 * zeros, for each room that no longer has any.
 */
export function openPresence(deps: PresenceDeps): () => Message[] {
  let told = new Set<string>();
  return () => {
    const counts = deps.counts();
    const asked = deps.wanted();
    const later = deps.catchingUp();
    const now = new Set([...counts.keys(), ...deps.wishing(), ...asked.keys(), ...later.keys()]);
    const wanted = (slug: string): Pick<Presence, 'wanted'> => {
      const ids = new Set([...(counts.get(slug)?.wanted ?? []), ...(asked.get(slug) ?? [])]);
      return ids.size > 0 ? { wanted: [...ids] } : {};
    };
    const messages = [...now.union(told)].map(
      (slug): Message => ({
        head: {
          kind: 'presence',
          ...{ slug, door: deps.door, streams: 0 },
          ...counts.get(slug),
          ...wanted(slug),
          ...(later.has(slug) ? { catchingUp: later.get(slug) as number } : {}),
          ...deps.wish(slug),
        },
        body: EMPTY,
      }),
    );
    told = now;
    return messages;
  };
}
