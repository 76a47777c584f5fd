/**
 * Reads and writes of the API on SQLite and PostgreSQL: processor time of the site (or the room's cell) and of the
 * database for each, and what one core of both does in a second.
 *
 *   npm run bench -- api [--seconds 4] [--clients 32] [--only "list of rooms,sign in"]
 *
 * A complete server, asked at the sockets on which doors ask it; PostgreSQL writes to the disk as it does by default,
 * SQLite with synchronous = FULL. The floor (`peers/plain-rows.ts`) is Node's HTTP server and the database driver alone,
 * in the same run. Paces are not what is measured: they fill up fast (`api/fast-paces.ts`). A change is answered when doors
 * and cells know of it, which is gathered for up to 150 ms.
 */
import { fork } from 'node:child_process';
import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type MadeRoom, startServer, until } from '../e2e/rig/server.ts';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { readSecret } from '../src/keys/secret.ts';
import { openTokens } from '../src/keys/token.ts';
import { paths } from '../src/role/paths.ts';
import { open as openStore } from '../src/store/index.ts';
import { type Postgres, startPostgres } from '../test/contract/postgres.ts';
import { type ApiAnswer, ask, askOften, closeClients, type Done } from './api/client.ts';
import { family } from './peers/rig.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    clients: { type: 'string', default: '32' },
    only: { type: 'string', default: '' },
  },
});
const SECONDS = Number(values.seconds);
const CLIENTS = Number(values.clients);
const ONLY = values.only.split(',').filter(Boolean);
const ROOMS = 1_000;
const TICKS_PER_SECOND = 100;
const PASSWORD = 'only for this bench, quite long';
const OPERATOR_KEY = 'operator-key-of-some-length';
const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** CPU seconds of a process, threads and ended children included. Spec: proc(5). */
function cpu(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_PER_SECOND;
}
const cpuOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => {
    try {
      return sum + cpu(pid);
    } catch {
      // A server process of a connection that has just closed: its parent has its time.
      return sum;
    }
  }, 0);

/** One kind of request. */
interface Kind {
  readonly name: string;
  readonly by: 'site' | 'cell' | 'floor';
  readonly most?: number;
  readonly clients?: number;
  one(n: number, client: number): Promise<ApiAnswer>;
}
/** What one of it costs, µs, and how fast it went. */
interface Figures {
  readonly program: number;
  readonly database: number;
  readonly done: Done;
}
type Engine = 'sqlite' | 'postgres';

const rest = { cell: null, cap: null, welcome: 0, spared: null, modified: null, removed: null };
const times = { opened: null, ended: null, zero: null, first_audio: null, first_speech: null };
async function fillRooms(url: string): Promise<void> {
  await using store = await openStore({ url });
  const all = Array.from({ length: ROOMS }, (_, i) => ({
    ...{ id: randomUUIDv7(), slug: `talk-${i}`, title: `A talk, number ${i}`, hosts: '["Ana","Ben"]' },
    ...{ status: 'scheduled', start: Date.now() + 86_400_000 + i * 60_000, created: Date.now() - i * 60_000 },
    ...{ ...rest, ...times },
  }));
  for (let i = 0; i < ROOMS; i += 100)
    await store.db
      .insertInto('room')
      .values(all.slice(i, i + 100))
      .execute();
}

