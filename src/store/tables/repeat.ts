import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A request with an Idempotency-Key, and the answer that its repeats get. */
export interface RepeatTable {
  /** Hash of caller and key. */
  id: string;
  /** Hash of the caller. */
  caller: string;
  /** Hash of the request. */
  request: string;
  /** The answer, sealed with the key that the caller sent; null while it is being made, or when that was broken off. */
  answer: string | null;
  created: number;
}

/** The table of the API. */
export interface RepeatTables {
  repeat: RepeatTable;
}

/** What creates it. */
export const repeatSteps: Record<string, Migration> = {
  '0005-repeats': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('repeat')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('caller', 'text', (c) => c.notNull())
        .addColumn('request', 'text', (c) => c.notNull())
        .addColumn('answer', 'text')
        .addColumn('created', 'bigint', (c) => c.notNull())
        .execute();
      await db.schema
        .createIndex('repeat_caller_created')
        .on('repeat')
        .columns(['caller', 'created'])
        .execute();
      await db.schema.createIndex('repeat_created').on('repeat').column('created').execute();
    },
  },
};
