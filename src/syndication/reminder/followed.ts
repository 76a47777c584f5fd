import type { Store } from '../../store/index.ts';
import { isListed, type RoomCard } from '../../wire/room.ts';

/** Accounts that are read at once. */
const BATCH = 500;

/** Who wants to be reminded of the rooms of those whom they follow. */
export interface FollowedChoices {
  /** How; undefined: not at all. */
  of(account: string): Promise<'mail' | undefined>;
  choose(account: string, way: 'off' | 'mail', language: string): Promise<void>;
  /** Everybody who follows a host of a room and wants to be reminded, once each; hosts themselves are left out. */
  ofRoom(card: RoomCard): AsyncGenerator<{ readonly account: string; readonly language: string }>;
}

/** Opens the choices. */
export function openFollowedChoices({ db }: Store, wall: () => number): FollowedChoices {
  return {
    async of(account) {
      const row = await db
        .selectFrom('reminder_choice')
        .select('way')
        .where('account', '=', account)
        .executeTakeFirst();
      return row?.way === 'mail' ? 'mail' : undefined;
    },
    async choose(account, way, language) {
      if (way === 'off') {
        await db.deleteFrom('reminder_choice').where('account', '=', account).execute();
        // What was planned already ends with it.
        await db.deleteFrom('reminder').where('account', '=', account).execute();
        return;
      }
      const row = { way, language, at: wall(), target: null, keys: null };
      await db
        .insertInto('reminder_choice')
        .values({ account, ...row })
        .onConflict((c) => c.column('account').doUpdateSet(row))
        .execute();
    },
    async *ofRoom(card) {
      if (!isListed(card)) return;
      const hosts = await db
        .selectFrom('room_member')
        .innerJoin('room', 'room.id', 'room_member.room')
        .select('room_member.account')
        .where('room.slug', '=', card.slug)
        .where('room_member.role', 'in', ['host', 'co-host'])
        .where('room.removed', 'is', null)
        .execute();
      const ids = hosts.map(({ account }) => account);
      if (ids.length === 0) return;
      for (let last = ''; ; ) {
        const page = await db
          .selectFrom('reminder_choice')
          .select(['account', 'language'])
          .where('account', '>', last)
          .where('account', 'not in', ids)
          .where('account', 'in', (e) =>
            e.selectFrom('social_follow').select('follower').where('followee', 'in', ids),
          )
          .orderBy('account')
          .limit(BATCH)
          .execute();
        yield* page;
        const end = page.at(-1);
        if (!end || page.length < BATCH) return;
        last = end.account;
      }
    },
  };
}
