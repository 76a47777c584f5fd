import type { Clock } from '../../base/clock.ts';
import type { Store } from '../../store/index.ts';
import { NOTIFICATION_KINDS, type NotificationKind } from './notification.ts';

/** What somebody wants to be told, and how. */
export interface SocialSettings {
  /** Kinds that their notifications leave out. */
  readonly off: readonly NotificationKind[];
  /** Whose mentions, answers and quotes are told. */
  readonly people: 'all' | 'followed';
  /** A mail about what is new, at most one a day. */
  readonly mail: boolean;
}

/** Of whoever has never chosen. */
const DEFAULTS: SocialSettings = { off: [], people: 'all', mail: false };

/** Settings on the store, and up to when notifications were seen. */
export interface SettingsBook {
  of(account: string): Promise<SocialSettings & { readonly seen: number }>;
  change(account: string, change: Partial<SocialSettings>): Promise<void>;
  /** Notifications up to `until`, wall-clock ms, were seen; never back. */
  look(account: string, until: number): Promise<void>;
}

/** Opens them. */
export function openSettings({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): SettingsBook {
  const { db } = store;
  const kinds = (text: string): NotificationKind[] => {
    const list = JSON.parse(text) as readonly string[];
    return NOTIFICATION_KINDS.filter((kind) => list.includes(kind));
  };
  const of: SettingsBook['of'] = async (account) => {
    const row = await db
      .selectFrom('social_setting')
      .selectAll()
      .where('account', '=', account)
      .executeTakeFirst();
    if (!row) return { ...DEFAULTS, seen: 0 };
    const people = row.people === 'followed' ? 'followed' : 'all';
    return { off: kinds(row.off), people, mail: row.mail === 1, seen: row.seen };
  };
  const rowOf = ({ off, people, mail }: SocialSettings) => ({
    ...{ off: JSON.stringify(off), people, mail: mail ? 1 : 0 },
  });
  return {
    of,
    async change(account, change) {
      const next = rowOf({ ...(await of(account)), ...change });
      await db
        .insertInto('social_setting')
        .values({ account, ...next, seen: 0, mailed: 0 })
        .onConflict((c) => c.column('account').doUpdateSet(next))
        .execute();
    },
    async look(account, until) {
      const seen = Math.min(until, clock.wall());
      const { numUpdatedRows } = await db
        .updateTable('social_setting')
        .set({ seen })
        .where('account', '=', account)
        .where('seen', '<', seen)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) return;
      await db
        .insertInto('social_setting')
        .values({ account, ...rowOf(DEFAULTS), seen, mailed: 0 })
        .onConflict((c) => c.doNothing())
        .execute();
    },
  };
}
