import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { RoomCard } from '../wire/room.ts';
import type { Reminding } from './reminder/reminding.ts';

/** One page of this part. */
export interface SyndicationPage {
  readonly title: string;
  /** For previews of links, in one sentence. */
  readonly about: string;
  readonly path: string;
  /** What is inside `<main>`. */
  readonly main: string;
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
