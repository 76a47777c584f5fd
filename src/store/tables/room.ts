import { type ColumnType, type Generated, type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * One room. Instants are wall-clock ms since 1970; absent ones are null. A row and its slug stay for ever, unless the
 * room was cancelled or removed before anybody spoke: then a new room may use the slug.
 */
export interface RoomTable {
  /** UUIDv7. */
  id: string;
  slug: string;
  title: string;
  /** JSON list of names. */
  hosts: string;
  /** A RoomStatus. */
  status: string;
  /** The announced start; it is also the clock `scheduled`. */
  start: number | null;
  opened: number | null;
  first_audio: number | null;
  first_speech: number | null;
  ended: number | null;
  /** When fragment 0 of the program began; written once. */
  zero: ColumnType<number | null, number | null, number>;
  /** Index of the studio cell that owns it while it is open or live. */
  cell: number | null;
  /** Limit of simultaneous listeners at the live edge; null: no limit. */
  cap: number | null;
  /** 1 for the demo room. */
  welcome: number;
  created: number;
  /** Links of a lower generation are invalid. */
  generation: Generated<number>;
  /** The host who revoked the earlier links. */
  spared: string | null;
  /** JSON list of the speaker ids that were removed. */
  barred: Generated<string>;
  /** Number of changes to the fields that a calendar shows. Spec: RFC 5545, 3.8.7.4. */
  sequence: Generated<number>;
  /** Time of the last of these changes. */
  modified: number | null;
  /** When the operator or the host removed the room from all lists. */
  removed: number | null;
  /** JSON of what the operator or the machine has done to the room: `Measures` of the room part. */
  measures: string | null;
  /** JSON list of the people whom hosts keep out: `Ban` of `wire/stage/hands.ts`. */
  bans: Generated<string>;
  /** JSON of how people come on stage: `StageRules` of `wire/stage/hands.ts`; null: as everywhere. */
  rules: string | null;
  /** JSON of who may come and what the hosts say: `Arrangements` of the room part. */
  arrangements: string | null;
  /** Its zone, by its IANA name; null: nobody has said. */
  zone: string | null;
}

/** The tables of the room part. */
export interface RoomTables {
  room: RoomTable;
}

/** What creates them. */
export const roomSteps: Record<string, Migration> = {
  '0001-room': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('room')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('slug', 'text', (c) => c.notNull().unique())
        .addColumn('title', 'text', (c) => c.notNull())
        .addColumn('hosts', 'text', (c) => c.notNull())
        .addColumn('status', 'text', (c) =>
          c.notNull().check(sql`status in ('scheduled', 'open', 'live', 'ended', 'cancelled')`),
        )
        .addColumn('start', 'bigint')
        .addColumn('opened', 'bigint')
        .addColumn('first_audio', 'bigint')
        .addColumn('first_speech', 'bigint')
        .addColumn('ended', 'bigint')
        .addColumn('zero', 'bigint')
        .addColumn('cell', 'integer')
        .addColumn('welcome', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('created', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('room_status_created').on('room').columns(['status', 'created']).execute();
    },
  },
  '0002-cap': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('room').addColumn('cap', 'integer').execute();
    },
  },
  '0003-links-and-revisions': {
    async up(db: Kysely<unknown>) {
      const room = () => db.schema.alterTable('room');
      await room()
        .addColumn('generation', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await room().addColumn('spared', 'text').execute();
      await room()
        .addColumn('barred', 'text', (c) => c.notNull().defaultTo('[]'))
        .execute();
      await room()
        .addColumn('sequence', 'integer', (c) => c.notNull().defaultTo(0))
        .execute();
      await room().addColumn('modified', 'bigint').execute();
      await room().addColumn('removed', 'bigint').execute();
    },
  },
  '0004-measures': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('room').addColumn('measures', 'text').execute();
    },
  },
  '0030-on-stage': {
    async up(db: Kysely<unknown>) {
      const room = () => db.schema.alterTable('room');
      await room()
        .addColumn('bans', 'text', (c) => c.notNull().defaultTo('[]'))
        .execute();
      await room().addColumn('rules', 'text').execute();
    },
  },
  '0040-arrangements': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('room').addColumn('arrangements', 'text').execute();
    },
  },
  '0098-zone': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('room').addColumn('zone', 'text').execute();
    },
  },
};
