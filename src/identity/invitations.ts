import { createHmac, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/index.ts';
import type { AccountId, AccountRole } from '../wire/account.ts';
import { hashOfToken } from './access-tokens.ts';

const DAYS = 7;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** One invitation, as the operator sees it. */
export interface Invitation {
  readonly id: string;
  readonly role: AccountRole;
  /** Who may use it; null: whoever has the link. */
  readonly email: string | null;
  readonly expires: number;
  readonly used: number | null;
}

/** Invitations: each makes one account, once. */
export interface Invitations {
  /** The token of a new one, for seven days. */
  make(inviter: AccountId, role: AccountRole, email: string | null): Promise<string>;
  /** The open invitation of a token; undefined when it is used, over, withdrawn, or was never one. */
  look(token: string): Promise<Invitation | undefined>;
  /** Uses it up for an account; false when somebody else was faster. */
  take(id: string, guest: AccountId): Promise<boolean>;
  list(): Promise<Invitation[]>;
  withdraw(id: string): Promise<void>;
  /** Makes the first start's invitation work, which makes an operator; false when there is one already. */
  offerFirst(token: string): Promise<boolean>;
}

/**
 * The token of the first start's link: whoever can read the secret of the data folder can make it, and whoever has an
 * operator already has no use for it.
 */
export const firstInvitation = (secret: Uint8Array): string =>
  createHmac('sha256', secret).update('earshot first operator 1').digest('base64url');

/** Opens the invitations. */
export function openInvitations({ store, clock }: { store: Store; clock: Clock }): Invitations {
  const { db } = store;
  const noOperator = async (): Promise<boolean> =>
    (await db
      .selectFrom('account')
      .select('id')
      .where('role', '=', 'operator')
      .where('erased', 'is', null)
      .executeTakeFirst()) === undefined;
  const columns = ['id', 'role', 'email', 'expires', 'used'] as const;
  const row = (hash: string, role: AccountRole, days: number) => ({
    ...{ id: randomUUIDv7(), hash, role, email: null, inviter: null, used: null, guest: null },
    ...{ created: clock.wall(), expires: clock.wall() + days * 86_400_000 },
  });
  return {
    async make(inviter, role, email) {
      const token = randomBytes(32).toString('base64url');
      await db
        .insertInto('account_invitation')
        .values({ ...row(hashOfToken(token), role, DAYS), inviter, email })
        .execute();
      return token;
    },
    async look(token) {
      if (!TOKEN.test(token)) return undefined;
      const found = await db
        .selectFrom('account_invitation')
        .select([...columns, 'inviter'])
        .where('hash', '=', hashOfToken(token))
        .where('used', 'is', null)
        .where('expires', '>', clock.wall())
        .executeTakeFirst();
      if (!found || (found.inviter === null && !(await noOperator()))) return undefined;
      const { inviter: _, ...invitation } = found;
      return invitation as Invitation;
    },
    async take(id, guest) {
      const { numUpdatedRows } = await db
        .updateTable('account_invitation')
        .set({ used: clock.wall(), guest })
        .where('id', '=', id)
        .where('used', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    list: async () =>
      (await db
        .selectFrom('account_invitation')
        .select(columns)
        .where('inviter', 'is not', null)
        .where('expires', '>', clock.wall())
        .orderBy('created', 'desc')
        .limit(200)
        .execute()) as Invitation[],
    async withdraw(id) {
      await db.deleteFrom('account_invitation').where('id', '=', id).where('used', 'is', null).execute();
    },
    async offerFirst(token) {
      const hash = hashOfToken(token);
      if (!(await noOperator())) return false;
      await db
        .insertInto('account_invitation')
        .values(row(hash, 'operator', 36_500))
        .onConflict((on) => on.column('hash').doNothing())
        .execute();
      return true;
    },
  };
}
