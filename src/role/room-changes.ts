import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { EMPTY, type Message } from '../wire/feed.ts';
import type { RoomCard } from '../wire/room.ts';

/** Changes within this time of each other are sent together. */
const GATHER_MS = 150;

/** Dependencies of announcing changes. */
export interface RoomChangesDeps {
  readonly clock: Clock;
  /** The room as it is now; undefined when doors and cells need not know it. */
  card(slug: string): RoomCard | undefined;
  publish(message: Message): void;
}

/** Tells doors and cells which rooms have changed. */
export interface RoomChanges extends Disposable {
  /** This room has changed, or has left the list. */
  changed(slug: string): void;
  /** Resolves when every change so far has been told. */
  told(): Promise<void>;
}

/**
 * Opens the announcements: the first change is sent at once, and those that follow are gathered for 150 ms, each room
 * once and as it is at that moment. So a message never says less than a greeting that was sent before it, and the
 * order is that of the changes.
 */
export function openRoomChanges({ clock, card, publish }: RoomChangesDeps): RoomChanges {
  const waiting = new Set<string>();
  let toldAt = Number.NEGATIVE_INFINITY;
  let soon: Disposable | undefined;
  let next = Promise.withResolvers<void>();
  const tell = (): void => {
    soon?.[Symbol.dispose]();
    soon = undefined;
    if (waiting.size === 0) return;
    const rooms: RoomCard[] = [];
    const gone: string[] = [];
    for (const slug of waiting) {
      const now = card(slug);
      if (now) rooms.push(now);
      else gone.push(slug);
    }
    waiting.clear();
    toldAt = clock.now();
    publish({ head: { kind: 'room-changes', rooms, gone }, body: EMPTY });
    next.resolve();
    next = Promise.withResolvers();
  };
  return {
    changed(slug) {
      waiting.add(slug);
      if (soon) return;
      const wait = toldAt + GATHER_MS - clock.now();
      if (wait <= 0) tell();
      else soon = clock.after(ms(wait), tell);
    },
    told: () => (waiting.size === 0 ? Promise.resolve() : next.promise),
    [Symbol.dispose]: tell,
  };
}

/**
 * The rooms that one process knows, from greetings and changes; rooms that have left the list are not among them.
 */
export class KnownRooms {
  readonly #cards = new Map<string, RoomCard>();

  /** Applies a message of the site. Undefined when the message is about something else. */
  take({ head }: Message): { changed: readonly RoomCard[]; gone: readonly string[] } | undefined {
    if (head.kind === 'rooms') return this.replace(head.rooms);
    if (head.kind !== 'room-changes') return undefined;
    for (const card of head.rooms) this.#cards.set(card.slug, card);
    const gone = head.gone.filter((slug) => this.#cards.delete(slug));
    return { changed: head.rooms, gone };
  }

  /** Applies a whole list: rooms that are not in it are gone. */
  replace(rooms: readonly RoomCard[]): { changed: readonly RoomCard[]; gone: readonly string[] } {
    const named = new Set(rooms.map(({ slug }) => slug));
    const gone = [...this.#cards.keys()].filter((slug) => !named.has(slug));
    for (const slug of gone) this.#cards.delete(slug);
    for (const card of rooms) this.#cards.set(card.slug, card);
    return { changed: rooms, gone };
  }

  get(slug: string): RoomCard | undefined {
    return this.#cards.get(slug);
  }

  get size(): number {
    return this.#cards.size;
  }
}
