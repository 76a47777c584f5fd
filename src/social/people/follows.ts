import { type Kysely, sql } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Schema, Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import { blockBetween } from './shields.ts';

/** Accounts that one account follows, at most. */
export const MOST_FOLLOWED = 10_000;
/** So many at once when an account is forgotten, and when counts are looked through. */
const BATCH = 500;

/** How many follow somebody, and how many they follow. */
export interface FollowCounts {
  readonly followers: number;
  readonly following: number;
}

type Db = Kysely<Schema>;
const OTHER = { follower: 'followee', followee: 'follower' } as const;
/** The count of whoever stands on that side of a row. */
const COUNT = { follower: 'following', followee: 'followers' } as const;
type Side = keyof typeof OTHER;
type Hold = (trx: Db, accounts: readonly string[]) => Promise<void>;

/** Holds the counts of these people until the end of the transaction; SQLite has one writer anyway. */
async function lock(trx: Db, engine: Store['engine'], accounts: readonly string[]): Promise<void> {
  if (engine === 'postgres' && accounts.length > 0)
    await trx
      .selectFrom('social_profile')
      .select('account')
      .where('account', 'in', [...accounts])
      .orderBy('account')
      .forUpdate()
      .execute();
}

async function add(trx: Db, accounts: readonly string[], count: 'followers' | 'following', by: number) {
  await trx
    .updateTable('social_profile')
    .set((e) => ({ [count]: e(count, '+', by) }))
    .where('account', 'in', [...accounts])
    .execute();
}

/** Removes up to `BATCH` rows of an account on one side; how many there were. */
const forgetSome = (db: Db, hold: Hold, account: string, side: Side): Promise<number> =>
  db.transaction().execute(async (trx) => {
    const rows = await trx
      .selectFrom('social_follow')
      .select(`${OTHER[side]} as account`)
      .where(side, '=', account)
      .limit(BATCH)
      .execute();
    const others = rows.map((row) => row.account);
    if (others.length === 0) return 0;
    await hold(trx, [account, ...others]);
    const gone = await trx
      .deleteFrom('social_follow')
      .where(side, '=', account)
      .where(OTHER[side], 'in', others)
      .returning(`${OTHER[side]} as account`)
      .execute();
    if (gone.length > 0) {
      await add(
        trx,
        gone.map((row) => row.account),
        COUNT[OTHER[side]],
        -1,
      );
      await add(trx, [account], COUNT[side], -gone.length);
    }
    return others.length;
  });

/** Looks through all profiles, and puts counts right that are not; how many there were. */
async function recount(db: Db, hold: Hold): Promise<number> {
  let wrong = 0;
  for (let after = ''; ; ) {
    const rows = await db
      .selectFrom('social_profile')
      .select('account')
      .where('account', '>', after)
      .orderBy('account')
      .limit(BATCH)
      .execute();
    const accounts = rows.map(({ account }) => account);
    const last = accounts.at(-1);
    if (last === undefined) return wrong;
    wrong += await db.transaction().execute(async (trx) => {
      await hold(trx, accounts);
      const right = sql`followers = (select count(*) from social_follow where followee = social_profile.account)
        and following = (select count(*) from social_follow where follower = social_profile.account)`;
      const { numAffectedRows = 0n } = await sql`update social_profile set
        followers = (select count(*) from social_follow where followee = social_profile.account),
        following = (select count(*) from social_follow where follower = social_profile.account)
        where account in (${sql.join(accounts)}) and not (${right})`.execute(trx);
      return Number(numAffectedRows);
    });
    after = last;
  }
}

/**
 * Opens who follows whom. Counts stand beside the profiles and change in the transaction of the row that they count, so
 * that nobody counts a million rows to show a page. Whoever changes rows of two people locks both profiles first, in one
 * order: two who follow each other at once do not wait for each other, and a block is never overtaken.
 */
export function openFollows({
  store,
  clock,
  notices,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: NotificationBook;
}) {
  const { db, engine } = store;
  const hold: Hold = (trx, accounts) => lock(trx, engine, accounts);
  /** As a part of what `trx` does, which has locked both. */
  const untie = async (trx: Db, follower: string, followee: string): Promise<void> => {
    const gone = await trx
      .deleteFrom('social_follow')
      .where('follower', '=', follower)
      .where('followee', '=', followee)
      .returning('at')
      .executeTakeFirst();
    if (!gone) return;
    await add(trx, [follower], 'following', -1);
    await add(trx, [followee], 'followers', -1);
    notices.tookBack(followee, 'follow', follower);
  };

  return {
    follow: (follower: string, followee: string): Promise<'full' | 'blocked' | undefined> =>
      db.transaction().execute(async (trx) => {
        await hold(trx, [follower, followee]);
        if (await blockBetween(trx, follower, followee)) return 'blocked';
        const known = await trx
          .selectFrom('social_follow')
          .select('at')
          .where('follower', '=', follower)
          .where('followee', '=', followee)
          .executeTakeFirst();
        if (known) return undefined;
        const { numUpdatedRows } = await trx
          .updateTable('social_profile')
          .set((e) => ({ following: e('following', '+', 1) }))
          .where('account', '=', follower)
          .where('following', '<', MOST_FOLLOWED)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return 'full';
        await trx.insertInto('social_follow').values({ follower, followee, at: clock.wall() }).execute();
        await add(trx, [followee], 'followers', 1);
        await notices.many(trx, followee, 'follow', follower);
        return undefined;
      }),
    unfollow: (follower: string, followee: string): Promise<void> =>
      db.transaction().execute(async (trx) => {
        await hold(trx, [follower, followee]);
        await untie(trx, follower, followee);
      }),
    /** Neither follows the other any more, as a part of what `trx` does. */
    async unfollowIn(trx: Db, one: string, other: string): Promise<void> {
      await hold(trx, [one, other]);
      await untie(trx, one, other);
      await untie(trx, other, one);
    },
    async counts(account: string): Promise<FollowCounts> {
      const row = await db
        .selectFrom('social_profile')
        .select(['followers', 'following'])
        .where('account', '=', account)
        .executeTakeFirst();
      return row ?? { followers: 0, following: 0 };
    },
    recount: () => recount(db, hold),
    async forget(account: string): Promise<void> {
      for (const side of ['follower', 'followee'] as const)
        while ((await forgetSome(db, hold, account, side)) > 0);
    },
  };
}
