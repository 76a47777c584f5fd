/**
 * The floor under an API: Node's HTTP server and the database driver, and nothing else. Forked with a socket and a
 * database; one table with an index, rows as they are, no rules.
 */
import { createServer } from 'node:http';
import Database from 'better-sqlite3';
import { Pool } from 'pg';

const [, , socket = '', url = ''] = process.argv;
const TABLE = `create table plain (slug text primary key, title text not null, hosts text not null, created bigint not null)`;
interface PlainRows {
  list(): unknown;
  one(slug: string): unknown;
  add(slug: string, title: string, hosts: string, created: number): unknown;
}

function inSqlite(file: string): PlainRows {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`${TABLE}; create index plain_created on plain (created)`);
  const list = db.prepare('select * from plain order by created desc limit 20');
  const one = db.prepare('select * from plain where slug = ?');
  const add = db.prepare('insert into plain values (?, ?, ?, ?)');
  return { list: () => list.all(), one: (slug) => one.get(slug), add: (...row) => add.run(...row) };
}
async function inPostgres(): Promise<PlainRows> {
  const pool = new Pool({ connectionString: url, max: 8 });
  await pool.query(TABLE);
  await pool.query('create index plain_created on plain (created)');
  return {
    list: async () => (await pool.query('select * from plain order by created desc limit 20')).rows,
    one: async (slug) => (await pool.query('select * from plain where slug = $1', [slug])).rows[0],
    add: (...row) => pool.query('insert into plain values ($1, $2, $3, $4)', row),
  };
}

const rows = url.startsWith('sqlite:') ? inSqlite(url.slice('sqlite:'.length)) : await inPostgres();
const server = createServer(async (req, res) => {
  const say = (status: number, value: unknown): void => {
    const text = JSON.stringify(value);
    res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    res.end(text);
  };
  if (req.method === 'GET')
    return say(200, await (req.url === '/' ? rows.list() : rows.one(req.url?.slice(1) ?? '')));
  let text = '';
  for await (const chunk of req) text += String(chunk);
  const { slug, title, hosts } = JSON.parse(text) as Record<'slug' | 'title' | 'hosts', string>;
  await rows.add(slug, title, hosts, Date.now());
  say(201, { slug });
});
server.listen(socket, () => process.send?.('open'));
process.once('disconnect', () => process.exit());