/** The requests at the site and the cell of a server. */
async function kindsOf(data: string, room: MadeRoom): Promise<Kind[]> {
  const at = paths(data);
  const tokens = openTokens(readSecret(at.secret));
  const links = await Promise.all(
    Array.from({ length: ROOMS }, (_, i) =>
      tokens.sign({ slug: `talk-${i}` as Slug, role: 'host', speaker: 'host' as SpeakerId, name: '' }),
    ),
  );
  const site = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    ask(at.siteHttp, { method, path, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const cell = (path: string, body: object, n: number, headers: Record<string, string> = {}) =>
    ask(at.cellHttp(0), {
      method: 'POST',
      path: `/r/${room.slug}/${path}`,
      headers: { 'x-forwarded-for': `10.${n >> 14}.${(n >> 6) & 255}.${n & 63}`, ...headers },
      body: JSON.stringify(body),
    });
  const form = (path: string, fields: Record<string, string>) =>
    ask(at.siteHttp, {
      ...{ method: 'POST', path, body: String(new URLSearchParams(fields)) },
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-forwarded-for': '10.9.9.9' },
    });
  const invitation = readFileSync(at.firstInvitation, 'utf8').trim();
  const me = { email: 'ana@x.example', password: PASSWORD };
  await form('/sign-up', { ...me, name: 'Ana', invitation });
  const operator = { authorization: `Bearer ${OPERATOR_KEY}` };
  const start = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const etags = new Map<number, string>();
  const unlisted = new Set<number>();
  // Each client has rooms of its own, so that nobody's ETag is out of date.
  const own = (n: number, client: number): number => client + CLIENTS * (n % Math.floor(ROOMS / CLIENTS));
  const settings = async (n: number, client: number): Promise<ApiAnswer> => {
    const i = own(n, client);
    const authorization = `Bearer ${links[i]}`;
    const known =
      etags.get(i) ?? (await site('GET', `/api/rooms/talk-${i}`, undefined, { authorization })).etag;
    const access = unlisted.has(i) ? 'public' : 'unlisted';
    if (!unlisted.delete(i)) unlisted.add(i);
    const headers = { authorization, 'if-match': known };
    const answer = await site('PATCH', `/api/rooms/talk-${i}/settings`, { access }, headers);
    etags.set(i, answer.etag);
    return answer;
  };
  const device = (n: number): string => `device-key-${String(n).padStart(9, '0')}`;
  const host = { authorization: `Bearer ${room.token}` };
  return [
    { name: 'list of rooms (20)', by: 'site', one: () => site('GET', '/api/rooms?limit=20') },
    { name: 'one room', by: 'site', one: (n) => site('GET', `/api/rooms/talk-${n % ROOMS}`) },
    {
      ...{ name: 'change of settings with If-Match', by: 'site' },
      one: settings,
    },
    {
      ...{ name: 'new room, with an idempotency key', by: 'site' },
      one: (n) =>
        site(
          'POST',
          '/api/rooms',
          { title: `New ${n}`, start },
          { ...operator, 'idempotency-key': randomUUID() },
        ),
    },
    { name: 'report', by: 'site', one: (n) => report(site, n) },
    {
      ...{ name: 'sign in (password)', by: 'site', clients: 2 },
      async one() {
        const answer = await form('/sign-in', me);
        if (answer.status !== 303) throw new Error(`sign in: ${answer.status} ${answer.text.slice(0, 500)}`);
        return answer;
      },
    },
    {
      ...{ name: 'question', by: 'cell', most: 1_500 },
      one: (n) => cell('questions', { text: `Why, number ${n}?`, device: device(n) }, n),
    },
    {
      ...{ name: 'raised hand', by: 'cell', most: 900 },
      one: (n) => cell('hand', { name: `L${n}`, topic: 'Why?', device: device(n) }, n),
    },
    {
      ...{ name: 'pinned note', by: 'cell', most: 50, clients: 1 },
      one: (n) => cell('interaction', { do: 'pin', text: `Note ${n}` }, n, host),
    },
  ];
}
const report = (
  site: (m: string, p: string, b: object, h: Record<string, string>) => Promise<ApiAnswer>,
  n: number,
) =>
  site(
    'POST',
    `/api/rooms/talk-${n % ROOMS}/reports`,
    { reason: 'spam', words: `words ${n}` },
    { 'x-forwarded-for': `10.${(n >> 14) & 255}.${(n >> 6) & 255}.${n & 63}` },
  );

/** Measures one kind. */
async function measure(kind: Kind, program: number, database: number | undefined): Promise<Figures> {
  const clients = kind.clients ?? CLIENTS;
  if (kind.by !== 'cell')
    await askOften(clients, { seconds: 1, most: 300 }, (n, who) => kind.one(n + 1_000_000, who));
  const of = () => [cpu(program), database === undefined ? 0 : cpuOf(family(database))] as const;
  const [programBefore, databaseBefore] = of();
  const done = await askOften(
    clients,
    { seconds: SECONDS, most: kind.most ?? Number.POSITIVE_INFINITY },
    kind.one,
  );
  const [programAfter, databaseAfter] = of();
  const each = (seconds: number): number => (seconds / done.count) * 1e6;
  return {
    done,
    program: each(programAfter - programBefore),
    database: each(databaseAfter - databaseBefore),
  };
}

const table = new Map<string, Partial<Record<Engine, Figures>>>();
const keep = (name: string, engine: Engine, figures: Figures): void =>
  void table.set(name, { ...table.get(name), [engine]: figures });

async function floor(engine: Engine, folder: string, postgres: Postgres | undefined): Promise<void> {
  const socket = join(folder, 'plain.sock');
  const url = postgres?.url ?? `sqlite:${join(folder, 'plain.sqlite')}`;
  const child = fork(file('./peers/plain-rows.ts'), [socket, url]);
  await once(child, 'message');
  let slugs = 0;
  const add = (): Promise<ApiAnswer> => {
    const body = JSON.stringify({ slug: `talk-${slugs++}`, title: 'A talk', hosts: '["Ana","Ben"]' });
    return ask(socket, { method: 'POST', path: '/', body });
  };
  for (let n = 0; n < ROOMS; n++) await add();
  const kinds: Kind[] = [
    { name: 'floor: 20 rows', by: 'floor', one: () => ask(socket, { method: 'GET', path: '/' }) },
    {
      name: 'floor: one row',
      by: 'floor',
      one: (n) => ask(socket, { method: 'GET', path: `/talk-${n % ROOMS}` }),
    },
    { name: 'floor: new row', by: 'floor', one: add },
  ];
  for (const kind of kinds) keep(kind.name, engine, await measure(kind, child.pid ?? 0, postgres?.pid));
  child.disconnect();
  await once(child, 'exit');
}

async function run(engine: Engine): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-api-'));
  await using postgres = engine === 'postgres' ? await startPostgres({ durable: true }) : undefined;
  const data = join(folder, 'data');
  const url = postgres?.url ?? `sqlite:${paths(data).database}`;
  {
    await fillRooms(url);
    await using server = await startServer({
      ...{ EARSHOT_DATA: data, EARSHOT_DATABASE: url, EARSHOT_CELLS: '1', EARSHOT_DOORS: '1' },
      EARSHOT_OPERATOR_KEY: OPERATOR_KEY,
      NODE_OPTIONS: `--import ${file('./api/fast-paces.ts')}`,
    });
    const room = await server.room('Questions and hands');
    await server.cli('room', 'live', room.slug);
    const questions = { method: 'GET', path: `/r/${room.slug}/questions` };
    const opened = async (): Promise<boolean> =>
      (await ask(paths(data).cellHttp(0), questions).catch(() => undefined))?.status === 200;
    await until('the cell has the room', opened);
    for (const kind of await kindsOf(data, room)) {
      if (ONLY.length > 0 && !ONLY.some((one) => kind.name.startsWith(one))) continue;
      const pid = server.child(kind.by === 'cell' ? 'studio' : 'site', 0) ?? 0;
      const figures = await measure(kind, pid, kind.by === 'cell' ? undefined : postgres?.pid);
      keep(kind.name, engine, figures);
      process.stderr.write(`${engine}, ${kind.name}: ${figures.done.count}\n`);
    }
    closeClients();
  }
  await floor(engine, folder, postgres);
  closeClients();
  rmSync(folder, { recursive: true, force: true });
}

const load = loadavg()[0]?.toFixed(1);
for (const engine of ['sqlite', 'postgres'] as const) await run(engine);
const at = (of: readonly number[], share: number): string =>
  (of[Math.min(of.length - 1, Math.floor(of.length * share))] ?? Number.NaN).toFixed(1);
const cells = (figures: Figures | undefined): string => {
  if (!figures) return '– | – | – | –';
  const { program, database, done } = figures;
  const perCore = 1e6 / (program + database);
  return `${program.toFixed(0)} + ${database.toFixed(0)} | **${perCore.toFixed(0)}** | ${(done.count / done.seconds).toFixed(0)} | ${at(done.latencies, 0.5)}, ${at(done.latencies, 0.99)}`;
};
console.log(`
${CLIENTS} clients, ${SECONDS} s each, ${ROOMS} rooms announced; ${cpus().length} × ${cpus()[0]?.model}, load ${load} before, ${loadavg()[0]?.toFixed(1)} after

| | SQLite: µs of program + database | a second and core | a second, clock | p50, p99 ms | PostgreSQL: µs | a second and core | a second, clock | p50, p99 ms |
|---|---|---|---|---|---|---|---|---|
${[...table].map(([name, { sqlite, postgres }]) => `| ${name} | ${cells(sqlite)} | ${cells(postgres)} |`).join('\n')}

| ÷ floor, processor time of program and database | SQLite | PostgreSQL |
|---|---|---|
${[
  ['list of rooms (20)', 'floor: 20 rows'],
  ['one room', 'floor: one row'],
  ['change of settings with If-Match', 'floor: new row'],
  ['new room, with an idempotency key', 'floor: new row'],
]
  .map(([name = '', under = '']) => {
    const ratio = (engine: Engine): string => {
      const [ours, theirs] = [table.get(name)?.[engine], table.get(under)?.[engine]];
      return ours && theirs
        ? ((ours.program + ours.database) / (theirs.program + theirs.database)).toFixed(1)
        : '–';
    };
    return `| ${name} | ${ratio('sqlite')} | ${ratio('postgres')} |`;
  })
  .join('\n')}
`);
