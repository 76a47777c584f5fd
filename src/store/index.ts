/** The store: one schema and one query code on SQLite (embedded) or PostgreSQL 15 and newer (scaled). */
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DATABASE, DATABASE_FORMS } from '../base/database.ts';
import { EarshotError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { faultOf, placeOf } from './fault.ts';
import { migrations } from './migrations.ts';
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
  /** One sentence of what is wrong with the database and what to do; undefined when `error` is none of its doing. */
  fault(error: unknown): string | undefined;
  /** Asks the database for nothing. @throws what it says when it does not answer. */
  ping(): Promise<void>;
}

/**
 * Opens the database and brings its tables up to date.
 * @throws EarshotError `bad-config` for a URL it does not know; `database-away` with one sentence that names the file or
 * the server, without its password, and what to do.
 */
export async function open(deps: StoreDeps): Promise<Store> {
  const form = DATABASE.exec(deps.url);
  if (!form) throw new EarshotError('bad-config', `database: ${DATABASE_FORMS}`);
  const file = form.groups?.file;
  let db: Kysely<Schema> | undefined;
  try {
    // The driver of PostgreSQL is loaded where it is used.
    const dialect = file
      ? sqlite(file)
      : (await import('./postgres.ts')).postgres(deps.url, deps.log ?? silentLog);
    db = new Kysely<Schema>({ dialect });
    const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
    if (error) throw error;
  } catch (cause) {
    // A server that is away fails the farewell as well; the first reason is the one to tell.
    await db?.destroy().catch(() => undefined);
    throw new EarshotError('database-away', faultOf(deps.url, cause) ?? notUpToDate(deps.url, cause), {
      cause,
    });
  }
  const opened = db;
  return {
    engine: file ? 'sqlite' : 'postgres',
    db,
    fault: (error) => faultOf(deps.url, error),
    async ping() {
      await sql`select 1`.execute(opened);
    },
    [Symbol.asyncDispose]: () => opened.destroy(),
  };
}

function notUpToDate(url: string, error: unknown): string {
  const said = (error as Error).message;
  const newer = /previously executed migration (\S+) is missing/.exec(said)?.[1];
  return newer === undefined
    ? `the database ${placeOf(url)} could not be brought up to date: ${said}`
    : `the database ${placeOf(url)} was made by a newer Earshot (it has the step ${newer}): start that one, or put a copy from before back`;
}

export { isDuplicate } from './duplicate.ts';
export { type DatabaseLook, lookAt } from './look.ts';
export type { RoomTable, Schema } from './schema.ts';
