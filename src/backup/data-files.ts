import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of the data folder, and how much of it is taken. */
export interface DataFile {
  /** Below the data folder, with slashes. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
  /** Which file it was: one that was put in its place since then is another. */
  readonly inode: number;
  /** Absent: it is taken whole, as long as it is when it is read. */
  readonly upTo?: number;
}

/**
 * What is not taken: sockets and locks, what is made again, the mark of a backup, challenges of the moment, and the database, whose rows are
 * taken instead.
 */
const LEFT_OUT =
  /^(?:run|compiled|last-backup\.json|standby\.bin|tls\/challenges|earshot\.sqlite.*|\.restor(?:ing|ed))(?:\/|$)/;
/** Files that only grow, and that name what stands in other files: as long as they were before those were looked at. */
const POINTS_AT_OTHERS = /(?:\.idx|\.jsonl|\/checkpoints|\/cosigned|\/growing)$/;
const LINES = /\.jsonl$/;
const LONGEST_LINE = 512 * 1024;

async function walk(data: string, skip: ReadonlySet<string>, at = ''): Promise<DataFile[]> {
  const found: DataFile[] = [];
  const entries = await readdir(join(data, at), { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    },
  );
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = at === '' ? entry.name : `${at}/${entry.name}`;
    if (LEFT_OUT.test(path) || skip.has(join(data, path))) continue;
    if (entry.isDirectory()) found.push(...(await walk(data, skip, path)));
    else if (entry.isFile()) {
      const one = await stat(join(data, path)).catch(() => undefined);
      if (one) found.push({ path, size: one.size, mode: one.mode & 0o777, inode: one.ino });
    }
  }
  return found;
}

/** The length of a file of lines up to its last whole line. */
async function wholeLines(path: string, size: number): Promise<number> {
  const from = Math.max(0, size - LONGEST_LINE);
  const file = await open(path, 'r');
  try {
    const tail = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(tail, 0, tail.length, from);
    const end = tail.subarray(0, bytesRead).lastIndexOf(0x0a);
    return end < 0 ? size : from + end + 1;
  } finally {
    await file.close();
  }
}

/**
 * The files of a data folder that may be in use. `between` runs after the first look and before the second: what points
 * at other files is taken as long as it was before `between`, everything else as it is after it, up to its end: a file
 * that is replaced meanwhile is taken whole, the old one or the new one. So nothing that is taken points at what is not.
 */
export async function listFiles(
  data: string,
  skip: ReadonlySet<string>,
  between: () => Promise<void>,
): Promise<DataFile[]> {
  const before = new Map((await walk(data, skip)).map((file) => [file.path, file.size]));
  await between();
  const files: DataFile[] = [];
  for (const file of await walk(data, skip)) {
    if (!POINTS_AT_OTHERS.test(file.path)) files.push(file);
    else {
      const size = Math.min(file.size, before.get(file.path) ?? file.size);
      const whole = LINES.test(file.path)
        ? await wholeLines(join(data, file.path), size).catch(() => undefined)
        : size;
      if (whole !== undefined) files.push({ ...file, size: whole, upTo: whole });
    }
  }
  return files;
}

/**
 * The name under which a segment that was being written stands once it is finished, or raw records once they are compact;
 * undefined when it is not there.
 */
export async function finishedPiece(data: string, path: string): Promise<string | undefined> {
  const [, raw] = /^(audience\/raw\/[^/]+)\.raw$/.exec(path) ?? [];
  if (raw !== undefined) return `${raw}.compact`;
  const [, folder, first] = /^(.*)\/(\d+)\.tmp$/.exec(path) ?? [];
  if (folder === undefined) return undefined;
  const names = await readdir(join(data, folder)).catch(() => []);
  const name = names.find((one) => one.startsWith(`${first}-`) && one.endsWith('.m4s'));
  return name && `${folder}/${name}`;
}
