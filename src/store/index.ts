/** The store: one schema and the same queries on SQLite (embedded) or PostgreSQL 15 and newer (scaled). */
import { type CompiledQuery, Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DATABASE, DATABASE_FORMS } from '../base/database.ts';
import { EarshotError } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { faultOf, placeOf } from './fault.ts';
import { migrations } from './migrations.ts';
import type { Schema } from './schema.ts';
import { type SqliteFile, sqlite } from './sqlite.ts';

/** What the store needs. `url` is `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
export interface StoreDeps {
  readonly url: string;
  readonly log?: Log;
}

/** An open database whose tables are up to date. */
export interface Store extends AsyncDisposable {
  readonly engine: 'sqlite' | 'postgres';
  readonly db: Kysely<Schema>;
  /**
   * One sentence about what is wrong with the database and what to do; undefined when `error` does not come from it.
   */
  fault(error: unknown): string | undefined;
  /**
   * Does a write that need not outlast a power cut by itself: it is on the disk when any later write is. On PostgreSQL
   * it is written like all others.
   */
  writeSoon(query: CompiledQuery): Promise<void>;
  /** Checks the connection with an empty query. @throws the error of a database that does not answer. */
  ping(): Promise<void>;
}

/**
 * Opens the database and brings its tables up to date.
 * @throws EarshotError `bad-config` for an unknown URL; `database-away` with one sentence that names the file or the
 * server, without its password, and what to do.
 */
export async function open(deps: StoreDeps): Promise<Store> {
  const form = DATABASE.exec(deps.url);
  if (!form) throw new EarshotError('bad-config', `database: ${DATABASE_FORMS}`);
  const file = form.groups?.file;
  let db: Kysely<Schema> | undefined;
  let opening: SqliteFile | undefined;
  try {
    // PostgreSQL's driver is loaded only where it is used.
    opening = file === undefined ? undefined : sqlite(file);
    const dialect =
      opening?.dialect ?? (await import('./postgres.ts')).postgres(deps.url, deps.log ?? silentLog);
    db = new Kysely<Schema>({ dialect });
    const { error } = await new Migrator({
      ...{ db, provider: migrations },
      // Parts number their steps apart from each other.
      allowUnorderedMigrations: true,
    }).migrateToLatest();
    if (error) throw error;
  } catch (cause) {
    // Closing fails as well when the server is away; the first error is the one to report.
    await db?.destroy().catch(() => undefined);
    throw new EarshotError('database-away', faultOf(deps.url, cause) ?? notUpToDate(deps.url, cause), {
      cause,
    });
  }
  const [opened, openedFile] = [db, opening];
  return {
    engine: file ? 'sqlite' : 'postgres',
    db,
    fault: (error) => faultOf(deps.url, error),
    async writeSoon(query) {
      if (!openedFile?.writeSoon(query)) await opened.executeQuery(query);
    },
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

export {
  type Filling,
  openFilling,
  openRowsDigest,
  openSnapshot,
  type PlainRow,
  type PlainValue,
  type RowsDigest,
  type Snapshot,
  unknownSteps,
} from './copy.ts';
export { isDuplicate } from './duplicate.ts';
export { type DatabaseLook, lookAt } from './look.ts';
export type { RoomTable, Schema } from './schema.ts';
export type { AccountTable, AccountTables, MailTable } from './tables/account.ts';
export type { AbuseReportTable, AuditTable, DecisionTable } from './tables/moderation.ts';
export type { NotificationTable } from './tables/notification.ts';
export type { SocialPostTable, SocialProfileTable } from './tables/social.ts';
