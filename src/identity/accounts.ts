import type { Store } from '../store/index.ts';
import { type AccountCard, type AccountId, type AccountRole, asAccountId } from '../wire/account.ts';

/** An account as this part knows it. */
export interface KnownAccount extends AccountCard {
  readonly email: string;
  readonly verified: boolean;
  /** ISO 8601. */
  readonly created: string;
  /** An operator decided that it cannot sign in, host or speak. */
  readonly suspended?: AccountSuspension;
}

/** Why an account is suspended, and where its owner reads it and can object. */
export interface AccountSuspension {
  readonly reason: string;
  /** Wall-clock ms; absent: until it is taken back. */
  readonly until?: number;
  readonly notice: string;
}

/** Reads accounts. An erased one is nobody. */
export interface Accounts {
  find(id: string): Promise<KnownAccount | undefined>;
  byEmail(email: string): Promise<KnownAccount | undefined>;
  /** The one account with this name; undefined where there are several. */
  named(name: string): Promise<KnownAccount | undefined>;
  /** Every account that is not erased, the newest first. */
  list(limit: number): Promise<KnownAccount[]>;
  setRole(id: AccountId, role: AccountRole): Promise<void>;
  /** Undefined: that of the browser. */
  setLanguage(id: AccountId, language: 'en' | 'fr' | undefined): Promise<void>;
  /** How many operators there are. */
  operators(): Promise<number>;
}

/** Opens the accounts of a store. */
export function openAccounts({ db }: Pick<Store, 'db'>, clock: { wall(): number }): Accounts {
  const read = () =>
    db
      .selectFrom('account')
      .select(['id', 'name', 'email', 'email_verified', 'role', 'created', 'language'])
      .where('erased', 'is', null);
  type Row = Awaited<ReturnType<ReturnType<typeof read>['executeTakeFirstOrThrow']>>;
  const account = ({ id, name, email, email_verified, role, created, language }: Row): KnownAccount => ({
    ...{ id: id as AccountId, name, email, role: role as AccountRole, created },
    verified: email_verified === 1,
    ...(language === 'en' || language === 'fr' ? { language } : {}),
  });
  const one = async (row: Row | undefined): Promise<KnownAccount | undefined> => {
    // Asked for nobody as well, so that it takes as long.
    const found = await db
      .selectFrom('moderation_decision')
      .select(['reason', 'until', 'notice'])
      .where('target', '=', row?.id ?? '')
      .where('act', '=', 'suspend')
      .where('lifted', 'is', null)
      .where((e) => e.or([e('until', 'is', null), e('until', '>', clock.wall())]))
      .executeTakeFirst();
    if (!row) return undefined;
    if (!found) return account(row);
    const { reason, until, notice } = found;
    const suspended = { reason, notice: `/notice/${notice}`, ...(until === null ? {} : { until }) };
    return { ...account(row), suspended };
  };
  return {
    find: async (id) =>
      asAccountId(id) ? one(await read().where('id', '=', id).executeTakeFirst()) : undefined,
    byEmail: async (email) => one(await read().where('email', '=', email.toLowerCase()).executeTakeFirst()),
    async named(name) {
      const rows = await read().where('name', '=', name).where('email_verified', '=', 1).limit(2).execute();
      return one(rows.length === 1 ? rows[0] : undefined);
    },
    list: async (limit) => (await read().orderBy('created', 'desc').limit(limit).execute()).map(account),
    async setRole(id, role) {
      await db.updateTable('account').set({ role }).where('id', '=', id).execute();
    },
    async setLanguage(id, language) {
      await db
        .updateTable('account')
        .set({ language: language ?? null })
        .where('id', '=', id)
        .execute();
    },
    async operators() {
      return (await read().where('role', '=', 'operator').execute()).length;
    },
  };
}

/** What other parts may know of it. */
export const cardOf = ({ id, name, role, language }: KnownAccount): AccountCard => ({
  ...{ id, name, role },
  ...(language === undefined ? {} : { language }),
});
