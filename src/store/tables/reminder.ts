import { type Generated, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Somebody who wants to be told of a room, and what they wait to be told: its row in the queue. */
export interface ReminderTable {
  /** 22 random letters: whoever has it may end the reminder. */
  id: string;
  /** The slug of a room. */
  room: string;
  /** `push` or `mail`. */
  way: string;
  /** The endpoint of a browser, or an address of mail. */
  target: string;
  /** A browser's public key and its secret, base64url, with a point between them. */
  keys: string | null;
  /** Who delivers: the origin of the endpoint, or `mail`. */
  origin: string;
  language: string;
  /** Whose it is, where it follows from an account's choice. */
  account: string | null;
  /** 0 to 9,999: where in the time in which reminders of a room go out. */
  spread: number;
  /** 0 until the address of mail is confirmed. */
  confirmed: number;
  /** Wall-clock ms, as all times here. */
  created: number;
  /** What waits to be told: a notice of `syndication/reminder/notices.ts`; null: nothing. */
  notice: string | null;
  /** The number of that notice in its room. */
  edition: Generated<number>;
  /** When it is sent; null: nothing waits. */
  due: number | null;
  tries: Generated<number>;
  /** What was told last. */
  told: string | null;
}

/** What is planned for a room, so that a change of it is noticed after a restart as well. */
export interface ReminderPlanTable {
  room: string;
  /** When it was announced to begin. */
  start: number | null;
  /** Counts what is told. */
  edition: Generated<number>;
  /** The reason for being late that was told. */
  late: string | null;
  /** The status that was seen last. */
  status: string;
  /** When nobody needs the reminders any more; null: the room is to come, or on. */
  over: number | null;
}

/** How an account is reminded of the rooms of those whom it follows; no row: not at all. */
export interface ReminderChoiceTable {
  account: string;
  /** `push` or `mail`. */
  way: string;
  /** As those of a reminder; of mail they are looked up when it is sent. */
  target: string | null;
  keys: string | null;
  language: string;
  at: number;
}

/** The tables of reminders. */
export interface ReminderTables {
  reminder: ReminderTable;
  reminder_plan: ReminderPlanTable;
  reminder_choice: ReminderChoiceTable;
}

/** What creates them. */
export const reminderSteps: Record<string, Migration> = {
  '0084-reminders': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('reminder')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('room', 'text', (c) => c.notNull())
        .addColumn('way', 'text', (c) => c.notNull().check(sql`way in ('push', 'mail')`))
        .addColumn('target', 'text', (c) => c.notNull())
        .addColumn('keys', 'text')
        .addColumn('origin', 'text', (c) => c.notNull())
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('account', 'text', (c) => c.references('account.id').onDelete('cascade'))
        .addColumn('spread', 'integer', (c) => c.notNull())
        .addColumn('confirmed', 'integer', (c) => c.notNull())
        .addColumn('created', 'bigint', (c) => c.notNull())
        .addColumn('notice', 'text')
        .addColumn('edition', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('due', 'bigint')
        .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('told', 'text')
        .addUniqueConstraint('reminder_once', ['room', 'way', 'target'])
        .execute();
      // One browser or address, whatever the room.
      await db.schema.createIndex('reminder_target').on('reminder').column('target').execute();
      await db.schema
        .createIndex('reminder_room_spread')
        .on('reminder')
        .columns(['room', 'spread'])
        .execute();
      await db.schema
        .createIndex('reminder_due')
        .on('reminder')
        .columns(['origin', 'due'])
        .where(sql.ref('due'), 'is not', null)
        .execute();
      await db.schema.createIndex('reminder_account').on('reminder').column('account').execute();
      await db.schema
        .createTable('reminder_plan')
        .addColumn('room', 'text', (c) => c.primaryKey())
        .addColumn('start', 'bigint')
        .addColumn('edition', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('late', 'text')
        .addColumn('status', 'text', (c) => c.notNull())
        .addColumn('over', 'bigint')
        .execute();
      await db.schema
        .createTable('reminder_choice')
        .addColumn('account', 'text', (c) => c.primaryKey().references('account.id').onDelete('cascade'))
        .addColumn('way', 'text', (c) => c.notNull().check(sql`way in ('push', 'mail')`))
        .addColumn('target', 'text')
        .addColumn('keys', 'text')
        .addColumn('language', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
    },
  },
};
