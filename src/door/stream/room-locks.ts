import type { RoomCard } from '../../wire/room.ts';

/** What a card says of who may listen. */
type Lock = Pick<RoomCard, 'access' | 'lock'>;

/** While everybody may listen no key counts. */
const OPEN = 'open';

/** Notices which rooms have closed to people who listen: their keys were withdrawn, or the room has become private. */
export class RoomLocks {
  readonly #card: (slug: string) => Lock | undefined;
  /** The lock with which the first of those came who listen now. */
  #known = new Map<string, string>();

  constructor(card: (slug: string) => Lock | undefined) {
    this.#card = card;
  }

  /** The lock of a room as it is now; undefined for one that is not known. */
  of(slug: string): string | undefined {
    const found = this.#card(slug);
    return found && (found.access === 'private' ? (found.lock ?? '') : OPEN);
  }

  /** Somebody listens who was let in with this lock: it counts from now on, also when it changes before the next look. */
  joined(slug: string, lock: string | undefined): void {
    if (lock !== undefined && !this.#known.has(slug)) this.#known.set(slug, lock);
  }

  /** The rooms, among those that are heard now, whose listeners have to come in again. Call about once a second. */
  closed(heard: Iterable<string>): readonly string[] {
    const now = new Map<string, string>();
    const closed: string[] = [];
    for (const slug of heard) {
      const lock = this.of(slug);
      if (lock === undefined) continue;
      const before = this.#known.get(slug);
      if (before !== undefined && before !== lock && lock !== OPEN) closed.push(slug);
      now.set(slug, lock);
    }
    this.#known = now;
    return closed;
  }
}
