/**
 * A file of posts: a line of JSON, the numbers of posts that are not in the evidence log yet, and rows (`post-rows.ts`),
 * all of them little-endian doubles. It is written whole, and put in place of the one before at once: whoever reads it has
 * the old one or the new one.
 */
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { RawPlace } from '../records/raw-log.ts';
import { areInOrder, placeOf, ROW } from './post-rows.ts';

/** Rows that are read together: 24 kB. */
const BLOCK_ROWS = 512;
/** Rows that are copied together: 768 kB. */
const COPIED_ROWS = BLOCK_ROWS * 32;
const LONGEST_HEAD = 64 * 1_024;
const DOUBLE = 8;

/** What a file says about itself. */
export interface PostFileHead {
  /** All that came before it in the raw log is in this file, or in the one that this one goes on from. */
  readonly place: RawPlace;
  /** The newest batch that was taken of each life of a door. */
  readonly lives: readonly (readonly [life: string, number: number])[];
  /** Posts that have grown since they were written into the evidence log. */
  readonly grown: ArrayLike<number>;
}

const bytesOf = (numbers: Float64Array): Buffer =>
  Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength);

/** A file of posts that is open. A file that is not what it should be is a RangeError, also when that shows later. */
export class PostFile implements AsyncDisposable {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #from: number;
  /** The first post of each block. */
  readonly #firsts: readonly number[];
  readonly head: PostFileHead;
  /** Rows. */
  readonly many: number;

  private constructor(
    [path, handle]: readonly [string, FileHandle],
    head: PostFileHead,
    [from, many]: readonly [number, number],
    firsts: readonly number[],
  ) {
    [this.#path, this.#handle, this.head] = [path, handle, head];
    [this.#from, this.many, this.#firsts] = [from, many, firsts];
  }

  /** Opens a file; undefined where there is none. @throws RangeError when it is damaged, or what the disk says. */
  static async open(path: string): Promise<PostFile | undefined> {
    const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!handle) return undefined;
    try {
      const { size } = await handle.stat();
      const first = Buffer.alloc(Math.min(size, LONGEST_HEAD));
      await handle.read(first, 0, first.length, 0);
      const { place, lives, grown: many } = headIn(path, first);
      const end = first.indexOf(0x0a) + 1;
      const from = end + many * DOUBLE;
      const rows = (size - from) / (ROW * DOUBLE);
      if (!(Number.isInteger(rows) && rows >= 0)) throw new RangeError(`${path} is damaged`);
      const grown = new Float64Array(many);
      const file = new PostFile([path, handle], { place, lives, grown }, [from, rows], []);
      await file.#fill(grown, end);
      const firsts = file.#firsts as number[];
      for await (const block of file.rows())
        for (let at = 0; at < block.length; at += BLOCK_ROWS * ROW) firsts.push(block[at] as number);
      return file;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Writes a file, puts it in place of the one before, and opens it. */
  static async write(
    path: string,
    head: PostFileHead,
    pieces: AsyncIterable<Float64Array> | Iterable<Float64Array>,
  ): Promise<PostFile> {
    const handle = await open(`${path}.new`, 'w+', 0o600);
    try {
      const { place, lives, grown } = head;
      const line = Buffer.from(`${JSON.stringify({ v: 2, place, lives, grown: grown.length })}\n`);
      let position = 0;
      const put = async (bytes: Buffer): Promise<void> => {
        for (let done = 0; done < bytes.length; )
          done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
        position += bytes.length;
      };
      await put(line);
      await put(bytesOf(Float64Array.from(grown)));
      const from = position;
      const firsts: number[] = [];
      let many = 0;
      for await (const rows of pieces) {
        const skip = (BLOCK_ROWS - (many % BLOCK_ROWS)) % BLOCK_ROWS;
        for (let at = skip * ROW; at < rows.length; at += BLOCK_ROWS * ROW) firsts.push(rows[at] as number);
        await put(bytesOf(rows));
        many += rows.length / ROW;
      }
      await handle.datasync();
      await rename(`${path}.new`, path);
      return new PostFile([path, handle], head, [from, many], firsts);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #fill(numbers: Float64Array, position: number): Promise<void> {
    const bytes = bytesOf(numbers);
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) throw new RangeError(`${this.#path} is damaged`);
      done += bytesRead;
    }
  }

  async #read(first: number, many: number): Promise<Float64Array> {
    const rows = new Float64Array(Math.min(many, this.many - first) * ROW);
    await this.#fill(rows, this.#from + first * ROW * DOUBLE);
    return rows;
  }

  /** The rows that stand near a post, and are in order: its own is among them if it has one. */
  async near(post: number): Promise<Float64Array> {
    let [low, high] = [0, this.#firsts.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#firsts[middle] as number) <= post) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return new Float64Array(0);
    const rows = await this.#read((low - 1) * BLOCK_ROWS, BLOCK_ROWS);
    if (!areInOrder(rows)) throw new RangeError(`${this.#path} is damaged`);
    return rows;
  }

  /** True when `rows`, which came from `near`, would be those near this post as well. */
  static covers(rows: Float64Array, post: number): boolean {
    const last = rows.length - ROW;
    return last >= 0 && (rows[0] as number) <= post && (rows[last] as number) >= post;
  }

  /** All rows, piece by piece. */
  async *rows(): AsyncGenerator<Float64Array> {
    let last = 0;
    for (let first = 0; first < this.many; first += COPIED_ROWS) {
      const rows = await this.#read(first, COPIED_ROWS);
      if (!areInOrder(rows, last)) throw new RangeError(`${this.#path} is damaged`);
      last = rows.at(-ROW) as number;
      yield rows;
    }
  }

  /** Reads go on that have begun. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close().catch(() => undefined);
  }
}

/** Cuts rows before the first one whose post is not below `post`. */
export const cutAt = (rows: Float64Array, post: number): readonly [Float64Array, Float64Array] => {
  const at = placeOf(rows, post) * ROW;
  return [rows.subarray(0, at), rows.subarray(at)];
};

function headIn(path: string, bytes: Buffer): Omit<PostFileHead, 'grown'> & { readonly grown: number } {
  try {
    const { v, place, lives, grown } = JSON.parse(bytes.toString('utf8', 0, bytes.indexOf(0x0a)));
    if (v === 2 && typeof place.file === 'string' && Array.isArray(lives) && grown >= 0)
      return { place, lives, grown };
  } catch {
    // It is no JSON: said below.
  }
  throw new RangeError(`${path} is damaged`);
}
