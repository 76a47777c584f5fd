/**
 * Posts on disk: 256 files, each a line of JSON and then rows of six numbers (little-endian doubles) in the order of
 * posts: the post's number, its four sums in the order of `POST_EVENTS`, and the index of its newest entry in the
 * evidence log, or -1.
 */
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawPlace } from '../records/raw-log.ts';

/** Numbers in a row. */
const ROW = 6;
/** Files. */
export const BUCKETS = 256;
/** Posts that were made one after the other lie in different files: their numbers are milliseconds times 1,024. */
export const bucketOf = (post: number): number => Math.floor(post / 1_024) % BUCKETS;

/** A post's row: its sums, and the index of its newest entry in the log. */
export interface PostRow {
  readonly sums: Float64Array;
  entry: number;
}

/** A file as it was read. */
export interface PostBucket {
  /** All that came before it in the raw log is in the rows. */
  readonly place: RawPlace;
  readonly rows: Float64Array;
}

const EMPTY: PostBucket = { place: { file: '', offset: 0 }, rows: new Float64Array(0) };
/** Where the file of a bucket is. */
export const pathOf = (dir: string, bucket: number): string =>
  join(dir, `${bucket.toString(16).padStart(2, '0')}.posts`);

/** Reads a file; empty where there is none. @throws RangeError when it is damaged, or what the disk says. */
export async function readBucket(dir: string, bucket: number): Promise<PostBucket> {
  const bytes = await readFile(pathOf(dir, bucket)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (!bytes) return EMPTY;
  const end = bytes.indexOf(0x0a);
  const body = bytes.subarray(end + 1);
  if (end < 0 || body.length % (ROW * 8) !== 0) throw new RangeError(`${pathOf(dir, bucket)} is damaged`);
  const { place } = JSON.parse(bytes.toString('utf8', 0, end)) as { place: RawPlace };
  // A copy: doubles must lie at a multiple of eight.
  return { place, rows: new Float64Array(Uint8Array.from(body).buffer) };
}

/** The row of a post; undefined when it has none. */
export function findRow({ rows }: PostBucket, post: number): PostRow | undefined {
  let [low, high] = [0, rows.length / ROW];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle * ROW] as number) < post) low = middle + 1;
    else high = middle;
  }
  const at = low * ROW;
  return rows[at] === post ? { sums: rows.slice(at + 1, at + 5), entry: rows[at + 5] as number } : undefined;
}

/** The file with these rows put in place of those of the same posts, or among them. */
export function withRows({ rows }: PostBucket, changed: ReadonlyMap<number, PostRow>): Float64Array {
  const news = [...changed].toSorted(([a], [b]) => a - b);
  const merged = new Float64Array(rows.length + news.length * ROW);
  let [from, to] = [0, 0];
  for (const [post, { sums, entry }] of news) {
    while (from < rows.length && (rows[from] as number) < post) {
      merged.set(rows.subarray(from, from + ROW), to);
      from += ROW;
      to += ROW;
    }
    if (rows[from] === post) from += ROW;
    merged[to] = post;
    merged.set(sums, to + 1);
    merged[to + 5] = entry;
    to += ROW;
  }
  merged.set(rows.subarray(from), to);
  return merged.subarray(0, to + rows.length - from);
}

/** Replaces a file, whole or not at all. */
export async function writeBucket(dir: string, bucket: number, { place, rows }: PostBucket): Promise<void> {
  const path = pathOf(dir, bucket);
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ v: 1, place })}\n`);
    await handle.writeFile(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
}
