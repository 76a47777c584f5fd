import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  statfs,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { EarshotError } from '../base/errors.ts';
import { type Filling, openFilling, type PlainRow } from '../store/index.ts';
import { type BackupManifest, damaged } from './manifest.ts';
import { seeSame } from './move.ts';
import {
  type CheckedBackup,
  checkBackup,
  membersOf,
  openBackupFile,
  type ReadMember,
} from './read-backup.ts';

/** What is restored, and where to. */
export interface RestoreOrder {
  readonly from: string;
  /** The data folder: absent or empty. */
  readonly data: string;
  /** The configured database; undefined: SQLite in the data folder. */
  readonly database: string | undefined;
  /** True: everything is checked, and nothing is written. */
  readonly check: boolean;
  progress?(done: number, total: number, what: string): void;
}

/** What was restored, or would be. */
export interface BackupRestored extends CheckedBackup {
  readonly files: number;
  readonly rows: number;
}

/** Where a restore works until it is finished; while it is there, Earshot does not start on that folder. */
export const RESTORING = '.restoring';
const RESTORED = '.restored';
const NAMES = 'names.json';
const PROCESS = 'process';
const ROWS = /^database\/(.+)\.jsonl\.zst$/;

/**
 * Puts a backup into an empty data folder and an empty database of either engine. Every hash is checked before anything
 * is written, rows are read back before they last, and the files move into place at the end.
 * @throws EarshotError with one sentence; what was there before is as it was.
 */
export async function restoreBackup(order: RestoreOrder): Promise<BackupRestored> {
  const data = resolve(order.data);
  if (!order.check) await seeAlone(data);
  const leftOver = order.check ? [] : await seeEmpty(data);
  const checked = await checkBackup(order.from, order.progress);
  const { members, tables } = checked.manifest;
  const files = Object.keys(members).filter((name) => name.startsWith('data/'));
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  const report = { ...checked, files: files.length, rows };
  if (order.check) return report;
  const needed = Object.values(members).reduce((sum, { size }) => sum + size, 0);
  await seeRoom(data, needed);
  const work = join(data, RESTORING);
  // The mark that forbids a start goes last.
  for (const name of leftOver.filter((one) => one !== RESTORING))
    await rm(join(data, name), { recursive: true, force: true });
  await rm(work, { recursive: true, force: true });
  const made = !existsSync(data);
  await mkdir(join(work, 'files'), { recursive: true, mode: 0o700 });
  await writeFile(join(work, PROCESS), String(process.pid));
  try {
    await fill(order, data, work, checked);
  } catch (error) {
    // What has moved up already is in the list of names, so that nothing of a broken restore stays.
    for (const name of await movedNames(data)) await rm(join(data, name), { recursive: true, force: true });
    await rm(work, { recursive: true, force: true });
    if (made) await rmdir(data).catch(() => undefined);
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new EarshotError('disk-full', `the disk of ${data} is full: nothing is left of the restore`);
    throw error;
  }
  // Finished at one instant: whatever stays of this one is no hindrance.
  const done = join(data, RESTORED);
  await rename(work, done);
  await syncFolder(data);
  await rm(done, { recursive: true, force: true });
  return report;
}

/** @throws EarshotError while another restore works there. */
async function seeAlone(data: string): Promise<void> {
  const file = join(data, RESTORING, PROCESS);
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (!Number.isSafeInteger(pid) || pid <= 0 || pid === process.pid || !lives(pid)) return;
  throw new EarshotError(
    'wrong-moment',
    `another restore into ${data} is running (process ${pid}); if that is some other program, remove ${file} and try again`,
  );
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The remains of a restore that was broken off, which may go. @throws EarshotError when anything else is there. */
async function seeEmpty(data: string): Promise<string[]> {
  const names = await readdir(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new EarshotError('unprocessable', `the data folder ${data} cannot be read (${error.code})`);
  });
  const moved = new Set(await movedNames(data));
  const other = names.find((name) => name !== RESTORING && name !== 'lost+found' && !moved.has(name));
  if (other !== undefined)
    throw new EarshotError(
      'wrong-moment',
      `the data folder ${data} is not empty (it has ${other}): nothing was changed; stop Earshot and move the folder away, or name another with --data`,
    );
  return names.filter((name) => name !== 'lost+found');
}

