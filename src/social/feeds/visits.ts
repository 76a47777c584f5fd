import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';
import { VISIT_IDLE_MS } from '../../wire/audience-events.ts';

/** A visit that goes on is written down so often at most. */
const NOTED_MS = 60_000;

/** Where people were in their home feed. */
export interface FeedVisits {
  /**
   * Somebody looks at the top of their feed, whose newest post is `newest`. The result is the newest post of the visit
   * before: all above it is new. It stays through a visit, so that a page that is loaded again shows the same line.
   */
  look(account: string, newest: number): Promise<number>;
  /** That line without being a look. */
  mark(account: string): Promise<number>;
}

/** Opens them. */
export function openVisits({ store, clock }: { readonly store: Store; readonly clock: Clock }): FeedVisits {
  const { db } = store;
  const rowOf = (account: string) =>
    db.selectFrom('social_visit').selectAll().where('account', '=', account).executeTakeFirst();
  return {
    async look(account, newest) {
      const at = clock.wall() as number;
      const row = await rowOf(account);
      if (!row) {
        await db
          .insertInto('social_visit')
          .values({ account, mark: 0, newest, at })
          .onConflict((c) => c.doNothing())
          .execute();
        return 0;
      }
      const isNew = at - row.at >= VISIT_IDLE_MS;
      const mark = isNew ? row.newest : row.mark;
      if (isNew || newest > row.newest || at - row.at >= NOTED_MS)
        await db
          .updateTable('social_visit')
          .set({ mark, newest: Math.max(newest, row.newest), at })
          .where('account', '=', account)
          .execute();
      return mark;
    },
    async mark(account) {
      const row = await rowOf(account);
      if (!row) return 0;
      // Whoever comes back later has seen all that was there then.
      return (clock.wall() as number) - row.at >= VISIT_IDLE_MS ? row.newest : row.mark;
    },
  };
}
