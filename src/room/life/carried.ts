import { isClosed, relocked } from '../arrangements.ts';
import type { Book } from '../book.ts';
import type { RoomOnSite } from '../rows.ts';

/** Private rooms in a row of which each continues the one before. */
const MOST_ROOMS = 8;

/** A room whose listeners are let in. */
interface LettingIn {
  readonly room: RoomOnSite;
  /** Only whoever was let in there by then, wall-clock ms: when it was continued. Absent: the room itself. */
  readonly by?: number;
}

/**
 * The private rooms whose listeners are let into this one: itself, the one that it continues, and so on. It ends where
 * the keys of a room were withdrawn since, or where a room is closed no more. Whom the host of an earlier room lets in
 * after it was continued is not let in here: that is for the hosts of this one.
 */
export async function letInBy(book: Book, entry: RoomOnSite): Promise<readonly LettingIn[]> {
  const rooms: LettingIn[] = [{ room: entry }];
  for (let last = entry; rooms.length < MOST_ROOMS; ) {
    const { carried, guests = 0, plans } = last.arrangements ?? {};
    const by = plans?.continues?.at;
    if (!carried || by === undefined || carried.guests !== guests) break;
    const before = await book.find(carried.slug);
    if (!before || before.id !== carried.id || !isClosed(before)) break;
    rooms.push({ room: before, by });
    last = before;
  }
  return rooms;
}

/** Makes every key of a private room void, and of those that continue it: whoever was let in has to show by what. */
export async function relock(book: Book, slug: string): Promise<void> {
  let next: string | undefined = slug;
  for (let rooms = 0; next !== undefined && rooms < MOST_ROOMS; rooms++) {
    const made = await book.change(next, relocked);
    next = 'refused' in made ? undefined : made.arrangements?.plans?.continuedBy?.slug;
  }
}
