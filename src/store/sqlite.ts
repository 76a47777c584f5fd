import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type CompiledQuery, type Dialect, SqliteDialect } from 'kysely';
import { makeFolder } from '../base/folder.ts';

/** How long a writer waits for another process's lock. */
const BUSY_MS = 5000;

/** A file that is written to. */
export interface SqliteFile {
  readonly dialect: Dialect;
  /**
   * Does a write without waiting for the disk, now; false when it has to wait for a transaction of this process. Like
   * everything before it, it is on the disk when a later write is: the log is written in order.
   * Spec: sqlite.org/pragma.html#pragma_synchronous.
   */
  writeSoon(query: CompiledQuery): boolean;
}

/** One file, created with its folder when it is missing. An acknowledged write survives a power cut (WAL, FULL). */
export function sqlite(path: string): SqliteFile {
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
  return {
    dialect: new SqliteDialect({ database }),
    writeSoon({ sql, parameters }) {
      if (database.inTransaction) return false;
      database.pragma('synchronous = NORMAL');
      try {
        database.prepare(sql).run(...parameters);
      } finally {
        database.pragma('synchronous = FULL');
      }
      return true;
    },
  };
}

/** The same file for reading alone: it is not created, and nobody is kept waiting. */
export function sqliteReader(path: string): Dialect {
  return new SqliteDialect({ database: new Database(path, { readonly: true, timeout: BUSY_MS }) });
}
