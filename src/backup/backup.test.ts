import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EarshotError } from '../base/errors.ts';
import { open, type Store } from '../store/index.ts';
import { makeBackup, restoreBackup } from './index.ts';

let dir: string;
let data: string;
let store: Store;
const urlOf = (folder: string): string => `sqlite:${join(folder, 'earshot.sqlite')}`;
const FILES: Record<string, string> = {
  secret: 'the key',
  'archive/hall/room.json': '{"v":1}',
  'archive/hall/opus64/0-16.m4s': 'sound',
  'archive/hall/opus64/16.tmp': 'being writ',
  'archive/hall/opus64/pieces.idx': 'index',
  'evidence/checkpoints': 'head 1\n',
  [`press/${'long-folder/'.repeat(15)}${'x'.repeat(60)}.json`]: 'a long path',
  'music/empty.wav': '',
  'incidents.jsonl': '{"seq":1}\n{"seq":2}\n{"half',
};
const LEFT_OUT = ['run/site.lock', 'compiled/x', 'standby.bin', 'tls/challenges/abc'];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-backup-'));
  data = join(dir, 'data');
  for (const [path, text] of [...Object.entries(FILES), ...LEFT_OUT.map((one) => [one, 'no'] as const)]) {
    mkdirSync(join(data, path, '..'), { recursive: true });
    writeFileSync(join(data, path), text);
  }
  chmodSync(join(data, 'secret'), 0o600);
  store = await open({ url: urlOf(data) });
  await insert(...Array.from({ length: 1_200 }, (_, i) => `room-${i}`));
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  rmSync(dir, { recursive: true, force: true });
});

async function insert(...slugs: string[]): Promise<void> {
  const rows = slugs.map((slug) => ({
    ...{ id: slug, slug, title: `Été 😀 " \\ ${slug}`, hosts: '["é"]', status: 'ended', welcome: 0 },
    ...{ created: 1_795_353_886_479, start: null },
  }));
  await store.db.insertInto('room').values(rows).execute();
}
const file = (name = 'b.tar'): string => join(dir, name);
const backup = (more: object = {}) =>
  makeBackup({ data, database: urlOf(data), to: file(), version: '0', now: () => 1_000, ...more });
const restore = (more: object = {}) =>
  restoreBackup({ from: file(), data: join(dir, 'new'), database: undefined, check: false, ...more });
const refusal = async (attempt: Promise<unknown>): Promise<EarshotError> => {
  const error = await attempt.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof EarshotError)) throw new Error(`no refusal but ${String(error)}`);
  expect(error.message).not.toContain('\n');
  return error;
};
const tree = (folder: string): string[] =>
  (readdirSync(folder, { recursive: true, withFileTypes: true }) as { name: string; parentPath: string }[])
    .map(({ name, parentPath }) => join(parentPath, name).slice(folder.length + 1))
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
async function rowsIn(folder: string): Promise<unknown[]> {
  await using there = await open({ url: urlOf(folder) });
  const { rows } = await sql`select * from room order by id`.execute(there.db);
  return rows;
}

test('what comes out of a backup is every file and every row that went in', async () => {
  const report = await backup();
  expect(report).toMatchObject({ files: 9, rows: 1_200, gone: 0 });
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  await restore();
  const restored = tree(join(dir, 'new')).filter((path) => !path.startsWith('earshot.sqlite'));
  expect(restored).toEqual(Object.keys(FILES).sort());
  for (const [path, text] of Object.entries(FILES))
    expect(readFileSync(join(dir, 'new', path), 'utf8')).toBe(
      path.endsWith('.jsonl') ? text.slice(0, 20) : text,
    );
  expect(statSync(join(dir, 'new', 'secret')).mode & 0o777).toBe(0o600);
  expect(await rowsIn(join(dir, 'new'))).toEqual(await rowsIn(data));
});

test('any tar program reads it', async () => {
  await backup();
  const names = execFileSync('tar', ['-tf', file()], { encoding: 'utf8' }).trim().split('\n');
  expect([names[0], names.at(-1)]).toEqual(['earshot-backup.json', 'manifest.sha256']);
  expect(execFileSync('tar', ['-xOf', file(), 'data/secret'], { encoding: 'utf8' })).toBe('the key');
});

