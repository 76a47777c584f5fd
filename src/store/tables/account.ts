import { type CreateTableBuilder, type Generated, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/*
 * The tables of accounts. Instants in `account`, `account_session`, `account_credential`, `account_verification` and
 * `account_passkey` are ISO 8601 text in UTC and truths are 0 or 1, on both databases: the library that reads them knows
 * no integers for instants. In the others they are ms since 1970, as everywhere.
 */

/** One person's account. An erased one keeps its row, without content. */
export interface AccountTable {
  /** UUIDv7. */
  id: string;
  name: string;
  /** In lower case; of an erased account `erased:ID`. */
  email: string;
  email_verified: number;
  image: string | null;
  /** An AccountRole. */
  role: string;
  created: string;
  updated: string;
  /** When it was erased, in ms. */
  erased: number | null;
  /** `en` or `fr`: of its pages and mails; null: that of the browser. */
  language: Generated<string | null>;
}

/** One browser that is signed in. */
export interface SignInTable {
  id: string;
  account: string;
  token: string;
  expires: string;
  created: string;
  /** Of the last use, to the hour. */
  updated: string;
  address: string | null;
  agent: string | null;
}

/** One way of proving who one is: a password, or an account at another provider. */
export interface AccountCredentialTable {
  id: string;
  account: string;
  /** `credential` for a password. */
  provider: string;
  /** The account's id at the provider. */
  subject: string;
  access_token: string | null;
  refresh_token: string | null;
  id_token: string | null;
  access_expires: string | null;
  refresh_expires: string | null;
  scope: string | null;
  /** The hash: scrypt with its salt. */
  password: string | null;
  created: string;
  updated: string;
}

/** Something that is waited for: a link that was sent, a challenge, the state of a sign-in elsewhere. */
export interface AccountVerificationTable {
  id: string;
  identifier: string;
  value: string;
  expires: string;
  created: string;
  updated: string;
}

/** One passkey. Spec: WebAuthn 3, 4 (public key credential source). */
export interface AccountPasskeyTable {
  id: string;
  account: string;
  name: string | null;
  public_key: string;
  credential: string;
  counter: number;
  device_type: string;
  backed_up: number;
  transports: string | null;
  created: string | null;
  aaguid: string | null;
}

/** One personal access token, for programs. */
export interface AccountTokenTable {
  id: string;
  account: string;
  name: string;
  /** SHA-256 of the token, in hex. */
  hash: string;
  created: number;
  expires: number | null;
  /** Of the last use, to the minute. */
  used: number | null;
}

/** One invitation to open an account. */
export interface AccountInvitationTable {
  id: string;
  /** SHA-256 of the token in its link, in hex. */
  hash: string;
  /** An AccountRole. */
  role: string;
  /** Who may use it; null: whoever has the link. */
  email: string | null;
  /** The account that made it; null: the first start. */
  inviter: string | null;
  created: number;
  expires: number;
  used: number | null;
  /** The account that it made. */
  guest: string | null;
}

/** One mail that was, or waits to be, sent. */
export interface MailTable {
  id: string;
  recipient: string;
  subject: string;
  body: string;
  created: number;
  /** Null while it waits. */
  sent: number | null;
  tries: number;
  /** When it is tried again. */
  next: number;
  error: string | null;
}

/** What an account is in one room. */
export interface RoomMemberTable {
  room: string;
  account: string;
  /** A RoomMemberRole. */
  role: string;
  created: number;
}

/** The tables of accounts, for Kysely. */
export interface AccountTables {
  account: AccountTable;
  account_session: SignInTable;
  account_credential: AccountCredentialTable;
  account_verification: AccountVerificationTable;
  account_passkey: AccountPasskeyTable;
  account_token: AccountTokenTable;
  account_invitation: AccountInvitationTable;
  mail: MailTable;
  room_member: RoomMemberTable;
}

/** Adds the column `account`: what belongs to an account goes with its row. */
const owned = <T extends string, C extends string>(table: CreateTableBuilder<T, C>) =>
  table.addColumn('account', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'));

/** The steps that create the tables of accounts. */
export const accountSteps: Record<string, Migration> = {
  '0010-accounts': {
    async up(db: Kysely<unknown>) {
      const table = (name: string) =>
        db.schema.createTable(name).addColumn('id', 'text', (c) => c.primaryKey());
      await table('account')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('email', 'text', (c) => c.notNull().unique())
        .addColumn('email_verified', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('image', 'text')
        .addColumn('role', 'text', (c) =>
          c.notNull().defaultTo('member').check(sql`role in ('operator', 'host', 'member')`),
        )
        .addColumn('created', 'text', (c) => c.notNull())
        .addColumn('updated', 'text', (c) => c.notNull())
        .addColumn('erased', 'bigint')
        .execute();
      await owned(table('account_session'))
        .addColumn('token', 'text', (c) => c.notNull().unique())
        .addColumn('expires', 'text', (c) => c.notNull())
        .addColumn('created', 'text', (c) => c.notNull())
        .addColumn('updated', 'text', (c) => c.notNull())
        .addColumn('address', 'text')
        .addColumn('agent', 'text')
        .execute();
      await owned(table('account_credential'))
        .addColumn('provider', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('access_token', 'text')
        .addColumn('refresh_token', 'text')
        .addColumn('id_token', 'text')
        .addColumn('access_expires', 'text')
        .addColumn('refresh_expires', 'text')
        .addColumn('scope', 'text')
        .addColumn('password', 'text')
        .addColumn('created', 'text', (c) => c.notNull())
        .addColumn('updated', 'text', (c) => c.notNull())
        .addUniqueConstraint('account_credential_subject', ['provider', 'subject'])
        .execute();
      await table('account_verification')
        .addColumn('identifier', 'text', (c) => c.notNull())
        .addColumn('value', 'text', (c) => c.notNull())
        .addColumn('expires', 'text', (c) => c.notNull())
        .addColumn('created', 'text', (c) => c.notNull())
        .addColumn('updated', 'text', (c) => c.notNull())
        .execute();
      await owned(table('account_passkey'))
        .addColumn('name', 'text')
        .addColumn('public_key', 'text', (c) => c.notNull())
        .addColumn('credential', 'text', (c) => c.notNull().unique())
        .addColumn('counter', 'bigint', (c) => c.notNull())
        .addColumn('device_type', 'text', (c) => c.notNull())
        .addColumn('backed_up', 'integer', (c) => c.notNull())
        .addColumn('transports', 'text')
        .addColumn('created', 'text')
        .addColumn('aaguid', 'text')
        .execute();
      await owned(table('account_token'))
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('hash', 'text', (c) => c.notNull().unique())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('expires', 'bigint')
        .addColumn('used', 'bigint')
        .execute();
      await table('account_invitation')
        .addColumn('hash', 'text', (c) => c.notNull().unique())
        .addColumn('role', 'text', (c) => c.notNull())
        .addColumn('email', 'text')
        .addColumn('inviter', 'text', (c) => c.references('account.id').onDelete('set null'))
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('expires', 'bigint', (c) => c.notNull())
        .addColumn('used', 'bigint')
        .addColumn('guest', 'text', (c) => c.references('account.id').onDelete('set null'))
        .execute();
      await table('mail')
        .addColumn('recipient', 'text', (c) => c.notNull())
        .addColumn('subject', 'text', (c) => c.notNull())
        .addColumn('body', 'text', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('sent', 'bigint')
        .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('next', 'bigint', (c) => c.notNull())
        .addColumn('error', 'text')
        .execute();
      await owned(
        db.schema
          .createTable('room_member')
          .addColumn('room', 'text', (c) => c.notNull().references('room.id').onDelete('cascade')),
      )
        .addColumn('role', 'text', (c) => c.notNull().check(sql`role in ('host', 'co-host', 'speaker')`))
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('room_member_key', ['room', 'account'])
        .execute();
      const index = (on: string, ...columns: string[]) =>
        db.schema
          .createIndex(`${on}_${columns.join('_')}`)
          .on(on)
          .columns(columns)
          .execute();
      for (const on of ['account_session', 'account_credential', 'account_passkey', 'account_token'])
        await index(on, 'account');
      await index('room_member', 'account');
      await index('account_verification', 'identifier');
      await index('mail', 'sent', 'next');
    },
  },
};
