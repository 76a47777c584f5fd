import { randomUUIDv7 } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeBackup, moveDatabase, restoreBackup } from '../../src/backup/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { type Postgres, startPostgres } from './postgres.ts';

const ENGINES = ['sqlite', 'postgres'] as const;
type Engine = (typeof ENGINES)[number];
let postgres: Postgres;
let dir: string;
let made = 0;

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.[Symbol.asyncDispose]());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-move-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** The address of a database that nobody has used. */
async function fresh(engine: Engine): Promise<string> {
  made += 1;
  if (engine === 'sqlite') return `sqlite:${join(dir, `${made}.sqlite`)}`;
  await using admin = await open({ url: postgres.url });
  await sql.raw(`create database fresh_${made}`).execute(admin.db);
  return postgres.url.replace(/postgres$/, `fresh_${made}`);
}
async function rows(url: string): Promise<unknown[]> {
  await using store = await open({ url });
  const read = await store.db.selectFrom('room').selectAll().execute();
  return read.sort((a, b) => (a.id < b.id ? -1 : 1));
}
const row = (slug: string, more: object = {}) => ({
  ...{ id: randomUUIDv7(), slug, title: 'Ἀθῆναι 😀 \\ " \u202e', hosts: '["a"]', status: 'live', welcome: 0 },
  ...{ created: 1_795_353_886_479, zero: 1_795_353_886_479, start: null, measures: '{"a":1}', ...more },
});
const fill = (store: Store, count: number, name: string) =>
  store.db
    .insertInto('room')
    .values(Array.from({ length: count }, (_, i) => row(`${name}-${i}`)))
    .execute();

/** All tables that the steps make, asked of SQLite itself; indexes of words are no data. */
async function tablesIn(store: Store): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'
    and name not like 'sqlite_%' and name not like 'kysely_%' and name not like '%\_fts%' escape '\\' order by name`.execute(
    store.db,
  );
  return rows.map(({ name }) => name);
}
/** One row for each table: what is text has the same text everywhere, so that references hold. */
async function fillEvery(store: Store): Promise<void> {
  await sql`pragma foreign_keys = off`.execute(store.db);
  for (const table of await tablesIn(store)) {
    const { rows: columns } = await sql<{ name: string; type: string }>`
      select name, type from pragma_table_info(${table})`.execute(store.db);
    const values = columns.map(({ name, type }) =>
      sql.lit(
        type.toLowerCase() !== 'text' ? 1 : name === 'status' ? 'live' : name === 'way' ? 'push' : 'host',
      ),
    );
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
      values (${sql.join(values)})`.execute(store.db);
  }
  await sql`pragma foreign_keys = on`.execute(store.db);
  const { rows: broken } = await sql`pragma foreign_key_check`.execute(store.db);
  expect(broken).toEqual([]);
}
async function all(store: Store): Promise<Record<string, unknown[]>> {
  const found: Record<string, unknown[]> = {};
  for (const table of await tablesIn(store))
    found[table] = (await sql`select * from ${sql.table(table)}`.execute(store.db)).rows;
  return found;
}

test('rows of every table that there is go to PostgreSQL and back, and through a backup', async () => {
  const source = await fresh('sqlite');
  await using store = await open({ url: source });
  await fillEvery(store);
  const before = await all(store);
  expect(Object.values(before).map((rows) => rows.length)).toEqual(Object.keys(before).map(() => 1));
  expect(Object.keys(before)).toEqual(expect.arrayContaining(['account', 'repeat', 'room', 'room_member']));
  const [there, back] = [await fresh('postgres'), await fresh('sqlite')];
  const tables = Object.keys(before).length;
  expect(await moveDatabase({ from: source, to: there })).toEqual({ tables, rows: tables });
  const [data, to] = [join(dir, 'data'), join(dir, 'b.tar')];
  mkdirSync(data);
  await makeBackup({ data, database: there, to, version: '0', now: () => 0 });
  await restoreBackup({ from: to, data: join(dir, 'new'), database: back, check: false });
  await using restored = await open({ url: back });
  expect(await all(restored)).toEqual(before);
});

describe.each(ENGINES.flatMap((from) => ENGINES.map((to) => [from, to] as const)))(
  'from %s to %s',
  (from, to) => {
    let source: string;
    let target: string;
    let store: Store;
    beforeEach(async () => {
      source = await fresh(from);
      target = await fresh(to);
      store = await open({ url: source });
      await fill(store, 1_050, 'room');
    });
    afterEach(() => store?.[Symbol.asyncDispose]());

    test('every row arrives as it was', async () => {
      expect(await moveDatabase({ from: source, to: target })).toMatchObject({ rows: 1_050 });
      expect(await rows(target)).toEqual(await rows(source));
    });

    test('a target with rows is refused, and stays as it was', async () => {
      await using there = await open({ url: target });
      await fill(there, 1, 'kept');
      const before = await rows(target);
      await expect(moveDatabase({ from: source, to: target })).rejects.toMatchObject({
        code: 'wrong-moment',
      });
      expect(await rows(target)).toEqual(before);
    });

    test('a restored backup that was taken while others wrote is the state of one instant', async () => {
      const data = join(dir, 'data');
      mkdirSync(join(data, 'archive'), { recursive: true });
      writeFileSync(join(data, 'secret'), 'key');
      const before = await rows(source);
      let writing = true;
      const writer = (async () => {
        for (let i = 0; writing; i += 1) {
          await store.db
            .insertInto('room')
            .values(row(`late-${i}`))
            .execute();
          // SQLite answers at once: without a pause nothing else of this process would have its turn.
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const report = await makeBackup({
        ...{ data, database: source, to: join(dir, 'b.tar'), version: '0', now: () => 0 },
        snapped: () => new Promise((resolve) => setTimeout(resolve, 300)),
      });
      writing = false;
      await writer;
      await restoreBackup({
        ...{ from: join(dir, 'b.tar'), data: join(dir, 'new'), database: target, check: false },
      });
      const restored = (await rows(target)) as { slug: string }[];
      expect(restored).toHaveLength(report.rows);
      const late = restored.filter(({ slug }) => slug.startsWith('late-'));
      // A beginning of what was written, without a hole.
      expect(new Set(late.map(({ slug }) => slug))).toEqual(new Set(late.map((_, i) => `late-${i}`)));
      expect(restored.filter(({ slug }) => !slug.startsWith('late-'))).toEqual(before);
      expect((await rows(source)).length).toBeGreaterThan(restored.length);
    });
  },
);

test('a database of the steps before these is restored and brought up to date', async () => {
  const source = await fresh('sqlite');
  {
    await using store = await open({ url: source });
    await fill(store, 3, 'old');
    await sql`drop table repeat`.execute(store.db);
    await sql`delete from kysely_migration where name = '0005-repeats'`.execute(store.db);
  }
  const target = await fresh('postgres');
  await moveDatabase({ from: source, to: target });
  await using store = await open({ url: target });
  expect(await store.db.selectFrom('repeat').selectAll().execute()).toEqual([]);
  expect(await rows(target)).toHaveLength(3);
});

test('a copy that fails in the middle leaves no row', async () => {
  const source = await fresh('sqlite');
  await using store = await open({ url: source });
  await fill(store, 600, 'room');
  await sql`alter table room add column strange text`.execute(store.db);
  const target = await fresh('postgres');
  await expect(moveDatabase({ from: source, to: target })).rejects.toThrow();
  expect(await rows(target)).toEqual([]);
});
