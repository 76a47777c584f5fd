/** The store: one schema and one query code on SQLite (embedded) or PostgreSQL 15 and newer (scaled). */
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { EarshotError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { migrations } from './migrations.ts';
import { postgres } from './postgres.ts';
import type { Schema } from './schema.ts';
import { sqlite } from './sqlite.ts';

/** What the store needs. `url` is `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
export interface StoreDeps {
  readonly url: string;
  readonly log?: Log;
}

/** An open database with its tables at the newest step. */
export interface Store extends AsyncDisposable {
  readonly engine: 'sqlite' | 'postgres';
  readonly db: Kysely<Schema>;
}

/** Opens the database and brings its tables up to date. @throws EarshotError bad-config for a URL it does not know. */
export async function open(deps: StoreDeps): Promise<Store> {
  const file = /^sqlite:(.+)$/.exec(deps.url)?.[1];
  const server = /^postgres(ql)?:\/\//.test(deps.url);
  if (!file && !server) {
    throw new EarshotError(
      'bad-config',
      'database: use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME',
    );
  }
  const db = new Kysely<Schema>({ dialect: file ? sqlite(file) : postgres(deps.url, deps.log ?? silentLog) });
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error) {
    await db.destroy();
    throw new Error('the database could not be brought up to date', { cause: error });
  }
  return {
    engine: file ? 'sqlite' : 'postgres',
    db,
    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

export { isDuplicate } from './duplicate.ts';
export type { RoomTable, Schema } from './schema.ts';
