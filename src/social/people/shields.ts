import type { Kysely } from 'kysely';
import type { Clock } from '../../base/clock.ts';
import type { Schema, Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';

/** Mutes and blocks of one account, at most. */
export const MOST_SHIELDED = 10_000;

/** What keeps somebody away: `mute` from one's own eyes, `block` from everything that is one's own. */
export type ShieldKind = 'mute' | 'block';

/** What one has done against the other, and whether the other has blocked the one. */
const shieldsBetween = (db: Kysely<Schema>, one: string, other: string) =>
  db
    .selectFrom('social_shield')
    .select(['account', 'kind'])
    .where((e) =>
      e.or([
        e.and([e('account', '=', one), e('target', '=', other)]),
        e.and([e('account', '=', other), e('target', '=', one), e('kind', '=', 'block')]),
      ]),
    )
    .execute();

/** True when either has blocked the other. */
export const blockBetween = async (db: Kysely<Schema>, one: string, other: string): Promise<boolean> =>
  (await shieldsBetween(db, one, other)).some(({ kind }) => kind === 'block');

/** Opens who mutes and blocks whom; a block ends that either follows the other. */
export function openShields({
  store,
  clock,
  notices,
  unfollowIn,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly notices: NotificationBook;
  /** Ends that either follows the other, as a part of what `trx` does. */
  unfollowIn(trx: Kysely<Schema>, one: string, other: string): Promise<void>;
}) {
  const { db } = store;
  return {
    between: (one: string, other: string) => shieldsBetween(db, one, other),
    blocked: (one: string, other: string): Promise<boolean> => blockBetween(db, one, other),
    async shield(account: string, target: string, kind: ShieldKind): Promise<'full' | undefined> {
      const { n } = await db
        .selectFrom('social_shield')
        .select((e) => e.fn.countAll().as('n'))
        .where('account', '=', account)
        .executeTakeFirstOrThrow();
      if (Number(n) >= MOST_SHIELDED) return 'full';
      await db.transaction().execute(async (trx) => {
        if (kind === 'block') await unfollowIn(trx, account, target);
        await trx
          .insertInto('social_shield')
          .values({ account, target, kind, at: clock.wall() })
          .onConflict((c) => c.doNothing())
          .execute();
      });
      await notices.shielded(account, target);
      if (kind === 'block') await notices.shielded(target, account);
      return undefined;
    },
    async unshield(account: string, target: string, kind: ShieldKind): Promise<void> {
      await db
        .deleteFrom('social_shield')
        .where('account', '=', account)
        .where('target', '=', target)
        .where('kind', '=', kind)
        .execute();
    },
    async shields(account: string, kind: ShieldKind, limit: number): Promise<string[]> {
      const rows = await db
        .selectFrom('social_shield')
        .select('target')
        .where('account', '=', account)
        .where('kind', '=', kind)
        .orderBy('at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ target }) => target);
    },
    async unread(account: string): Promise<ReadonlySet<string>> {
      const own = await db
        .selectFrom('social_shield')
        .select('target as id')
        .where('account', '=', account)
        .execute();
      const others = await db
        .selectFrom('social_shield')
        .select('account as id')
        .where('target', '=', account)
        .where('kind', '=', 'block')
        .execute();
      return new Set([...own, ...others].map(({ id }) => id));
    },
  };
}
