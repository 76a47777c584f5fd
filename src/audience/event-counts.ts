import { noReactions, REACTIONS, type Reaction, type ReactionCounts } from '../wire/interaction/reactions.ts';
import { JOIN_FAILURES, type JoinFailure } from '../wire/metrics.ts';
import type { RoomEvents } from '../wire/room-events.ts';
import { cleanPosts, joinPosts, type PostImpressions } from './post-counts.ts';

/** Totals for one room, over all doors and all their restarts. */
export interface EventTotals {
  readonly visits: number;
  readonly attempts: number;
  readonly retries: number;
  readonly successes: number;
  readonly failures: Readonly<Partial<Record<JoinFailure, number>>>;
  readonly impressions: number;
  readonly embedImpressions: number;
  /** Impressions of posts of other accounts, each by itself. */
  readonly posts: PostImpressions;
  /** In the order of `REACTIONS`. */
  readonly reactions: ReactionCounts;
  /** Pages open now; undefined while no door has told of any. */
  readonly pages: number | undefined;
}

const SUMS = ['visits', 'attempts', 'retries', 'successes', 'impressions', 'embedImpressions'] as const;
/** Lives of doors that are kept apart in one room; the oldest is folded into the rest, where it can no longer change. */
const MOST_LIVES = 256;

/** A room's event counts as they are stored on disk. */
export interface EventState {
  readonly lives: readonly (readonly [life: string, events: RoomEvents])[];
  readonly rest: RoomEvents;
}

/** Event counts of one room: the newest report of each run of a door. A repeated or older report changes nothing. */
export class EventCounts {
  readonly #lives = new Map<string, RoomEvents>();
  #rest: RoomEvents = {};

  /** Takes what a door has counted since its life began. Sums never go down. */
  take(door: string, life: string, events: RoomEvents): void {
    const name = `${door} ${life}`;
    // A door has one life at a time: pages that were open in another are no longer.
    for (const [other, known] of this.#lives)
      if (other !== name && known.pages !== undefined && other.startsWith(`${door} `))
        this.#lives.set(other, withoutPages(known));
    this.#lives.set(name, most(this.#lives.get(name) ?? {}, clean(events)));
    if (this.#lives.size <= MOST_LIVES) return;
    const [[oldest, counted]] = this.#lives as unknown as [[string, RoomEvents]];
    this.#lives.delete(oldest);
    this.#rest = add(this.#rest, withoutPages(counted));
  }

  /** The door is away: nobody knows which pages are open there. */
  away(door: string): void {
    for (const [name, events] of this.#lives)
      if (name.startsWith(`${door} `)) this.#lives.set(name, withoutPages(events));
  }

  get totals(): EventTotals {
    const sum = [...this.#lives.values()].reduce(add, this.#rest);
    const of = (name: (typeof SUMS)[number]): number => sum[name] ?? 0;
    return {
      ...{ visits: of('visits'), attempts: of('attempts'), retries: of('retries') },
      ...{ successes: of('successes'), failures: sum.failures ?? {}, impressions: of('impressions') },
      ...{ embedImpressions: of('embedImpressions'), pages: sum.pages },
      posts: sum.posts ?? {},
      reactions: sum.reactions ?? noReactions(),
    };
  }

  dump(): EventState {
    return { lives: [...this.#lives], rest: this.#rest };
  }

  load({ lives, rest }: EventState): void {
    for (const [life, events] of lives) this.#lives.set(life, withoutPages(events));
    this.#rest = withoutPages(rest);
  }
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;

const pagesOf = (pages: number | undefined): Pick<RoomEvents, 'pages'> =>
  pages === undefined ? {} : { pages };
const withoutPages = ({ pages: _, ...rest }: RoomEvents): RoomEvents => rest;

function clean(events: RoomEvents): RoomEvents {
  const failures: Partial<Record<JoinFailure, number>> = {};
  for (const reason of JOIN_FAILURES) {
    const many = count(events.failures?.[reason]);
    if (many > 0) failures[reason] = many;
  }
  const sums = Object.fromEntries(SUMS.map((name) => [name, count(events[name])] as const));
  const pages = events.pages === undefined ? undefined : count(events.pages);
  const reactions = REACTIONS.map((_, index) => count(events.reactions?.[index]));
  return { ...sums, failures, posts: cleanPosts(events.posts), reactions, ...pagesOf(pages) };
}

const join = (a: RoomEvents, b: RoomEvents, with_: (a: number, b: number) => number): RoomEvents => ({
  ...Object.fromEntries(SUMS.map((name) => [name, with_(a[name] ?? 0, b[name] ?? 0)] as const)),
  failures: Object.fromEntries(
    JOIN_FAILURES.map(
      (reason) => [reason, with_(a.failures?.[reason] ?? 0, b.failures?.[reason] ?? 0)] as const,
    ).filter(([, many]) => many > 0),
  ),
  posts: joinPosts(a.posts, b.posts, with_),
  reactions: REACTIONS.map((_, index) => with_(a.reactions?.[index] ?? 0, b.reactions?.[index] ?? 0)),
});

/** Reactions by kind, for the log; undefined when there were none. */
export function reactionsOf({ reactions }: EventTotals): Partial<Record<Reaction, number>> | undefined {
  const some = REACTIONS.flatMap((name, index) => {
    const many = reactions[index] ?? 0;
    return many > 0 ? [[name, many] as const] : [];
  });
  return some.length > 0 ? Object.fromEntries(some) : undefined;
}

const most = (known: RoomEvents, told: RoomEvents): RoomEvents => ({
  ...join(known, told, Math.max),
  ...pagesOf(told.pages),
});
const add = (a: RoomEvents, b: RoomEvents): RoomEvents => ({
  ...join(a, b, (x, y) => x + y),
  ...pagesOf(a.pages === undefined ? b.pages : a.pages + (b.pages ?? 0)),
});
