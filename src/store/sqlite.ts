import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type Dialect, SqliteDialect } from 'kysely';
import { makeFolder } from '../base/folder.ts';

/** How long a writer waits for another process's lock. */
const BUSY_MS = 5000;

/** One file, created with its folder when it is missing. An acknowledged write survives a power cut (WAL, FULL). */
export function sqlite(path: string): Dialect {
  if (path !== ':memory:') makeFolder(dirname(path));
  const database = new Database(path, { timeout: BUSY_MS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
  } catch (error) {
    database.close();
    throw error;
  }
  return new SqliteDialect({ database });
}

/** The same file for reading alone: it is not created, and nobody is kept waiting. */
export function sqliteReader(path: string): Dialect {
  return new SqliteDialect({ database: new Database(path, { readonly: true, timeout: BUSY_MS }) });
}
