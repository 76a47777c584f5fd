import type { AudienceEvent } from '../../wire/audience-events.ts';
import { TIME_CLASSES, timeClass } from '../../wire/figures/door-answers.ts';
import { addReactions, noReactions, type ReactionCounts } from '../../wire/interaction/reactions.ts';
import { JOIN_FAILURES, type JoinFailure } from '../../wire/metrics.ts';
import type { RoomEvents } from '../../wire/room-events.ts';
import { OpenPages } from './open-pages.ts';
import { RecentKeys } from './posts/recent-keys.ts';

/** Keys of events that are remembered. */
const MOST_KEYS = 65_536;
/** Posts of one room that are told apart. */
const MOST_POSTS = 256;
/** Rooms whose events are counted; beyond it those of new rooms are not. */
const MOST_ROOMS = 10_000;

/** The sums of a room, as they are counted. */
interface Counted {
  visits: number;
  attempts: number;
  retries: number;
  successes: number;
  impressions: number;
  embedImpressions: number;
  /** Absent before the first page said that it is open. */
  pages?: number;
  /** Impressions of posts that carry the room's card. */
  posts?: Record<string, number>;
  reactions: ReactionCounts;
  readonly failures: Record<JoinFailure, number>;
}

const none = (): Counted => ({
  ...{ visits: 0, attempts: 0, retries: 0, successes: 0, impressions: 0, embedImpressions: 0 },
  reactions: noReactions(),
  failures: Object.fromEntries(JOIN_FAILURES.map((reason) => [reason, 0])) as Record<JoinFailure, number>,
});

/** Counts the events that pages report. Each event counts once, however often it is reported. */
export class PageCounts {
  readonly #rooms = new Map<string, Counted>();
  readonly #changed = new Set<string>();
  readonly #keys = new RecentKeys(MOST_KEYS);
  readonly #open = new OpenPages();
  /** From the press on Listen to the first sound, of all rooms, by class. */
  readonly firstSound: number[] = Array.from({ length: TIME_CLASSES }, () => 0);

  /** Events of a room, at `wall` (ms). */
  take(slug: string, events: readonly AudienceEvent[], wall: number): void {
    for (const event of events) {
      const [name, key, detail] = event;
      if (name === 'page-open') {
        this.#open.take(slug, key, Number(detail), wall);
        continue;
      }
      // A success is one, whatever time it tells.
      const told = name === 'success' ? [name, key] : event;
      if (!this.#keys.isNew(`${slug} ${told.join(' ')}`)) continue;
      const room = this.#room(slug);
      if (!room) return;
      add(room, event);
      if (name === 'success' && detail !== undefined) {
        const at = timeClass(Number(detail));
        this.firstSound[at] = (this.firstSound[at] ?? 0) + 1;
      }
      this.#changed.add(slug);
    }
  }

  /** Reactions of a room that counted. */
  reacted(slug: string, counts: ReactionCounts): void {
    const room = this.#room(slug);
    if (!room) return;
    room.reactions = addReactions(room.reactions, counts);
    this.#changed.add(slug);
  }

  /** A post that carries the room's card was seen. Of the first 256 posts of a room each is a figure of its own. */
  postSeen(slug: string, post: string): void {
    const room = this.#room(slug);
    if (!room) return;
    room.posts ??= {};
    const known = room.posts[post];
    if (known === undefined && Object.keys(room.posts).length >= MOST_POSTS) return;
    room.posts[post] = (known ?? 0) + 1;
    this.#changed.add(slug);
  }

  /** Signs of open pages that were not counted, because there are too many. */
  get uncounted(): number {
    return this.#open.uncounted;
  }

  #room(slug: string): Counted | undefined {
    const known = this.#rooms.get(slug);
    if (known || this.#rooms.size >= MOST_ROOMS) return known;
    const room = none();
    this.#rooms.set(slug, room);
    return room;
  }

  /** What has changed at `wall` (ms) since it was taken last; all that there is with `all`. */
  changes(wall: number, all = false): Readonly<Record<string, RoomEvents>> {
    for (const [slug, pages] of this.#open.counts(wall)) {
      const room = this.#room(slug);
      // Who has just come is counted at the end of the slot.
      if (!room || room.pages === pages || (room.pages === undefined && pages === 0)) continue;
      room.pages = pages;
      this.#changed.add(slug);
    }
    const found: Record<string, RoomEvents> = {};
    for (const [slug, room] of this.#rooms) if (all || this.#changed.has(slug)) found[slug] = copied(room);
    this.#changed.clear();
    return found;
  }
}

const copied = ({ posts, failures, ...room }: Counted): RoomEvents => ({
  ...{ ...room, failures: { ...failures } },
  ...(posts ? { posts: { ...posts } } : {}),
});

function add(room: Counted, [name, , detail]: AudienceEvent): void {
  switch (name) {
    case 'visit':
      room.visits += 1;
      break;
    case 'attempt':
      room.attempts += 1;
      break;
    case 'retry':
      room.retries += 1;
      break;
    case 'success':
      room.successes += 1;
      break;
    case 'failure':
      room.failures[detail as JoinFailure] += 1;
      break;
    case 'impression':
      room.impressions += 1;
      break;
    case 'embed-impression':
      room.embedImpressions += 1;
      break;
  }
}
