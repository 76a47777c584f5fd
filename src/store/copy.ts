import { createHash } from 'node:crypto';
import { type ControlledTransaction, Kysely, sql, type TableMetadata } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DATABASE, DATABASE_FORMS } from '../base/database.ts';
import { EarshotError } from '../base/errors.ts';
import { silentLog } from '../base/log.ts';
import { faultOf, placeOf } from './fault.ts';
import { migrations } from './migrations.ts';
import { sqlite, sqliteReader } from './sqlite.ts';

/** One row in a form that is the same on both engines: only numbers, texts, null, and bytes as `{ base64 }`. */
export type PlainRow = Readonly<Record<string, PlainValue>>;
/** A value of such a row. */
export type PlainValue = number | string | null | { readonly base64: string };

// biome-ignore lint/suspicious/noExplicitAny: every table there is, whatever its columns
type AnyDb = Kysely<any>;

/** Rows are fetched and written so many at a time. */
const BATCH = 500;
/** Most values in one statement: SQLite takes 32,766. */
const MOST_VALUES = 30_000;
const STEPS_TABLE = 'kysely_migration';

async function connect(url: string, reading: boolean): Promise<{ db: AnyDb; postgres: boolean }> {
  const form = DATABASE.exec(url);
  if (!form) throw new EarshotError('bad-config', `database: ${DATABASE_FORMS}`);
  const file = form.groups?.file;
  if (file !== undefined)
    return {
      db: new Kysely({ dialect: reading ? sqliteReader(file) : sqlite(file).dialect }),
      postgres: false,
    };
  const { postgres } = await import('./postgres.ts');
  return { db: new Kysely({ dialect: postgres(url, silentLog) }), postgres: true };
}

const inWords = (url: string, error: unknown): unknown => {
  const fault = error instanceof EarshotError ? undefined : faultOf(url, error);
  return fault === undefined ? error : new EarshotError('database-away', fault, { cause: error });
};

/** Indexes of searched words: triggers fill them from the tables that are copied. */
const WORD_INDEX = /_fts(?:_|$)/;

