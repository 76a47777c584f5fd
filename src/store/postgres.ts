import { type Dialect, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import type { Log } from '../base/log.ts';

/** Connections of one site process; the site is the only role that uses the database. */
const MAX_CONNECTIONS = 8;
const CONNECT_MS = 5000;
/** A server that has not answered by then counts as away, and the query fails instead of waiting for ever. */
const QUERY_MS = 15_000;
const INT8 = 20;

/** A server at `url`. Lost idle connections are logged and replaced. */
export function postgres(url: string, log: Log): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
    // bigint arrives as text by default. Ours are instants in ms, which are exact as numbers.
    types: { getTypeParser: (id, format) => (id === INT8 ? Number : types.getTypeParser(id, format)) },
  });
  pool.on('error', (error) =>
    log.warn({ error: error.message }, 'a database connection was lost; a new one is made when it is needed'),
  );
  return new PostgresDialect({ pool });
}
