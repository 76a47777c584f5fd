import type { Store } from '../../store/index.ts';
import type { AccountId } from '../../wire/account.ts';

/** Passkeys of one account. */
export const MOST_PASSKEYS = 20;

/** One passkey, as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601. */
  readonly created: string | null;
}

/** The passkeys of accounts. */
export interface Passkeys {
  list(account: AccountId): Promise<Passkey[]>;
  remove(account: AccountId, id: string): Promise<void>;
}

/** Opens the list of passkeys. */
export function openPasskeys({ store: { db } }: { store: Store }): Passkeys {
  return {
    list: (account) =>
      db
        .selectFrom('account_passkey')
        .select(['id', 'name', 'created'])
        .where('account', '=', account)
        .orderBy('created', 'desc')
        .execute(),
    async remove(account, id) {
      await db.deleteFrom('account_passkey').where('account', '=', account).where('id', '=', id).execute();
    },
  };
}
