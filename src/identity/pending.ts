import { randomBytes, randomUUIDv7 } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/index.ts';
import { hashOfToken } from './access-tokens.ts';

/** What a link does: those in mails, and `data` for somebody suspended, who has shown who they are. */
export type LinkPurpose = 'verify' | 'reset' | 'change' | 'data';

/** What a link is about. */
export interface PendingLink {
  readonly account: string;
  /** The address that it proves. */
  readonly email: string;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** Links that work once: 32 random bytes, of which the database knows the hash. */
export interface PendingLinks {
  /** A new token; earlier ones of the same account and purpose stop working. */
  make(purpose: LinkPurpose, link: PendingLink, seconds: number): Promise<string>;
  /** What a token is about, without using it up. */
  look(purpose: LinkPurpose, token: string): Promise<PendingLink | undefined>;
  /** The same, and the token is used up: of two at once one gets it. */
  take(purpose: LinkPurpose, token: string): Promise<PendingLink | undefined>;
  /** Makes every link of an account stop working. */
  drop(account: string): Promise<void>;
}

/** Opens the links. */
export function openPendingLinks({ store, clock }: { store: Store; clock: Clock }): PendingLinks {
  const { db } = store;
  const now = (): string => new Date(clock.wall()).toISOString();
  const key = (purpose: LinkPurpose, token: string): string => `${purpose}:${hashOfToken(token)}`;
  const read = (row: { value: string; expires: string } | undefined): PendingLink | undefined =>
    row && row.expires > now() ? (JSON.parse(row.value) as PendingLink) : undefined;
  const drop = (value: string, purpose?: LinkPurpose) =>
    db
      .deleteFrom('account_verification')
      .where('value', 'like', `{"account":"${value}",%`)
      .where('identifier', 'like', `${purpose ?? ''}%`)
      .execute();
  return {
    async make(purpose, { account, email }, seconds) {
      await drop(account, purpose);
      await db.deleteFrom('account_verification').where('expires', '<', now()).execute();
      const token = randomBytes(32).toString('base64url');
      const created = now();
      await db
        .insertInto('account_verification')
        .values({
          ...{ id: randomUUIDv7(), identifier: key(purpose, token), created, updated: created },
          value: JSON.stringify({ account, email }),
          expires: new Date(clock.wall() + seconds * 1_000).toISOString(),
        })
        .execute();
      return token;
    },
    async look(purpose, token) {
      if (!TOKEN.test(token)) return undefined;
      return read(
        await db
          .selectFrom('account_verification')
          .select(['value', 'expires'])
          .where('identifier', '=', key(purpose, token))
          .executeTakeFirst(),
      );
    },
    async take(purpose, token) {
      if (!TOKEN.test(token)) return undefined;
      return read(
        await db
          .deleteFrom('account_verification')
          .where('identifier', '=', key(purpose, token))
          .returning(['value', 'expires'])
          .executeTakeFirst(),
      );
    },
    async drop(account) {
      await drop(account);
    },
  };
}
