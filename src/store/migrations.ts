import { type Kysely, sql } from 'kysely';
import type { Migration, MigrationProvider } from 'kysely/migration';

/**
 * The steps that create the tables, in the order of their names. A released step is never edited; a change is a new
 * step.
 */
const STEPS: Record<string, Migration> = {
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
};

/** The steps in the form that Kysely's migrator needs. */
export const migrations: MigrationProvider = { getMigrations: async () => STEPS };
