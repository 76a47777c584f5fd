import type { Cursor } from '../api/index.ts';
import type { Store } from '../store/index.ts';
import { isListed } from '../wire/room.ts';
import type { Book } from './book.ts';
import { measured } from './change.ts';
import { type RoomOnSite, readOlder } from './rows.ts';

/** What a list of rooms may ask for. */
export interface RoomQuery {
  /** Only these; `stopped` is one of them. */
  readonly status?: readonly string[] | undefined;
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/** A page of rooms, newest first. */
export interface RoomPage {
  readonly rooms: readonly RoomOnSite[];
  /** Absent on the last page. */
  readonly next?: Cursor;
}

const cursorOf = ({ created, card }: RoomOnSite): Cursor => ({ at: created, key: card.slug });
/** Statuses of the row under which a stopped room may be found. */
const STOPPABLE = ['scheduled', 'open', 'live'];

/**
 * Opens the list of all rooms: from memory while that holds them all, and while the database is away; otherwise from
 * the database, where the older ones are.
 */
export function openRoomList(deps: { book: Book; store: Store; trouble(error: unknown): boolean }) {
  const { book, store } = deps;
  const wanted =
    ({ status }: RoomQuery) =>
    (entry: RoomOnSite): boolean =>
      isListed(measured(entry)) && (!status || status.includes(measured(entry).status));

  function page(found: readonly RoomOnSite[], limit: number): RoomPage {
    const rooms = found.slice(0, limit);
    const last = rooms.at(-1);
    return found.length > limit && last ? { rooms, next: cursorOf(last) } : { rooms };
  }

  function inMemory(query: RoomQuery): RoomPage {
    const { after, limit } = query;
    const later = (entry: RoomOnSite): boolean =>
      !after || entry.created < after.at || (entry.created === after.at && entry.card.slug > after.key);
    return page(book.entries().filter(wanted(query)).filter(later), limit);
  }

  async function inDatabase(query: RoomQuery): Promise<RoomPage> {
    const { limit, status } = query;
    const statuses = status && [...status, ...(status.includes('stopped') ? STOPPABLE : [])];
    const found: RoomOnSite[] = [];
    let after = query.after;
    // A few of what is read may not be wanted: which rooms are stopped is not a column.
    while (found.length <= limit) {
      const rows = await readOlder(store, after, statuses, limit + 1);
      found.push(...rows.filter(wanted(query)));
      const last = rows.at(-1);
      if (rows.length <= limit || !last) break;
      after = cursorOf(last);
    }
    return page(found, limit);
  }

  return {
    /** One page. */
    async read(query: RoomQuery): Promise<RoomPage> {
      if (book.whole) return inMemory(query);
      try {
        return await inDatabase(query);
      } catch (error) {
        if (!deps.trouble(error)) throw error;
        return inMemory(query);
      }
    },
  };
}
