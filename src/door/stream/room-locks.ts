import type { RoomCard } from '../../wire/room.ts';

/** What a card says of who may listen. */
type Lock = Pick<RoomCard, 'access' | 'lock'>;

/** Notices which rooms have closed to people who listen: their keys were withdrawn, or the room has become private. */
export class RoomLocks {
  #known = new Map<string, string>();

  /** The rooms, among those that are heard now, whose listeners have to come in again. Call about once a second. */
  closed(heard: Iterable<string>, card: (slug: string) => Lock | undefined): readonly string[] {
    const now = new Map<string, string>();
    const closed: string[] = [];
    for (const slug of heard) {
      const found = card(slug);
      if (!found) continue;
      // While everybody may listen no key counts.
      const lock = found.access === 'private' ? (found.lock ?? '') : 'open';
      const before = this.#known.get(slug);
      if (before !== undefined && before !== lock && lock !== 'open') closed.push(slug);
      now.set(slug, lock);
    }
    this.#known = now;
    return closed;
  }
}
