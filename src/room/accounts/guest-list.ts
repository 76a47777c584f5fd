import type { Store } from '../../store/index.ts';
import type { AccountId } from '../../wire/account.ts';

/** The accounts that may listen to a private room: invited as guests, and neither declined nor taken off. */
export interface GuestList {
  /**
   * Whether an account is on it, and was invited by `by` (wall-clock ms; default: now); one that has never come is until
   * its invitation is over.
   */
  isGuest(room: string, who: AccountId, by?: number): Promise<boolean>;
  /** The same, and whoever comes in has accepted. */
  letIn(room: string, who: AccountId): Promise<boolean>;
}

/** The address of an account, once it is confirmed: a subquery. */
export const confirmedAddress = ({ db }: Store, who: AccountId) =>
  db.selectFrom('account').select('email').where('account.id', '=', who).where('email_verified', '=', 1);

/** Opens the lists of all rooms. */
export function openGuestList({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: { wall(): number };
}): GuestList {
  const { db } = store;
  const listed = (room: string, who: AccountId, by = Number.MAX_SAFE_INTEGER) =>
    db
      .selectFrom('room_invitation')
      .select('id')
      .where('room', '=', room)
      .where('role', '=', 'guest')
      .where('created', '<=', by)
      .where((e) =>
        e.or([
          e('account', '=', who),
          e.and([e('account', 'is', null), e('said', 'in', confirmedAddress(store, who))]),
        ]),
      )
      .where((e) =>
        e.or([e('accepted', '=', 1), e.and([e('answered', 'is', null), e('expires', '>', clock.wall())])]),
      )
      .executeTakeFirst();
  return {
    isGuest: async (room, who, by) => (await listed(room, who, by)) !== undefined,
    async letIn(room, who) {
      const row = await listed(room, who);
      if (!row) return false;
      await db
        .updateTable('room_invitation')
        .set({ answered: clock.wall(), accepted: 1, account: who })
        .where('id', '=', row.id)
        .where('answered', 'is', null)
        .execute();
      return true;
    },
  };
}
