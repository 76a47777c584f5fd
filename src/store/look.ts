import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { DATABASE } from '../base/database.ts';
import { faultOf, placeOf } from './fault.ts';

const PATIENCE_MS = 4000;

/** The result of a connection test. */
export interface DatabaseLook {
  readonly ok: boolean;
  /** The file or server without its password, and the finding; in case of trouble also what to do. */
  readonly says: string;
}

/** Connects to a database without a query. It creates no file and changes no table. */
export async function lookAt(url: string): Promise<DatabaseLook> {
  const file = DATABASE.exec(url)?.groups?.file;
  const place = placeOf(url);
  const wrong = (error: unknown): DatabaseLook => ({
    ok: false,
    says: faultOf(url, error) ?? `${place}: ${(error as Error).message}`,
  });
  if (file !== undefined) {
    if (!existsSync(file)) return { ok: true, says: `${place} is made at the first start` };
    try {
      const database = new Database(file, { readonly: true, timeout: 1000 });
      try {
        const [first] = database.pragma('quick_check(1)') as { quick_check: string }[];
        return first?.quick_check === 'ok'
          ? { ok: true, says: `${place} can be read, and is whole` }
          : { ok: false, says: `${place} is damaged (${first?.quick_check}): put a copy of it back` };
      } finally {
        database.close();
      }
    } catch (error) {
      return wrong(error);
    }
  }
  const { Client } = await import('pg');
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query('show server_version');
    return { ok: true, says: `${place} answers (PostgreSQL ${rows[0]?.server_version})` };
  } catch (error) {
    return wrong(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}
