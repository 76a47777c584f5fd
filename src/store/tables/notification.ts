import type { Generated, Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** One row of somebody's notifications. What many do alike (likes of one post, followers of one day) is one row. */
export interface NotificationTable {
  account: string;
  /** `mention`, `reply`, `quote`, `like`, `repost` or `follow`. */
  kind: string;
  /** What is alike: the number of the post, or of followers the day. */
  about: string;
  /** The post that it is about: the liked one, or the one that mentions; null: none. */
  post: number | null;
  /** Who wrote that post; null where many are behind it. */
  actor: string | null;
  /** Further posts of that author, of which none has a row. */
  more: Generated<number>;
  /** Of the newest of them, wall-clock ms. */
  at: number;
}

/** What became of a listed room, for those who follow its hosts; one row for each kind, with the last time. */
export interface SocialRoomEventTable {
  slug: string;
  /** `announced`, `moved`, `cancelled` or `begun`. */
  what: string;
  at: number;
  /** When the room was to begin, as it was told. */
  start: number | null;
}

/** What somebody wants to be told, and how. */
export interface SocialSettingTable {
  account: string;
  /** Notifications up to this instant were seen. */
  seen: number;
  /** JSON list of kinds that are not shown. */
  off: string;
  /** Who may notify by a mention, an answer or a quote: `all` or `followed`. */
  people: string;
  /** 1: a mail about what is new, at most one a day. */
  mail: number;
  /** When the last one was written. */
  mailed: number;
}

/** The tables of notifications. */
export interface NotificationTables {
  notification: NotificationTable;
  social_room_event: SocialRoomEventTable;
  social_setting: SocialSettingTable;
}

/** What creates them. */
export const notificationSteps: Record<string, Migration> = {
  '0092-notification': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('notification')
        .addColumn('account', 'text', (c) => c.notNull().references('account.id').onDelete('cascade'))
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('about', 'text', (c) => c.notNull())
        .addColumn('post', 'bigint')
        .addColumn('actor', 'text')
        .addColumn('more', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('notification_key', ['account', 'kind', 'about'])
        .execute();
      await db.schema
        .createTable('social_room_event')
        .addColumn('slug', 'text', (c) => c.notNull())
        .addColumn('what', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addColumn('start', 'bigint')
        .addPrimaryKeyConstraint('social_room_event_key', ['slug', 'what'])
        .execute();
      await db.schema
        .createTable('social_setting')
        .addColumn('account', 'text', (c) => c.primaryKey().references('account.id').onDelete('cascade'))
        .addColumn('seen', 'bigint', (c) => c.notNull())
        .addColumn('off', 'text', (c) => c.notNull())
        .addColumn('people', 'text', (c) => c.notNull())
        .addColumn('mail', 'integer', (c) => c.notNull())
        .addColumn('mailed', 'bigint', (c) => c.notNull())
        .execute();
      // In the language of mails and pages; null: that of the browser.
      await db.schema.alterTable('account').addColumn('language', 'text').execute();
      const index = (on: string, ...columns: string[]) =>
        db.schema
          .createIndex(`${on}_${columns.join('_')}`)
          .on(on)
          .columns(columns)
          .execute();
      await index('notification', 'account', 'at');
      await index('notification', 'post');
      await index('notification', 'at');
      await index('social_room_event', 'at');
      await index('social_post', 'repost_of', 'id');
    },
  },
};
