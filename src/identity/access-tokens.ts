import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/index.ts';
import type { AccountId } from '../wire/account.ts';

/** What a personal access token begins with, so that scanners of leaked secrets know it. */
const PREFIX = 'ea_';
const WHOLE = /^ea_[A-Za-z0-9_-]{43}$/;
/** The last use is noted this often. */
const NOTE_MS = 60_000;
/** Tokens of one account. */
const MOST_TOKENS = 20;

/** One personal access token, as its owner sees it; the token itself is shown once, when it is made. */
export interface AccessToken {
  readonly id: string;
  readonly name: string;
  readonly created: number;
  readonly expires: number | null;
  readonly used: number | null;
}

/** Personal access tokens: `ea_` and 32 random bytes, of which the database knows the hash. */
export interface AccessTokens {
  /** A new token, or undefined when the account has 20 already. `days` of life; absent: until it is ended. */
  make(account: AccountId, name: string, days?: number): Promise<string | undefined>;
  list(account: AccountId): Promise<AccessToken[]>;
  end(account: AccountId, id: string): Promise<boolean>;
  /** Whose token this is; undefined for anything that is none, or no longer. */
  owner(token: string): Promise<AccountId | undefined>;
}

/** True for what looks like a personal access token. */
export const isAccessToken = (text: string): boolean => text.startsWith(PREFIX);

/** The hash under which a token of 32 random bytes is stored: no salt is needed, and it can be looked up. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opens the personal access tokens. */
export function openAccessTokens({ store, clock }: { store: Store; clock: Clock }): AccessTokens {
  const { db } = store;
  return {
    async make(account, name, days) {
      const rows = await db.selectFrom('account_token').select('id').where('account', '=', account).execute();
      if (rows.length >= MOST_TOKENS) return undefined;
      const token = `${PREFIX}${randomBytes(32).toString('base64url')}`;
      const created = clock.wall();
      await db
        .insertInto('account_token')
        .values({
          ...{ id: randomUUIDv7(), account, name, hash: hashOfToken(token), created, used: null },
          expires: days === undefined ? null : created + days * 86_400_000,
        })
        .execute();
      return token;
    },
    list: (account) =>
      db
        .selectFrom('account_token')
        .select(['id', 'name', 'created', 'expires', 'used'])
        .where('account', '=', account)
        .orderBy('created', 'desc')
        .execute(),
    async end(account, id) {
      const { numDeletedRows } = await db
        .deleteFrom('account_token')
        .where('account', '=', account)
        .where('id', '=', id)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async owner(token) {
      if (!WHOLE.test(token)) return undefined;
      const hash = hashOfToken(token);
      const row = await db
        .selectFrom('account_token')
        .select(['account', 'expires', 'used'])
        .where('hash', '=', hash)
        .executeTakeFirst();
      const now = clock.wall();
      if (!row || (row.expires !== null && row.expires <= now)) return undefined;
      if (row.used === null || now - row.used >= NOTE_MS || now < row.used)
        await db.updateTable('account_token').set({ used: now }).where('hash', '=', hash).execute();
      return row.account as AccountId;
    },
  };
}
