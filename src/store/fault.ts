import { DATABASE } from '../base/database.ts';

/** SQLite's codes for a file that it cannot work with. Spec: sqlite.org/rescode.html. */
const DAMAGED = /^SQLITE_(?:NOTADB|CORRUPT)/;
const SHUT = /^SQLITE_(?:CANTOPEN|READONLY|PERM|AUTH)|^E(?:ACCES|PERM|ROFS|ISDIR|NOTDIR)$/;
const DISK = /^SQLITE_(?:FULL|IOERR)|^ENOSPC$/;
const BUSY = /^SQLITE_(?:BUSY|LOCKED|PROTOCOL)/;

/** Codes of the system or the driver for a server that cannot be reached. */
const AWAY = /^E(?:CONN[A-Z]+|NOTFOUND|AI_AGAIN|TIMEDOUT|HOSTUNREACH|NETUNREACH|PIPE|NOENT)$/;
const AWAY_SAID = /timeout exceeded|connection terminated|connection ended|connection timeout|not queryable/i;
/**
 * Classes of PostgreSQL's own codes: connection, resources, intervention, system, internal error. Spec: PostgreSQL 15,
 * Appendix A.
 */
const REFUSING = /^(?:08|53|57|58|XX)/;

/** Errors around an error that are looked into. */
const MOST_CAUSES = 5;

/** The file or the server of a database in a form that may be shown: without password and parameters. */
export function placeOf(url: string): string {
  const file = DATABASE.exec(url)?.groups?.file;
  if (file !== undefined) return file;
  if (!URL.canParse(url)) return 'postgres://…';
  const { host, pathname, username } = new URL(url);
  return `postgres://${username ? `${username}@` : ''}${host}${pathname}`;
}

/**
 * One sentence about what is wrong with the database and what to do. Undefined when `error` is not the database's fault
 * but that of the query.
 */
export function faultOf(url: string, error: unknown): string | undefined {
  const place = placeOf(url);
  // A library may have put an error of its own around it.
  for (let [one, depth] = [error, 0]; one instanceof Error && depth < MOST_CAUSES; depth += 1) {
    const { code = '', said } = read(one);
    const fault = url.startsWith('sqlite:') ? ofFile(place, code, said) : ofServer(place, code, said);
    if (fault !== undefined) return fault;
    one = one.cause;
  }
  return undefined;
}

function ofFile(place: string, code: string, said: string): string | undefined {
  if (DAMAGED.test(code))
    return `the database ${place} is damaged (${said}): stop Earshot, put a copy of it back or move it away, together with ${place}-wal and -shm, and start again; without a copy it begins with no rooms, recordings stay`;
  if (SHUT.test(code))
    return `the database ${place} cannot be opened (${said}): see that this user may write the file and its folder`;
  if (DISK.test(code))
    return `the database ${place} cannot be written (${said}): make room, and look at the disk`;
  if (BUSY.test(code)) return `the database ${place} is held by another program (${said}): end that one`;
  return undefined;
}

function ofServer(place: string, code: string, said: string): string | undefined {
  if (code.startsWith('28'))
    return `the database ${place} refuses the user or the password (${said}): look at the setting "database" and at pg_hba.conf`;
  if (code === '3D000') return `the database ${place} does not exist: create it (createdb)`;
  if (code === '42501')
    return `the database ${place} does not allow this user to make or change tables (${said}): make the user its owner`;
  if (AWAY.test(code) || AWAY_SAID.test(said) || REFUSING.test(code))
    return `the database ${place} does not answer (${said}): is PostgreSQL running, and reachable from here? It is tried again by itself`;
  return undefined;
}

/** Code and message of an error. When several addresses of one name fail, the combined error has no message. */
function read(error: unknown): { code?: string; said: string } {
  const { code, message, errors } = error as { code?: unknown; message?: string; errors?: readonly Error[] };
  const said = message || errors?.map((one) => one.message).join(', ') || String(error);
  return { ...(typeof code === 'string' ? { code } : {}), said };
}
