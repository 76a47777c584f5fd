import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CalendarEvent } from '../feeds/index.ts';
import type { Social } from '../social/index.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { Evening } from '../wire/evening.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Reminding } from './reminder/reminding.ts';

/** What feeds of posts and calendars of hosts need. */
export interface FeedDeps {
  readonly posts: Pick<Social, 'publicPosts' | 'person'>;
  /** A room as calendars have it, below this origin; undefined where there is none, or none that lists may name. */
  event(slug: string, base: string): Promise<CalendarEvent | undefined>;
  /** What never changes of this installation, for the ids of its feeds. */
  readonly seed: string;
}

/** One page of this part. */
export interface SyndicationPage {
  readonly title: string;
  /** For previews of links, in one sentence. */
  readonly about: string;
  readonly path: string;
  /** What is inside `<main>`. */
  readonly main: string;
  /** Who reads it: the ways to other pages are theirs. */
  readonly reader?: 'known' | 'stranger';
  /** A script of this page alone, by its source. */
  readonly script?: string;
}

/** What reminders, feeds, calendars and the forecast need. */
export interface AroundRoomDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The origin that people use; undefined: paths alone. */
  readonly publicUrl?: string | undefined;
  /** Puts a page into the frame of all pages; absent: it is bare HTML. */
  frame?(language: 'en' | 'fr', page: SyndicationPage): string;
  /** Who sends a request. What a foreign page sends is nobody's. */
  account(request: Request): Promise<AccountCard | undefined>;
  /** A room that is announced, runs or is over; undefined where there is none. */
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** Every room that is announced or runs, and the newest finished ones. */
  cards(): readonly RoomCard[];
  /** How reminders leave this server; absent: nobody is reminded. */
  readonly reminding?: Reminding | undefined;
  /** The number of those who are reminded of a room has changed. */
  reminded?(room: string): void;
  /** Absent: there are no feeds. */
  readonly feeds?: FeedDeps;
  /** Who counts listeners, and the machine that carries them; absent: nothing is foretold. */
  readonly counting?: ForecastCounting;
}

/** What is counted, and what it is held against. */
export interface ForecastCounting {
  readonly machine: ForecastMachine;
  /** The numbers of a room, and its evening; undefined where nothing was counted. */
  numbersOf(slug: string): Promise<RoomNumbers | undefined>;
  eveningOf(slug: string): Promise<Evening | undefined>;
}

/** The machine on which the doors are, as its configuration has it. */
export interface ForecastMachine {
  readonly cores: number;
  /** Bytes a second; undefined: nobody has said what the network carries. */
  readonly egressLimit: number | undefined;
  readonly tls: boolean;
  readonly caches: boolean;
}

/** One of the things of which this part consists: it answers its own addresses. */
export interface Station {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
  /** A room has changed, or is gone. */
  roomChanged?(slug: string): void;
  /** What it keeps about an account, by name. */
  exported?(account: string): Promise<object>;
  /** Forgets an account that is erased. */
  forget?(account: string): Promise<void>;
  close?(): Promise<void>;
}
