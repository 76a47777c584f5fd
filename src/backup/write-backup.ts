import { createHash, type Hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { DATABASE } from '../base/database.ts';
import { EarshotError } from '../base/errors.ts';
import { openRowsDigest, openSnapshot, type RowsDigest, type Snapshot } from '../store/index.ts';
import { type DataFile, finishedPiece, listFiles } from './data-files.ts';
import { type BackupHead, FORMAT, HEAD, MANIFEST, SEAL } from './manifest.ts';
import { BLOCK, headLength, headOf, paddingOf } from './tar.ts';

/** What is backed up, and where to. */
export interface BackupOrder {
  readonly data: string;
  readonly database: string;
  /** The file to make. It must not exist. */
  readonly to: string;
  readonly version: string;
  /** Wall-clock ms. */
  now(): number;
  /** Told after every megabyte or so. */
  progress?(done: number, total: number, what: string): void;
  /** Runs when the snapshot stands and before its rows are read: for tests. */
  snapped?(): Promise<void>;
}

/** What was taken. */
export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  readonly files: number;
  readonly rows: number;
  /** Files that were removed by the running server before they could be read. */
  readonly gone: number;
}

const CHUNK = 1 << 20;
/** Room on the disk beyond what is counted: rows, and what grows meanwhile. */
const SPARE_BYTES = 16 << 20;

/** Writes members one after the other; the size of each is known when it is written. */
class BackupWriter {
  readonly #file: FileHandle;
  readonly #at: number;
  readonly members: Record<string, { size: number; sha256: string }> = {};
  position = 0;

  constructor(file: FileHandle, at: number) {
    this.#file = file;
    this.#at = at;
  }

  async #put(bytes: Uint8Array, position: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async add(
    name: string,
    mode: number,
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void> {
    const start = this.position;
    const first = start + headLength(name);
    const hash: Hash = createHash('sha256');
    let size = 0;
    for await (const chunk of chunks) {
      await this.#put(chunk, first + size);
      hash.update(chunk);
      size += chunk.length;
    }
    await this.#put(Buffer.alloc(paddingOf(size)), first + size);
    await this.#put(headOf({ name, size, mode }, this.#at), start);
    this.position = first + size + paddingOf(size);
    this.members[name] = { size, sha256: hash.digest('hex') };
  }

  async end(): Promise<void> {
    await this.#put(Buffer.alloc(2 * BLOCK), this.position);
    this.position += 2 * BLOCK;
    await this.#file.sync();
  }
}

async function* bytesOf(file: FileHandle, most: number): AsyncIterable<Uint8Array> {
  const chunk = Buffer.alloc(Math.min(CHUNK, Math.max(1, most)));
  for (let at = 0; at < most; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, most - at), at);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/**
 * Makes one file of everything that an installation has, while it runs. The file appears whole or not at all, and only
 * its owner may read it: it holds all keys. Memory does not grow with what is backed up.
 * @throws EarshotError with one sentence; nothing is left behind then.
 */
export async function makeBackup(order: BackupOrder): Promise<BackupMade> {
  const to = resolve(order.to);
  if (existsSync(to)) throw new EarshotError('unprocessable', `${to} exists already: name another file`);
  if (!existsSync(order.data))
    throw new EarshotError('unprocessable', `there is no data folder ${order.data}: name it with --data`);
  const part = `${to}.part`;
  let snapshot: Snapshot | undefined;
  try {
    const skip = new Set([to, part, ...filesOf(order.database)]);
    const files = await listFiles(resolve(order.data), skip, async () => {
      snapshot = await openSnapshot(order.database);
    });
    if (!snapshot) throw new Error('no snapshot');
    await order.snapped?.();
    const total = files.reduce((sum, { size }) => sum + BLOCK + size + paddingOf(size), 0);
    await seeRoom(dirname(to), total + SPARE_BYTES);
    const file = await open(part, 'w', 0o600);
    let report: Omit<BackupMade, 'file'>;
    try {
      report = await write(order, file, snapshot, files, total);
    } finally {
      await file.close();
    }
    await rename(part, to);
    const folder = await open(dirname(to), 'r');
    await folder.sync().finally(() => folder.close());
    return { file: to, ...report };
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined);
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new EarshotError('disk-full', `no room for the backup in ${dirname(to)}: nothing is left of it`);
    throw error;
  } finally {
    await snapshot?.[Symbol.asyncDispose]();
  }
}

/** The files of a database, whose rows are taken instead. */
function filesOf(database: string): string[] {
  const file = DATABASE.exec(database)?.groups?.file;
  return file === undefined ? [] : ['', '-wal', '-shm', '-journal'].map((end) => resolve(file) + end);
}

async function seeRoom(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize < needed)
    throw new EarshotError(
      'disk-full',
      `the backup needs about ${Math.ceil(needed / 1e6)} MB, and ${folder} has ${Math.floor((bavail * bsize) / 1e6)} MB: nothing was written`,
    );
}

async function write(
  order: BackupOrder,
  file: FileHandle,
  snapshot: Snapshot,
  files: readonly DataFile[],
  total: number,
): Promise<Omit<BackupMade, 'file'>> {
  const at = order.now();
  const writer = new BackupWriter(file, at);
  const head: BackupHead = {
    ...{ format: FORMAT, earshot: order.version, at: new Date(at).toISOString() },
    ...{ engine: snapshot.engine, steps: [...snapshot.steps] },
  };
  await writer.add(HEAD, 0o600, [Buffer.from(`${JSON.stringify(head)}\n`)]);
  const tables: Record<string, RowsDigest> = {};
  for (const table of snapshot.tables) {
    const digest = openRowsDigest();
    const lines = async function* (): AsyncIterable<string> {
      for await (const row of snapshot.rows(table)) {
        digest.add(row);
        yield `${JSON.stringify(row)}\n`;
      }
    };
    const packed = createZstdCompress();
    const packing = pipeline(Readable.from(lines()), packed);
    await Promise.all([packing, writer.add(`database/${table}.jsonl.zst`, 0o600, packed)]);
    tables[table] = digest.result();
    order.progress?.(0, total, table);
  }
  let [gone, done] = [0, 0];
  for (const { path, size, mode, inode, upTo } of files) {
    const found = await openEither(order.data, path);
    if (!found) gone += 1;
    else {
      try {
        const now = await found.file.stat();
        const most = upTo !== undefined && now.ino === inode ? upTo : now.size;
        await writer.add(`data/${found.path}`, mode, bytesOf(found.file, most));
      } finally {
        await found.file.close();
      }
    }
    done += BLOCK + size + paddingOf(size);
    order.progress?.(done, total, path);
  }
  const manifest = Buffer.from(`${JSON.stringify({ members: writer.members, tables })}\n`);
  await writer.add(MANIFEST, 0o600, [manifest]);
  await writer.add(SEAL, 0o600, [Buffer.from(createHash('sha256').update(manifest).digest('hex'))]);
  await writer.end();
  const rows = Object.values(tables).reduce((sum, table) => sum + table.rows, 0);
  return { bytes: writer.position, files: files.length - gone, rows, gone };
}

/** A file, or what it has become; undefined when the running server has removed it. */
async function openEither(
  data: string,
  path: string,
): Promise<{ file: FileHandle; path: string } | undefined> {
  const opened = (name: string): Promise<FileHandle | undefined> =>
    open(join(data, name), 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
  const file = await opened(path);
  if (file) return { file, path };
  const piece = await finishedPiece(data, path);
  const finished = piece && (await opened(piece));
  return finished && piece ? { file: finished, path: piece } : undefined;
}