test('it is the state of one instant, whatever is written while it is made', async () => {
  const before = await rowsIn(data);
  await backup({
    async snapped() {
      await insert('later');
      await store.db.deleteFrom('room').where('slug', '=', 'room-7').execute();
      appendFileSync(join(data, 'evidence/checkpoints'), 'head 2\n');
      appendFileSync(join(data, 'archive/hall/opus64/pieces.idx'), ' grown');
      renameSync(join(data, 'archive/hall/opus64/16.tmp'), join(data, 'archive/hall/opus64/16-16.m4s'));
      rmSync(join(data, 'archive/hall/opus64/0-16.m4s'));
    },
  });
  await restore();
  expect(await rowsIn(join(dir, 'new'))).toEqual(before);
  const read = (path: string): string => readFileSync(join(dir, 'new', path), 'utf8');
  expect(read('evidence/checkpoints')).toBe('head 1\n');
  expect(read('archive/hall/opus64/pieces.idx')).toBe('index');
  expect(read('archive/hall/opus64/16-16.m4s')).toBe('being writ');
  expect(existsSync(join(dir, 'new/archive/hall/opus64/0-16.m4s'))).toBe(false);
});

test('a file that is replaced while the backup is made is taken whole, as long as it is then', async () => {
  const replace = (path: string, text: string): void => {
    writeFileSync(join(data, `${path}.new`), text);
    renameSync(join(data, `${path}.new`), join(data, path));
  };
  const longer = JSON.stringify({ v: 2, rooms: Array.from({ length: 500 }, (_, i) => `room ${i}`) });
  const lines = Array.from({ length: 200 }, (_, seq) => `${JSON.stringify({ seq, again: true })}\n`).join('');
  await backup({
    async snapped() {
      replace('archive/hall/room.json', longer);
      replace('incidents.jsonl', lines);
    },
  });
  await restore();
  const read = (path: string): string => readFileSync(join(dir, 'new', path), 'utf8');
  expect(read('archive/hall/room.json')).toBe(longer);
  expect(read('incidents.jsonl')).toBe(lines);
});

test('raw records that are made compact while the backup is made are taken as they are then', async () => {
  const raw = 'audience/raw/20261201T2030Z-0';
  mkdirSync(join(data, 'audience/raw'), { recursive: true });
  writeFileSync(join(data, `${raw}.raw`), 'as they came');
  await backup({
    async snapped() {
      writeFileSync(join(data, `${raw}.compact`), 'in short');
      rmSync(join(data, `${raw}.raw`));
    },
  });
  await restore();
  expect(readFileSync(join(dir, 'new', `${raw}.compact`), 'utf8')).toBe('in short');
  expect(existsSync(join(dir, 'new', `${raw}.raw`))).toBe(false);
});

test('a backup that is cut off anywhere is refused, and nothing is changed', async () => {
  await backup();
  const { size } = statSync(file());
  for (const share of [0, 0.001, 0.3, 0.7, 0.95]) {
    copyFileSync(file(), file('cut.tar'));
    truncateSync(file('cut.tar'), Math.floor(size * share));
    expect((await refusal(restore({ from: file('cut.tar') }))).message).toContain('no whole backup');
    expect(existsSync(join(dir, 'new'))).toBe(false);
  }
});

test('a backup with one other byte anywhere is refused, or restores exactly what went in', async () => {
  await backup();
  const whole = readFileSync(file());
  let refused = 0;
  for (let at = 3; at < whole.length - 1_024; at += Math.floor(whole.length / 60)) {
    const hurt = Buffer.from(whole);
    hurt[at] = (hurt[at] ?? 0) ^ 0x5a;
    writeFileSync(file('hurt.tar'), hurt);
    // Padding between members belongs to nobody.
    refused += await restore({ from: file('hurt.tar'), check: true }).then(
      () => 0,
      (error: unknown) =>
        error instanceof EarshotError && error.message.includes('no whole backup') ? 1 : -99,
    );
  }
  expect(refused).toBeGreaterThan(30);
});

