/**
 * What users of other self-hosted programs reported about backups, moves and locked databases, tried here: each test has
 * the report in its name.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeBackup, moveDatabase, restoreBackup } from '../../src/backup/index.ts';
import { open, type Store } from '../../src/store/index.ts';
import { startPostgres } from './postgres.ts';

let dir: string;
let url: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-reports-'));
  url = `sqlite:${join(dir, 'earshot.sqlite')}`;
});
afterEach(() => {
  spawnSync('umount', ['-l', join(dir, 'small')]);
  rmSync(dir, { recursive: true, force: true });
});
const row = (slug: string, title = slug) => ({
  ...{
    id: randomUUIDv7(),
    slug,
    title,
    hosts: '["a"]',
    status: 'ended',
    welcome: 0,
    created: 1,
    start: null,
  },
});
const insert = (store: Store, ...rows: ReturnType<typeof row>[]) =>
  store.db.insertInto('room').values(rows).execute();
const refusal = (attempt: Promise<unknown>): Promise<{ code?: string; message: string }> =>
  attempt.then(
    () => ({ message: 'nothing was refused' }),
    (error: { code?: string; message: string }) => error,
  );
const smallDisk = (size: string): string => {
  const small = join(dir, 'small');
  mkdirSync(small);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', small]);
  expect(mounted.status, 'mounting a small disk needs root').toBe(0);
  return small;
};

test('music-assistant/support#3647: SQLite’s own online backup works while the server holds the file and writes', async () => {
  await using store = await open({ url });
  const copies = Array.from({ length: 3 }, (_, i) => join(dir, `copy-${i}.sqlite`));
  for (const [i, copy] of copies.entries()) {
    await insert(store, row(`room-${i}`));
    const file = url.slice('sqlite:'.length);
    // Another process, as somebody's nightly job is one.
    const job =
      'const d = new (require(process.argv[1]))(process.argv[2], { readonly: true }); d.backup(process.argv[3]).then(() => d.close())';
    const driver = createRequire(import.meta.url).resolve('better-sqlite3');
    execFileSync(process.execPath, ['-e', job, driver, file, copy]);
    const there = new Database(copy, { readonly: true });
    expect([there.pragma('integrity_check', { simple: true }), rowsIn(there)]).toEqual(['ok', i + 1]);
    there.close();
  }
});
const rowsIn = (database: Database.Database): number =>
  (database.prepare('select count(*) as n from room').get() as { n: number }).n;

test('mattermost/docs#7163, FlowiseAI/Flowise#5036: a NUL in a text is named before PostgreSQL refuses it, or left out', async () => {
  await using postgres = await startPostgres();
  {
    await using store = await open({ url });
    await insert(store, row('fine'), row('odd', 'one\0two'));
  }
  const { code, message } = await refusal(moveDatabase({ from: url, to: postgres.url }));
  expect(code).toBe('unprocessable');
  expect(message).toMatch(/a text in room\.title has a NUL .*nothing was changed.*--without-nul/);
  expect(await moveDatabase({ from: url, to: postgres.url, withoutNul: true })).toMatchObject({
    rows: 2,
    nuls: 1,
  });
  await using moved = await open({ url: postgres.url });
  const titles = await moved.db.selectFrom('room').select('title').orderBy('slug').execute();
  expect(titles).toEqual([{ title: 'fine' }, { title: 'onetwo' }]);
});

test('go-gitea/gitea#34067, #12179: a backup that fails leaves no file that looks like one', async () => {
  const small = smallDisk('4m');
  const data = join(dir, 'data');
  mkdirSync(join(data, 'archive'), { recursive: true });
  await using store = await open({ url });
  await insert(store, row('hall'));
  const to = join(small, 'b.tar');
  const order = { data, database: url, to, version: '0', now: () => 0 };
  // It is seen beforehand; and when the disk fills up only afterwards, what was begun is removed.
  writeFileSync(join(data, 'archive', 'sound'), Buffer.alloc(8 << 20));
  expect(await refusal(makeBackup(order))).toMatchObject({
    code: 'disk-full',
    message: /nothing was written/,
  });
  expect(readdirSync(small)).toEqual([]);
  await makeBackup({ ...order, to: join(dir, 'whole.tar') });
  expect(statSync(join(dir, 'whole.tar')).size).toBeGreaterThan(8 << 20);
});

test('go-gitea/gitea#15678, #14069: a backup knows which version its tables are of, and is brought up to date', async () => {
  const data = join(dir, 'data');
  mkdirSync(data);
  const file = join(dir, 'b.tar');
  {
    await using store = await open({ url });
    await insert(store, row('hall'));
    await sql`drop table repeat`.execute(store.db);
    await sql`delete from kysely_migration where name = '0005-repeats'`.execute(store.db);
  }
  await makeBackup({ data, database: url, to: file, version: '0', now: () => 0 });
  await restoreBackup({ from: file, data: join(dir, 'new'), database: undefined, check: false });
  await using restored = await open({ url: `sqlite:${join(dir, 'new', 'earshot.sqlite')}` });
  expect(await restored.db.selectFrom('repeat').selectAll().execute()).toEqual([]);
  expect(await restored.db.selectFrom('room').select('slug').execute()).toEqual([{ slug: 'hall' }]);
});

test('grafana/grafana#115875, #16638: where another program holds the database, the start says so and changes nothing', async () => {
  {
    await using store = await open({ url });
    await insert(store, row('hall'));
    // As if this version had a step more than the one that made the file.
    await sql`delete from kysely_migration where name = '0005-repeats'`.execute(store.db);
    await sql`drop table repeat`.execute(store.db);
  }
  const holder = new Database(url.slice('sqlite:'.length));
  holder.exec('begin immediate');
  expect(await refusal(open({ url }))).toMatchObject({
    code: 'database-away',
    message: /is held by another program \(database is locked\): end that one/,
  });
  holder.exec('rollback');
  holder.close();
  await using store = await open({ url });
  expect(await store.db.selectFrom('room').select('slug').execute()).toEqual([{ slug: 'hall' }]);
});

test.each(['sqlite', 'postgres'] as const)(
  'a database of a newer version on %s is refused with words, and stays as it was',
  async (engine) => {
    await using postgres = engine === 'postgres' ? await startPostgres() : undefined;
    const at = postgres?.url ?? url;
    const steps = async (store: Store): Promise<unknown[]> =>
      (await sql`select name from kysely_migration order by name`.execute(store.db)).rows;
    let before: unknown[];
    {
      await using store = await open({ url: at });
      await insert(store, row('hall'));
      await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01T00:00:00.000Z')`.execute(
        store.db,
      );
      before = await steps(store);
      expect((await refusal(open({ url: at }))).message).toMatch(
        /was made by a newer Earshot \(it has the step 9999-future\): start that one, or put a copy from before back/,
      );
      expect(await steps(store)).toEqual(before);
      expect(
        await refusal(moveDatabase({ from: at, to: `sqlite:${join(dir, 'other.sqlite')}` })),
      ).toMatchObject({
        message: /made by a newer Earshot \(it has the step 9999-future\)/,
      });
    }
  },
);

test('a move to a disk that is full is refused in one sentence, and may be tried again', async () => {
  const small = smallDisk('2m');
  {
    await using store = await open({ url });
    for (let i = 0; i < 20; i++)
      await insert(store, ...Array.from({ length: 100 }, (_, n) => row(`room-${i}-${n}`, 'x'.repeat(2_000))));
  }
  const to = `sqlite:${join(small, 'earshot.sqlite')}`;
  const { code, message } = await refusal(moveDatabase({ from: url, to }));
  expect([code, message]).toEqual(['database-away', expect.stringMatching(/cannot be written .*make room/)]);
  expect(message).not.toContain('\n');
  spawnSync('mount', ['-o', 'remount,size=64m', small]);
  expect(await moveDatabase({ from: url, to })).toMatchObject({ rows: 2_000 });
  expect(existsSync(join(small, 'earshot.sqlite'))).toBe(true);
});
