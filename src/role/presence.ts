import { EMPTY, type Message, type Presence } from '../wire/feed.ts';

/** What a door counts for one room. */
export type RoomCount = Pick<Presence, 'streams' | 'live' | 'wanted'>;

/** What a door's presence is made of. */
export interface PresenceDeps {
  readonly door: string;
  counts(): ReadonlyMap<string, RoomCount>;
  wish(slug: string): Pick<Presence, 'level' | 'why' | 'spare'>;
  /** Rooms above level 0 by this door's wish. */
  wishing(): Iterable<string>;
}

/**
 * Makes the presence messages of one second: every room that is heard or wished for, and once more, as zero, each that
 * was told of before and is no longer.
 */
export function openPresence(deps: PresenceDeps): () => Message[] {
  let told = new Set<string>();
  return () => {
    const counts = deps.counts();
    const now = new Set([...counts.keys(), ...deps.wishing()]);
    const messages = [...now.union(told)].map(
      (slug): Message => ({
        head: {
          kind: 'presence',
          ...{ slug, door: deps.door, streams: 0 },
          ...counts.get(slug),
          ...deps.wish(slug),
        },
        body: EMPTY,
      }),
    );
    told = now;
    return messages;
  };
}
