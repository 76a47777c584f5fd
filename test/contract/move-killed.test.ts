/** A move to PostgreSQL that is killed in the middle leaves no row there, and the next one brings them all. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { paths } from '../../src/role/paths.ts';
import { open } from '../../src/store/index.ts';
import { startPostgres } from './postgres.ts';

const ENTRY = fileURLToPath(new URL('../../src/cli/index.ts', import.meta.url));
const ROOMS = 6_000;
/** Many times what it takes on a machine that does nothing else. */
const LIMIT_MS = 180_000;

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'earshot-killed-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

async function fill(url: string): Promise<void> {
  await using store = await open({ url });
  const row = (i: number) => ({
    ...{ id: randomUUIDv7(), slug: `room-${i}`, title: `Ünïcode 😀 ${i}`, hosts: '["a"]', status: 'ended' },
    ...{ welcome: 0, created: 1_795_353_886_479 + i, start: null, measures: '{"a":1}' },
  });
  for (let from = 0; from < ROOMS; from += 500)
    await store.db
      .insertInto('room')
      .values(Array.from({ length: 500 }, (_, i) => row(from + i)))
      .execute();
}

/** Every row of every table of an installation, sorted. */
async function everything(url: string, tables: readonly string[]): Promise<Record<string, string[]>> {
  await using store = await open({ url });
  const found: Record<string, string[]> = {};
  for (const table of tables) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(store.db);
    found[table] = rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
  }
  return found;
}

test(
  'a move that is killed while it copies leaves no row, and the next one brings every row',
  async () => {
    await using postgres = await startPostgres();
    mkdirSync(data, { recursive: true });
    const source = `sqlite:${paths(data).database}`;
    await fill(source);
    let printed = '';
    const move = (): ChildProcess => {
      const env = Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !name.startsWith('EARSHOT_')),
      );
      const child = spawn(process.execPath, [ENTRY, 'migrate-db', '--data', data, '--to', postgres.url], {
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout?.on('data', (chunk) => (printed += chunk));
      child.stderr?.on('data', (chunk) => (printed += chunk));
      return child;
    };
    // Other connections see nothing of a transaction, but they do see that it is writing rows.
    await using watching = await open({ url: postgres.url.replace(/postgres$/, 'template1') });
    const first = move();
    const ended = once(first, 'exit');
    let copying = false;
    while (!copying && first.exitCode === null) {
      const { rows } = await sql`select 1 from pg_stat_activity
      where datname = 'postgres' and query like 'insert into "room"%'`.execute(watching.db);
      copying = rows.length > 0;
    }
    first.kill('SIGKILL');
    const [code, signal] = await ended;
    expect([copying, code, signal], printed).toEqual([true, null, 'SIGKILL']);
    expect((await everything(postgres.url, ['room'])).room).toEqual([]);
    const again = move();
    expect(await once(again, 'exit'), printed).toEqual([0, null]);
    expect(printed).toContain(`${ROOMS} rows of`);
    await using store = await open({ url: source });
    // Indexes of words are made anew by each database.
    const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'
    and name not like 'sqlite_%' and name not like 'kysely_%' and name not like '%fts%' order by name`.execute(
      store.db,
    );
    const tables = rows.map(({ name }) => name);
    const before = await everything(source, tables);
    expect(before.room).toHaveLength(ROOMS);
    expect(await everything(postgres.url, tables)).toEqual(before);
  },
  LIMIT_MS,
);
