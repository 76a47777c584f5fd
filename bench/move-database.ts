/**
 * `earshot migrate-db` of a large installation from SQLite to PostgreSQL: killed in the middle again and again, then left
 * to finish, and compared row by row.
 *
 *   npm run bench -- move-database [--rooms 10000] [--kills 3]
 *
 * Each room has a member, five reports and two kept answers. Needs Debian's postgresql. PostgreSQL writes to the disk as it does by default.
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
  options: { rooms: { type: 'string', default: '10000' }, kills: { type: 'string', default: '3' } },
});
const ROOMS = Number(values.rooms);
const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'earshot-move-'));
const source = `sqlite:${paths(data).database}`;

async function tablesIn(store: Store): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'
    and name not like 'sqlite_%' and name not like 'kysely_%' order by name`.execute(store.db);
  return rows.map(({ name }) => name);
}
/** Rows that fit a table, whatever its columns: texts and numbers of their own. */
async function fillTable(store: Store, table: string, count: number): Promise<void> {
  const { rows: columns } = await sql<{ name: string; type: string; notnull: number; pk: number }>`
    select name, type, "notnull", pk from pragma_table_info(${table})`.execute(store.db);
  for (let from = 0; from < count; from += 200) {
    const rows = Array.from({ length: Math.min(200, count - from) }, (_, i) =>
      columns.map(({ name, type }) =>
        sql.lit(
          type.toLowerCase() === 'text'
            ? name === 'status'
              ? 'ended'
              : `${table} ${name} ${from + i} Été 😀 ${'x'.repeat(30)}`
            : from + i,
        ),
      ),
    );
    await sql`insert into ${sql.table(table)} (${sql.join(columns.map(({ name }) => sql.ref(name)))})
      values ${sql.join(rows.map((row) => sql`(${sql.join(row)})`))}`.execute(store.db);
  }
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

/** Runs the command; ends it after `killAfter` ms. */
async function move(to: string, killAfter?: number) {
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
        Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]),
      );
    } catch {
      // It has ended.
    }
  }, 50);
  const kill = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const began = performance.now();
  const [code, signal] = await once(child, 'exit');
  clearInterval(look);
  clearTimeout(kill);
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
    ['room', 1],
    ['account', 0.2],
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
// One that is left alone tells how long it takes, and so when to kill the others.
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
for (let n = 1; n <= Number(values.kills); n++) {
  const after = alone.seconds * 1_000 * (0.3 + (0.6 * n) / Number(values.kills));
  const { signal, code } = await move(to, after);
  await using there = await open({ url: to });
  const { rows } = await sql<{ n: number }>`select count(*) as n from room`.execute(there.db);
  console.log(`killed after ${(after / 1_000).toFixed(1)} s (${signal ?? code}): ${rows[0]?.n} rooms there`);
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