async function movedNames(data: string): Promise<string[]> {
  const text = await readFile(join(data, RESTORING, NAMES), 'utf8').catch(() => '[]');
  const names: unknown = JSON.parse(text);
  return Array.isArray(names) ? names.filter((name): name is string => typeof name === 'string') : [];
}

async function seeRoom(data: string, needed: number): Promise<void> {
  let folder = data;
  while (!existsSync(folder)) folder = dirname(folder);
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed)
    throw new EarshotError(
      'disk-full',
      `the backup needs ${Math.ceil(needed / 1e6)} MB, and ${folder} has ${Math.floor((bavail * bsize) / 1e6)} MB: nothing was changed`,
    );
}

async function fill(order: RestoreOrder, data: string, work: string, checked: CheckedBackup): Promise<void> {
  const { head, manifest, bytes } = checked;
  const target = join(work, 'files');
  const database = order.database ?? `sqlite:${join(target, 'earshot.sqlite')}`;
  const file = await openBackupFile(order.from);
  const filling = await openFilling(database, head.steps).catch(async (error: unknown) => {
    await file.close();
    throw error;
  });
  let closed = false;
  try {
    for await (const member of membersOf(order.from, file)) {
      const { name } = member;
      const table = ROWS.exec(name)?.[1];
      if (table !== undefined) await fillTable(order.from, filling, table, member, manifest);
      else if (name.startsWith('data/')) await writeFileOf(order.from, target, member, manifest);
      order.progress?.(member.end, bytes, name);
    }
    // A file below the data folder must be closed before it moves.
    const inside = order.database === undefined;
    if (inside) {
      await filling.commit();
      await filling[Symbol.asyncDispose]();
      closed = true;
    }
    await moveUp(target, data, work);
    if (!inside) await filling.commit();
  } finally {
    if (!closed) await filling[Symbol.asyncDispose]();
    await file.close();
  }
}

async function moveUp(target: string, data: string, work: string): Promise<void> {
  const names = (await readdir(target)).sort();
  await writeFile(join(work, NAMES), JSON.stringify(names));
  await syncFolder(work);
  for (const name of names) await rename(join(target, name), join(data, name));
  await syncFolder(data);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

async function writeFileOf(
  from: string,
  target: string,
  member: ReadMember,
  { members }: BackupManifest,
): Promise<void> {
  const path = join(target, member.name.slice('data/'.length));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, 'wx', member.mode);
  const hash = createHash('sha256');
  try {
    for await (const chunk of member.chunks()) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length; )
        done += (await file.write(chunk, done, chunk.length - done)).bytesWritten;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await chmod(path, member.mode);
  if (hash.digest('hex') !== members[member.name]?.sha256)
    throw damaged(from, `${member.name} was changed while it was being read`);
}

/** Rows of lines. (readline loses the lines that come before the first is asked for.) */
async function* rowsOf(chunks: AsyncIterable<Buffer>): AsyncIterable<PlainRow> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, from)) {
      begun.push(chunk.subarray(from, end));
      yield JSON.parse(Buffer.concat(begun).toString('utf8')) as PlainRow;
      begun = [];
      from = end + 1;
    }
    if (from < chunk.length) begun.push(chunk.subarray(from));
  }
  if (begun.length > 0) throw new Error('the last row has no end');
}

async function fillTable(
  from: string,
  filling: Filling,
  table: string,
  member: ReadMember,
  { tables }: BackupManifest,
): Promise<void> {
  const copies = async function* (): AsyncIterable<Buffer> {
    for await (const chunk of member.chunks()) yield Buffer.from(chunk);
  };
  const unpacked = createZstdDecompress();
  const unpacking = pipeline(Readable.from(copies()), unpacked);
  await Promise.all([unpacking, filling.fill(table, rowsOf(unpacked))]);
  seeSame(table, await filling.digest(table), tables[table], `${from}: `);
}
