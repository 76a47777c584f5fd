import { sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';
import { isListed, type RoomCard } from '../../wire/room.ts';
import type { SocialDeps } from '../social-deps.ts';
import { MOST_EVENTS, ROOM_EVENTS, ROOM_EVENTS_MS, type RoomEventKind } from './notification.ts';

/** Rooms whose state is remembered; beyond it their events are read once more. */
const MOST_KNOWN = 10_000;

/** What became of a room, and when. */
export interface RoomEvent {
  readonly slug: string;
  readonly what: RoomEventKind;
  readonly at: number;
}

/** What becomes of listed rooms, for those who follow their hosts. It is put together when it is read, as feeds are. */
export interface FollowedRooms {
  /** A room has changed, or is gone. */
  changed(slug: string): Promise<void>;
  /** The newest of those that concern an account, from `after` (not included) to `until` (included). */
  of(account: string, after: number, until: number, limit: number): Promise<RoomEvent[]>;
}

/** Opens them. */
export function openRoomEvents({
  store,
  clock,
  cardOf,
}: { readonly store: Store; readonly clock: Clock } & Pick<SocialDeps, 'cardOf'>): FollowedRooms {
  const { db } = store;
  /** What was looked at last: rooms change every few seconds, and this hardly ever. */
  const known = new Map<string, string>();

  /** What a room's card says, against what was told of it before. */
  async function newsOf(card: RoomCard): Promise<RoomEventKind | undefined> {
    const { slug, status } = card;
    const rows = await db.selectFrom('social_room_event').selectAll().where('slug', '=', slug).execute();
    const told = new Map(rows.map((row) => [row.what, row]));
    const start = card.clocks.scheduled ?? null;
    if (status === 'scheduled') {
      if (!told.has('announced')) return 'announced';
      const last = rows
        .filter(({ what }) => what === 'announced' || what === 'moved')
        .toSorted((a, b) => b.at - a.at)[0];
      return last?.start === start ? undefined : 'moved';
    }
    if (status === 'live') return told.has('begun') ? undefined : 'begun';
    return status === 'cancelled' && told.has('announced') && !told.has('cancelled')
      ? 'cancelled'
      : undefined;
  }
  return {
    async changed(slug) {
      const card = await cardOf(slug);
      const state = card ? `${card.status} ${card.clocks.scheduled ?? ''} ${card.access ?? ''}` : '';
      if (known.get(slug) === state) return;
      if (known.size > MOST_KNOWN) known.clear();
      known.set(slug, state);
      if (!card || !isListed(card) || card.welcome) return;
      const what = await newsOf(card);
      if (what === undefined) return;
      const row = { slug, what, at: clock.wall(), start: card.clocks.scheduled ?? null };
      await db
        .insertInto('social_room_event')
        .values(row)
        .onConflict((c) => c.columns(['slug', 'what']).doUpdateSet({ at: row.at, start: row.start }))
        .execute();
    },
    async of(account, after, until, limit) {
      const from = Math.max(after, clock.wall() - ROOM_EVENTS_MS);
      const { rows } = await sql<RoomEvent>`
        select slug, what, at from (
          select slug, what, at from social_room_event where at > ${from} and at <= ${until}
          order by at desc limit ${MOST_EVENTS}
        ) as event
        where exists (
          select 1 from room
          inner join room_member on room_member.room = room.id
          inner join social_follow on social_follow.followee = room_member.account
          where room.slug = event.slug and room.removed is null and room_member.role in ('host', 'co-host')
          and social_follow.follower = ${account} and social_follow.at < event.at
          and not exists (
            select 1 from social_shield where account = ${account} and target = room_member.account
          )
        )
        order by at desc limit ${limit}`.execute(db);
      return rows.filter(({ what }) => ROOM_EVENTS.includes(what));
    },
  };
}
