import type { Selectable, Updateable } from 'kysely';
import type { Cursor } from '../api/index.ts';
import type { RoomTable, Store } from '../store/index.ts';
import type {
  Clocks,
  HostGone,
  Quarantine,
  Revoked,
  RoomAccess,
  RoomCard,
  RoomPlans,
  RoomStatus,
  StoppedRoom,
} from '../wire/room.ts';
import type { Ban, StageRules } from '../wire/stage/hands.ts';
import type { KeptPassword } from './access/password.ts';

/** What was done to a room beside what its hosts do. */
export interface Measures {
  readonly stopped?: StoppedRoom;
  readonly quarantine?: Quarantine;
  /** Taken out of all lists by the operator, wall-clock ms. */
  readonly unlisted?: number;
  /** Who stands in for a host whose connections are gone; holds while the room runs. */
  readonly hostGone?: HostGone;
  /** Wall-clock ms at which it was kept apart last. */
  readonly apartAt?: number;
}

/** What a host has arranged for a room beside what its card always has. */
export interface Arrangements {
  /** See `RoomCard.about`. */
  readonly about?: string;
  /** Not announced yet: nobody is told of it but its hosts. */
  readonly draft?: true;
  /** Absent: public. */
  readonly access?: Exclude<RoomAccess, 'public'>;
  /** See `RoomCard.lock`. */
  readonly lock?: string;
  readonly password?: KeptPassword;
  /** The edition of guest links that is good now; absent: 0. */
  readonly guests?: number;
  readonly plans?: RoomPlans;
  /**
   * The private room that this one continues, by address and row, and the edition of guest links then: whoever is let in
   * there is let in here, until the keys of this one are withdrawn.
   */
  readonly carried?: { readonly slug: string; readonly id: string; readonly guests: number };
}

/** One room: its card, the key of its row, and facts that only the site knows. */
export interface RoomOnSite {
  readonly id: string;
  readonly created: number;
  readonly card: RoomCard;
  readonly revoked: Revoked;
  /** Changes to what a calendar shows, and when the newest was. */
  readonly sequence: number;
  readonly modified?: number;
  /** When it was removed from all lists: only its address remains. */
  readonly removed?: number;
  /** Stopped by the operator, or kept apart. */
  readonly measures?: Measures;
  /** Who may come, and what its hosts say. */
  readonly arrangements?: Arrangements;
}

/** Nothing is withdrawn. */
export const NOTHING_REVOKED: Revoked = { generation: 0, barred: [] };

/** Finished rooms that carried speech and are kept in memory and told to the doors; older ones stay in the database. */
export const KEPT_SPOKEN = 2000;
/**
 * Finished rooms in which nobody ever spoke that are kept in memory and told to the doors; they are limited separately,
 * so that empty rooms cannot push out the others.
 */
export const KEPT_UNSPOKEN = 200;

/**
 * All announced or running rooms, and the newest finished ones. `whole`: there are no others.
 */
export async function readCurrent(store: Store): Promise<{ rooms: RoomOnSite[]; whole: boolean }> {
  const rooms = store.db.selectFrom('room').selectAll().where('removed', 'is', null);
  const current = await rooms.where('status', 'in', ['scheduled', 'open', 'live']).execute();
  const finished = rooms.where('status', 'in', ['ended', 'cancelled']).orderBy('created', 'desc');
  const spoken = await finished.where('first_speech', 'is not', null).limit(KEPT_SPOKEN).execute();
  const unspoken = await finished.where('first_speech', 'is', null).limit(KEPT_UNSPOKEN).execute();
  return {
    rooms: [...current, ...spoken, ...unspoken].map(fromRow),
    whole: spoken.length < KEPT_SPOKEN && unspoken.length < KEPT_UNSPOKEN,
  };
}

/** Of finished rooms, newest first, those that memory no longer holds. */
export function beyondMemory(over: readonly RoomOnSite[]): RoomOnSite[] {
  const [spoken = [], unspoken = []] = [true, false].map((spoke) =>
    over.filter(({ card }) => (card.clocks.firstSpeech !== undefined) === spoke),
  );
  return [...spoken.slice(KEPT_SPOKEN), ...unspoken.slice(KEPT_UNSPOKEN)];
}