test('what is no backup, or is not there, is said in one sentence', async () => {
  writeFileSync(file(), 'hello');
  expect((await refusal(restore())).message).toContain('no whole backup');
  expect((await refusal(restore({ from: file('none') }))).message).toContain('cannot be read (ENOENT)');
  execFileSync('tar', ['-cf', file('other.tar'), '-C', data, 'secret']);
  expect((await refusal(restore({ from: file('other.tar') }))).message).toContain('not a backup of Earshot');
});

test('a backup of a newer version is refused by name', async () => {
  await sql`insert into kysely_migration (name, timestamp) values ('9999-future', 'x')`.execute(store.db);
  await backup();
  expect((await refusal(restore())).message).toContain(
    'made by a newer Earshot (0, with the step 9999-future)',
  );
  expect(existsSync(join(dir, 'new'))).toBe(false);
});

test('a folder with anything in it is refused before anything is read or written', async () => {
  await backup();
  const there = tree(data);
  const { code, message } = await refusal(restore({ data }));
  expect([code, message.includes('is not empty')]).toEqual(['wrong-moment', true]);
  expect(tree(data)).toEqual(there);
});

test('checking changes nothing, and asks for no empty folder', async () => {
  await backup();
  expect(await restore({ check: true, data })).toMatchObject({ files: 9 });
  expect(await restore({ check: true })).toMatchObject({ files: 9, rows: 1_200 });
  expect(existsSync(join(dir, 'new'))).toBe(false);
});

test('a restore that was broken off is begun again, and leaves nothing of the first', async () => {
  await backup();
  const folder = join(dir, 'new');
  mkdirSync(join(folder, '.restoring/files/archive'), { recursive: true });
  writeFileSync(join(folder, '.restoring/names.json'), '["archive","secret"]');
  writeFileSync(join(folder, 'secret'), 'half');
  await restore();
  expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('the key');
  expect(existsSync(join(folder, '.restoring'))).toBe(false);
});

test('a second restore into a folder where one is running is refused', async () => {
  await backup();
  const work = join(dir, 'new', '.restoring');
  mkdirSync(join(work, 'files'), { recursive: true });
  writeFileSync(join(work, 'process'), String(process.ppid));
  const { code, message } = await refusal(restore());
  expect([code, message.includes(`process ${process.ppid}`)]).toEqual(['wrong-moment', true]);
  expect(existsSync(join(work, 'files'))).toBe(true);
});

test('a database with another name in the data folder is taken as rows alone', async () => {
  const database = `sqlite:${join(data, 'rooms.db')}`;
  await using other = await open({ url: database });
  expect(other.engine).toBe('sqlite');
  await backup({ database });
  expect(execFileSync('tar', ['-tf', file()], { encoding: 'utf8' })).not.toContain('rooms.db');
});

test('a backup never replaces a file, and the rest of a broken one is no hindrance', async () => {
  writeFileSync(`${file()}.part`, 'rest of one that was killed');
  await backup();
  expect(existsSync(`${file()}.part`)).toBe(false);
  const whole = readFileSync(file());
  expect((await refusal(backup())).message).toContain('exists already');
  expect(readFileSync(file())).toEqual(whole);
});

test('a backup that fails leaves nothing', async () => {
  const snapped = async (): Promise<void> => {
    throw new Error('midway');
  };
  await expect(backup({ snapped })).rejects.toThrow('midway');
  expect(readdirSync(dir)).toEqual(['data']);
  expect((await refusal(backup({ database: `sqlite:${join(dir, 'none.sqlite')}` }))).code).toBe(
    'database-away',
  );
  expect(readdirSync(dir)).toEqual(['data']);
});

test('a backup inside the data folder does not contain itself', async () => {
  await backup({ to: join(data, 'b.tar') });
  expect(execFileSync('tar', ['-tf', join(data, 'b.tar')], { encoding: 'utf8' })).not.toContain('b.tar');
});
