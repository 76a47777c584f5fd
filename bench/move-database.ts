/**
 * `earshot migrate-db` of a large installation from SQLite to PostgreSQL: killed while it writes one table after the
 * other, then left to finish, and compared row by row.
 *
 *   npm run bench -- move-database [--rooms 10000] [--kills moderation_report,repeat]
 *
 * Each room has a member, five reports and two kept answers. Needs Debian's postgresql. PostgreSQL writes to the disk as
 * it does by default.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { outside } from '../e2e/rig/server.ts';
import { paths } from '../src/role/paths.ts';
import { open, type Store } from '../src/store/index.ts';
import { startPostgres } from '../test/contract/postgres.ts';

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: '10000' },
    kills: { type: 'string', default: 'moderation_report,repeat,room_member' },
  },
});
const ROOMS = Number(values.rooms);
const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'earshot-move-'));
const source = `sqlite:${paths(data).database}`;

/** How many rows of each table were made. */
const MADE = new Map<string, number>();

async function tablesIn(store: Store): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'
    and name not like 'sqlite_%' and name not like 'kysely_%' and name not like '%fts%' order by name`.execute(
    store.db,
  );
  return rows.map(({ name }) => name);
}
/** Columns whose texts are free; all others have the same word, which every rule of the tables allows. */
const FREE = /^(?:id|slug|title|email|name|words|request|answer|text|number|secret|token|hash)$/;
/** Rows that fit a table; those that refer to others refer to the first ones. */
async function fillTable(store: Store, table: string, count: number): Promise<void> {
  const { rows: columns } = await sql<{ name: string; type: string }>`
    select name, type from pragma_table_info(${table})`.execute(store.db);
  const { rows: parents } = await sql<{ from: string; table: string }>`
    select "from", "table" from pragma_foreign_key_list(${table})`.execute(store.db);
  const parentOf = new Map(parents.map((one) => [one.from, one.table]));
  const value = (name: string, type: string, i: number): unknown => {
    const parent = parentOf.get(name);
    if (parent !== undefined) return `${parent} id ${i % (MADE.get(parent) ?? 1)}`;
    if (type.toLowerCase() !== 'text') return i;
    if (name === 'id') return `${table} id ${i}`;
    if (name === 'status') return 'ended';
    return FREE.test(name) ? `${table} ${name} ${i} Été 😀 ${'x'.repeat(30)}` : 'host';
  };
  for (let from = 0; from < count; from += 200) {
    const rows = Array.from({ length: Math.min(200, count - from) }, (_, i) =>
      columns.map(({ name, type }) => sql.lit(value(name, type, from + i))),
    );
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
      values ${sql.join(rows.map((row) => sql`(${sql.join(row)})`))}`.execute(store.db);
  }
  MADE.set(table, count);
}
/** A digest of every row of each table, whatever their order. */
async function digests(url: string, tables: readonly string[]): Promise<Record<string, string>> {
  await using store = await open({ url });
  const found: Record<string, string> = {};
  for (const table of tables) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(table)}`.execute(store.db);
    const lines = rows.map((row) => JSON.stringify(Object.entries(row).sort())).sort();
    found[table] = `${lines.length} ${createHash('sha256').update(lines.join('\n')).digest('hex')}`;
  }
  return found;
}

/** Runs the command; kills it while it writes rows of `killAt`. */
async function move(to: string, killAt?: string) {
  const child = spawn(process.execPath, [ENTRY, 'migrate-db', '--data', data, '--to', to], {
    env: outside(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: string[] = [];
  child.stdout.on('data', (chunk) => printed.push(String(chunk)));
  child.stderr.on('data', (chunk) => printed.push(String(chunk)));
  let most = 0;
  const look = setInterval(() => {
    try {
      most = Math.max(
        most,
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0),
      );
    } catch {
      // It has ended.
    }
  }, 50);
  const kill = async (): Promise<void> => {
    await using watching = await open({ url: postgres.url });
    while (child.exitCode === null) {
      const { rows } = await sql`select 1 from pg_stat_activity
        where datname <> 'postgres' and query like ${`insert into "${killAt}"%`}`.execute(watching.db);
      if (rows.length > 0) return void child.kill('SIGKILL');
    }
  };
  const began = performance.now();
  const ended = once(child, 'exit');
  if (killAt !== undefined) await kill();
  const [code, signal] = await ended;
  clearInterval(look);
  return {
    code,
    signal,
    seconds: (performance.now() - began) / 1_000,
    mb: most / 1_024,
    printed: printed.join(''),
  };
}

await using postgres = await startPostgres({ durable: true });
let tables: string[];
{
  await using store = await open({ url: source });
  tables = await tablesIn(store);
  await sql`pragma foreign_keys = off`.execute(store.db);
  for (const [table, each] of [
    ['account', 0.2],
    ['room', 1],
    ['room_member', 1],
    ['moderation_report', 5],
    ['repeat', 2],
  ] as const)
    if (tables.includes(table)) await fillTable(store, table, Math.round(ROOMS * each));
  console.log(
    `${ROOMS} rooms, ${(statSync(paths(data).database).size / 1e6).toFixed(0)} MB of SQLite; ${cpus().length} × ${cpus()[0]?.model}, load ${loadavg()[0]?.toFixed(1)}`,
  );
}
const before = await digests(source, tables);
const admin = async (statement: string): Promise<void> => {
  await using store = await open({ url: postgres.url });
  await sql.raw(statement).execute(store.db);
};
await admin('create database alone');
const alone = await move(postgres.url.replace(/postgres$/, 'alone'));
console.log(
  `alone: ${alone.seconds.toFixed(1)} s, ${alone.mb.toFixed(0)} MB at most, ended with ${alone.code}\n${alone.printed}`,
);
await admin('create database killed');
const to = postgres.url.replace(/postgres$/, 'killed');
for (const table of values.kills.split(',').filter(Boolean)) {
  const { signal, code, seconds } = await move(to, table);
  await using there = await open({ url: to });
  const { rows } = await sql<{ n: number }>`select count(*) as n from room`.execute(there.db);
  console.log(
    `killed after ${seconds.toFixed(1)} s, while it wrote ${table} (${signal ?? `no: it ended with ${code}`}): ${rows[0]?.n} rooms there`,
  );
}
const last = await move(to);
console.log(
  `then left alone: ${last.seconds.toFixed(1)} s, ended with ${last.code}: ${last.printed.trim().split('\n').at(-1)}`,
);
const after = await digests(to, tables);
const differing = tables.filter((table) => before[table] !== after[table]);
console.log(
  `${tables.length} tables compared row by row: ${differing.length === 0 ? 'all equal' : `DIFFERENT: ${differing.join(', ')}`}`,
);
rmSync(data, { recursive: true, force: true });