/** One room by its address. */
export async function readOne(store: Store, slug: string): Promise<RoomOnSite | undefined> {
  const row = await store.db.selectFrom('room').selectAll().where('slug', '=', slug).executeTakeFirst();
  return row && fromRow(row);
}

/** One room by the id of its row, unless it was removed. */
export async function readById(store: Store, id: string): Promise<RoomOnSite | undefined> {
  const row = await store.db
    .selectFrom('room')
    .selectAll()
    .where('id', '=', id)
    .where('removed', 'is', null)
    .executeTakeFirst();
  return row && fromRow(row);
}

/** Rooms older than `after`, newest first, of rooms that are listed. */
export async function readOlder(
  store: Store,
  after: Cursor | undefined,
  statuses: readonly string[] | undefined,
  limit: number,
): Promise<RoomOnSite[]> {
  let rooms = store.db.selectFrom('room').selectAll().where('removed', 'is', null);
  if (statuses) rooms = rooms.where('status', 'in', statuses);
  if (after)
    rooms = rooms.where((e) =>
      e.or([e('created', '<', after.at), e.and([e('created', '=', after.at), e('slug', '>', after.key)])]),
    );
  const rows = await rooms.orderBy('created', 'desc').orderBy('slug').limit(limit).execute();
  return rows.map(fromRow);
}

/** Writes a new room. @throws what `isDuplicate` recognises when the address is taken. */
export async function insert(store: Store, entry: RoomOnSite): Promise<void> {
  await store.db
    .insertInto('room')
    .values({ id: entry.id, created: entry.created, slug: entry.card.slug, ...toRow(entry) })
    .execute();
}

/** Forgets a room for good; its address is free. */
export async function erase(store: Store, { id }: RoomOnSite): Promise<void> {
  await store.db.deleteFrom('room').where('id', '=', id).execute();
}

/** Writes what may have changed of a room. */
export async function update(store: Store, entry: RoomOnSite): Promise<void> {
  const { zero, ...row } = toRow(entry);
  const change: Updateable<RoomTable> = zero === null ? row : { ...row, zero };
  await store.db.updateTable('room').set(change).where('id', '=', entry.id).executeTakeFirstOrThrow();
}

function toRow({ card, revoked, sequence, modified, removed, measures, arrangements }: RoomOnSite) {
  return {
    generation: revoked.generation,
    spared: revoked.spared ?? null,
    barred: JSON.stringify(revoked.barred),
    bans: JSON.stringify(revoked.bans ?? []),
    rules: card.rules === undefined ? null : JSON.stringify(card.rules),
    sequence,
    modified: modified ?? null,
    removed: removed ?? null,
    measures: measures === undefined ? null : JSON.stringify(measures),
    arrangements: arrangements === undefined ? null : JSON.stringify(arrangements),
    title: card.title,
    hosts: JSON.stringify(card.hosts),
    status: card.status,
    start: card.clocks.scheduled ?? null,
    zone: card.zone ?? null,
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

function fromRow(row: Selectable<RoomTable>): RoomOnSite {
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
    ...(row.rules === null ? {} : { rules: JSON.parse(row.rules) as StageRules }),
    ...(row.zone === null ? {} : { zone: row.zone }),
    ...(row.welcome ? { welcome: true } : {}),
  };
  const revoked: Revoked = {
    generation: row.generation,
    ...(row.spared === null ? {} : { spared: row.spared }),
    barred: JSON.parse(row.barred) as string[],
    ...(row.bans === '[]' ? {} : { bans: JSON.parse(row.bans) as Ban[] }),
  };
  return {
    ...{ id: row.id, created: row.created, card, revoked, sequence: row.sequence },
    ...(row.modified === null ? {} : { modified: row.modified }),
    ...(row.removed === null ? {} : { removed: row.removed }),
    ...(row.measures === null ? {} : { measures: JSON.parse(row.measures) as Measures }),
    ...(row.arrangements === null ? {} : { arrangements: JSON.parse(row.arrangements) as Arrangements }),
  };
}
