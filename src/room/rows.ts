import type { Selectable, Updateable } from 'kysely';
import type { RoomTable, Store } from '../store/index.ts';
import type { Clocks, RoomCard, RoomStatus } from '../wire/room.ts';

/** A card and the key of its row. */
export interface Entry {
  readonly id: string;
  readonly created: number;
  readonly card: RoomCard;
}

/** Finished rooms that carried speech and are kept in memory and told to the doors; older ones stay in the database. */
export const KEPT_SPOKEN = 2000;
/** The same of those in which nobody ever spoke, so that empty rooms cannot push out the others. */
export const KEPT_UNSPOKEN = 200;

/** All rooms to come or on, and the newest finished ones. */
export async function readCurrent(store: Store): Promise<Entry[]> {
  const rooms = store.db.selectFrom('room').selectAll();
  const current = await rooms.where('status', 'in', ['scheduled', 'open', 'live']).execute();
  const finished = rooms.where('status', 'in', ['ended', 'cancelled']).orderBy('created', 'desc');
  const spoken = await finished.where('first_speech', 'is not', null).limit(KEPT_SPOKEN).execute();
  const unspoken = await finished.where('first_speech', 'is', null).limit(KEPT_UNSPOKEN).execute();
  return [...current, ...spoken, ...unspoken].map(fromRow);
}

/** One room by its address. */
export async function readOne(store: Store, slug: string): Promise<Entry | undefined> {
  const row = await store.db.selectFrom('room').selectAll().where('slug', '=', slug).executeTakeFirst();
  return row && fromRow(row);
}

/** Writes a new room. @throws what `isDuplicate` recognises when the address is taken. */
export async function insert(store: Store, entry: Entry): Promise<void> {
  await store.db
    .insertInto('room')
    .values({ id: entry.id, created: entry.created, slug: entry.card.slug, ...toRow(entry.card) })
    .execute();
}

/** Writes what may have changed of a room. */
export async function update(store: Store, { id, card }: Entry): Promise<void> {
  const { zero, ...row } = toRow(card);
  const change: Updateable<RoomTable> = zero === null ? row : { ...row, zero };
  await store.db.updateTable('room').set(change).where('id', '=', id).executeTakeFirstOrThrow();
}

function toRow(card: RoomCard) {
  return {
    title: card.title,
    hosts: JSON.stringify(card.hosts),
    status: card.status,
    start: card.clocks.scheduled ?? null,
    opened: card.clocks.opened ?? null,
    first_audio: card.clocks.firstAudio ?? null,
    first_speech: card.clocks.firstSpeech ?? null,
    ended: card.clocks.ended ?? null,
    zero: card.zero ?? null,
    cell: card.cell ?? null,
    cap: card.cap ?? null,
    welcome: card.welcome ? 1 : 0,
  };
}

function fromRow(row: Selectable<RoomTable>): Entry {
  const clocks: Clocks = {
    ...(row.start === null ? {} : { scheduled: row.start }),
    ...(row.opened === null ? {} : { opened: row.opened }),
    ...(row.first_audio === null ? {} : { firstAudio: row.first_audio }),
    ...(row.first_speech === null ? {} : { firstSpeech: row.first_speech }),
    ...(row.ended === null ? {} : { ended: row.ended }),
  };
  const card: RoomCard = {
    slug: row.slug,
    title: row.title,
    hosts: JSON.parse(row.hosts) as string[],
    status: row.status as RoomStatus,
    clocks,
    ...(row.zero === null ? {} : { zero: row.zero }),
    ...(row.cell === null ? {} : { cell: row.cell }),
    ...(row.cap === null ? {} : { cap: row.cap }),
    ...(row.welcome ? { welcome: true } : {}),
  };
  return { id: row.id, created: row.created, card };
}