/** The tables that hold data, by name; those of the migrator and the indexes of words are left out. */
async function tablesOf(db: AnyDb): Promise<TableMetadata[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: false });
  return tables
    .filter(
      ({ isView, schema, name }) =>
        !isView && (schema ?? 'public') === 'public' && !name.startsWith('sqlite_') && !WORD_INDEX.test(name),
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function stepsOf(db: AnyDb): Promise<string[]> {
  const all = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!all.some(({ name }) => name === STEPS_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(STEPS_TABLE)}`.execute(db);
  return rows.map(({ name }) => name).sort();
}

/** A value of a driver as a plain one. */
function plain(value: unknown): PlainValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  if (value === undefined) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  return JSON.stringify(value);
}
const ofPlain = (value: PlainValue): unknown =>
  value !== null && typeof value === 'object' ? Buffer.from(value.base64, 'base64') : value;

/**
 * A digest of rows in any order: the sum of their hashes. Two engines sort differently, and it must come out the same.
 */
export function openRowsDigest() {
  const sum = new Uint8Array(32);
  let rows = 0;
  return {
    add(row: PlainRow): void {
      const sorted = Object.keys(row)
        .sort()
        .map((name) => [name, row[name]]);
      const hash = createHash('sha256').update(JSON.stringify(sorted)).digest();
      let carry = 0;
      for (let i = 31; i >= 0; i -= 1) {
        const total = (sum[i] ?? 0) + (hash[i] ?? 0) + carry;
        sum[i] = total & 0xff;
        carry = total >> 8;
      }
      rows += 1;
    },
    result: (): RowsDigest => ({ rows, digest: Buffer.from(sum).toString('hex') }),
  };
}

/** How many rows a table has, and the digest of them all. */
export interface RowsDigest {
  readonly rows: number;
  readonly digest: string;
}

/** A database as it was at one instant, while others go on writing to it. */
export interface Snapshot extends AsyncDisposable {
  readonly engine: 'sqlite' | 'postgres';
  /** The steps that made its tables. */
  readonly steps: readonly string[];
  readonly tables: readonly string[];
  /** How many rows a table has. */
  count(table: string): Promise<number>;
  /** All rows of a table, a few hundred in memory at a time. */
  rows(table: string): AsyncIterable<PlainRow>;
}

async function* rowsOf(trx: AnyDb, postgres: boolean, table: string): AsyncIterable<PlainRow> {
  const toPlain = (row: Record<string, unknown>): PlainRow =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
  if (!postgres) {
    for await (const row of trx.selectFrom(table).selectAll().stream(BATCH)) yield toPlain(row);
    return;
  }
  await sql`declare rows_of_table no scroll cursor for select * from ${sql.table(table)}`.execute(trx);
  for (;;) {
    const { rows } = await sql<Record<string, unknown>>`fetch ${sql.lit(BATCH)} from rows_of_table`.execute(
      trx,
    );
    for (const row of rows) yield toPlain(row);
    if (rows.length < BATCH) break;
  }
  await sql`close rows_of_table`.execute(trx);
}

/**
 * Opens a snapshot: one read transaction (repeatable read on PostgreSQL, a WAL snapshot on SQLite), which stops nobody.
 * @throws EarshotError `database-away` with one sentence.
 */
export async function openSnapshot(url: string): Promise<Snapshot> {
  let db: AnyDb | undefined;
  try {
    const connected = await connect(url, true);
    db = connected.db;
    const { postgres } = connected;
    const begin = db.startTransaction();
    const trx: ControlledTransaction<unknown> = await (postgres
      ? begin.setIsolationLevel('repeatable read').setAccessMode('read only')
      : begin
    ).execute();
    const steps = await stepsOf(trx);
    const tables = (await tablesOf(trx)).map(({ name }) => name);
    const opened = db;
    return {
      engine: postgres ? 'postgres' : 'sqlite',
      ...{ steps, tables },
      async count(table) {
        const { rows } = await sql<{
          n: number | string;
        }>`select count(*) as n from ${sql.table(table)}`.execute(trx);
        return Number(rows[0]?.n ?? 0);
      },
      rows: (table) => rowsOf(trx as AnyDb, postgres, table),
      async [Symbol.asyncDispose]() {
        await trx
          .rollback()
          .execute()
          .catch(() => undefined);
        await opened.destroy();
      },
    };
  } catch (error) {
    await db?.destroy().catch(() => undefined);
    throw inWords(url, error);
  }
}

/** An empty database that is being filled, all of it or nothing. */
export interface Filling extends AsyncDisposable {
  /** Writes all rows of a table, in place of what its steps may have put there. */
  fill(table: string, rows: AsyncIterable<PlainRow>): Promise<void>;
  /** Reads a table back. */
  digest(table: string): Promise<RowsDigest>;
  /** Makes it last, and brings the tables up to date. Without it, closing leaves no row. */
  commit(): Promise<void>;
}

/** Steps that this version does not know. */
export async function unknownSteps(steps: readonly string[]): Promise<string[]> {
  const known = await migrations.getMigrations();
  return steps.filter((step) => !(step in known));
}

/**
 * Opens a database without rows for filling; its tables are made by `steps`, as they were where the rows come from.
 * @throws EarshotError `wrong-moment` when it has rows; `database-away` with one sentence.
 */
export async function openFilling(url: string, steps: readonly string[]): Promise<Filling> {
  const { db, postgres } = await connect(url, false);
  try {
    const there = await tablesOf(db);
    for (const { name } of there) {
      if (await db.selectFrom(name).select(sql`1`.as('one')).limit(1).executeTakeFirst())
        throw new EarshotError(
          'wrong-moment',
          `the database ${placeOf(url)} is not empty (${name} has rows): nothing was changed; use a new, empty one`,
        );
    }
    const ahead = (await stepsOf(db)).filter((step) => !steps.includes(step));
    if (ahead.length > 0)
      throw new EarshotError(
        'wrong-moment',
        `the database ${placeOf(url)} was made by another version (it has the step ${ahead[0]}): use a new, empty one`,
      );
    const all = await migrations.getMigrations();
    await migrate(db, Object.fromEntries(Object.entries(all).filter(([name]) => steps.includes(name))));
    const trx = await db.startTransaction().execute();
    const back = postgres ? await withoutForeignKeys(trx as AnyDb) : async () => undefined;
    if (!postgres) await sql`pragma defer_foreign_keys = on`.execute(trx);
    let ended = false;
    const toWords = (error: unknown): never => {
      throw inWords(url, error);
    };
    return {
      async fill(table, rows) {
        const any = trx as AnyDb;
        await any.deleteFrom(table).execute().catch(toWords);
        let batch: Record<string, unknown>[] = [];
        const write = async (): Promise<void> => {
          if (postgres) for (const row of batch) seeWithoutNul(table, row);
          if (batch.length > 0) await any.insertInto(table).values(batch).execute().catch(toWords);
          batch = [];
        };
        for await (const row of rows) {
          batch.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, ofPlain(value)])));
          if (batch.length >= BATCH || batch.length * Object.keys(row).length >= MOST_VALUES) await write();
        }
        await write();
      },
      async digest(table) {
        const digest = openRowsDigest();
        for await (const row of rowsOf(trx as AnyDb, postgres, table)) digest.add(row);
        return digest.result();
      },
      async commit() {
        try {
          await back();
          if (postgres) await countOn(trx as AnyDb);
          await trx.commit().execute();
          ended = true;
          await migrate(db, all);
        } catch (error) {
          throw inWords(url, error);
        }
      },
      async [Symbol.asyncDispose]() {
        // A full disk or a lost connection has rolled it back already; why is what is told.
        if (!ended)
          await trx
            .rollback()
            .execute()
            .catch(() => undefined);
        await db.destroy();
      },
    };
  } catch (error) {
    await db.destroy().catch(() => undefined);
    throw inWords(url, error);
  }
}

/** @throws EarshotError for a text that SQLite holds and PostgreSQL does not. */
function seeWithoutNul(table: string, row: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(row))
    if (typeof value === 'string' && value.includes('\0'))
      throw new EarshotError(
        'unprocessable',
        `a text in ${table}.${name} has a NUL character in it (of the row ${String(row.id ?? Object.values(row)[0]).slice(0, 60)}), which PostgreSQL cannot hold: nothing was changed; migrate-db --without-nul leaves such characters out`,
      );
}

async function migrate(
  db: AnyDb,
  steps: Awaited<ReturnType<typeof migrations.getMigrations>>,
): Promise<void> {
  const provider = { getMigrations: async () => steps };
  const { error } = await new Migrator({ db, provider, allowUnorderedMigrations: true }).migrateToLatest();
  if (error) throw error;
}

/** Takes foreign keys away while tables are filled in any order; the result puts them back, and so checks them. */
async function withoutForeignKeys(trx: AnyDb): Promise<() => Promise<void>> {
  const { rows } = await sql<{ table: string; name: string; rule: string }>`
    select c.conrelid::regclass::text as table, c.conname as name, pg_get_constraintdef(c.oid) as rule
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where c.contype = 'f' and n.nspname = 'public'`.execute(trx);
  for (const { table, name } of rows)
    await sql`alter table ${sql.raw(table)} drop constraint ${sql.ref(name)}`.execute(trx);
  return async () => {
    for (const { table, name, rule } of rows)
      await sql`alter table ${sql.raw(table)} add constraint ${sql.ref(name)} ${sql.raw(rule)}`.execute(trx);
  };
}

/** Columns that number themselves go on after the highest number. */
async function countOn(trx: AnyDb): Promise<void> {
  for (const { name, columns } of await tablesOf(trx))
    for (const column of columns.filter(({ isAutoIncrementing }) => isAutoIncrementing))
      await sql`select setval(pg_get_serial_sequence(${name}, ${column.name}),
        (select coalesce(max(${sql.ref(column.name)}), 0) + 1 from ${sql.table(name)}), false)`.execute(trx);
}
