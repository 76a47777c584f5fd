/**
 * What was counted of posts. There may be millions of them, so memory holds only what came since the last fold, and the rows
 * that changed lately; all others are in a file that is seldom written. A batch of a door is in the raw log before it counts
 * here, so a killed process takes up from there: a file says up to where it has the log. A fold writes one file, and that at
 * once: there is nothing between before it and after it.
 */
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { POST_EVENTS, type PostSums } from '../../wire/posts/post-events.ts';
import { type CountedPost, type PostCountList, postNumber } from '../../wire/posts/post-figures.ts';
import { byAge } from '../records/raw-folder.ts';
import type { RawPlace } from '../records/raw-log.ts';
import { cutAt, PostFile, type PostFileHead } from './post-file.ts';
import { mergeRows, ROW, rowIn } from './post-rows.ts';
import { PostTable } from './post-table.ts';

/** Posts in memory, or such that have grown, from which on they are written without waiting for the ten minutes. */
export const FOLD_FROM_POSTS = 200_000;
/** Rows of posts that changed lately, 6 MB: with more of them all rows are written. */
export const MOST_CHANGED = 131_072;
/** Lives of doors that are remembered; the oldest goes first. */
const MOST_LIVES = 256;
/** Bytes of the posts in one entry of the log, which takes 65,535 with all around them. */
const ENTRY_BYTES = 60_000;
/** Entries that are on their way to the log together. */
const TOGETHER = 32;
/**
 * The rows that changed lately, and all others. A copy of the folder that takes the first before the second has no row of one
 * that the other lacks: the second is written first, and what it says about the raw log tells which is newer.
 */
const CHANGED = 'changed.posts';
const ALL = 'figures.posts';
const NO_ROWS: Float64Array = new Float64Array(0);

/** A post in the evidence log: its id, and its sums so far in the order of `POST_EVENTS`. */
export type WrittenPost = readonly [post: string, ...sums: PostSums];

/** What the shelf needs. */
export interface PostShelfDeps {
  readonly log: Log;
  readonly dir: string;
  /** Default: `MOST_CHANGED`. */
  readonly mostChanged?: number;
  /** Writes posts down as evidence; the index of the entry, -1 where there is no log, or undefined when it was not kept. */
  write(posts: readonly WrittenPost[]): Promise<number | undefined>;
}

const before = (a: RawPlace, b: RawPlace): boolean => {
  const order = byAge(a.file, b.file);
  return order < 0 || (order === 0 && a.offset < b.offset);
};
const START: PostFileHead = { place: { file: '', offset: 0 }, lives: [], grown: [] };

/** The figures of posts. */
export class PostShelf {
  readonly #deps: PostShelfDeps;
  readonly #lives = new Map<string, number>();
  /** What came since the last fold began. */
  #news = new PostTable();
  /** What is being folded. */
  #folding = new PostTable();
  /** Rows that are not in `#all`, or newer than there. */
  #changed = NO_ROWS;
  #all: PostFile | undefined;
  /** How often these two changed, so that who reads meanwhile notices. */
  #turn = 0;
  /** Posts in the rows that have grown since they were written into the evidence log. */
  #grown = new Set<number>();
  #place = START.place;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(deps: PostShelfDeps) {
    this.#deps = deps;
  }

  /** Posts in memory. */
  get waiting(): number {
    return this.#news.size + this.#folding.size;
  }

  /** Posts that the evidence log does not have as they are. */
  get unwritten(): number {
    return this.waiting + this.#grown.size;
  }

  /** From here on the raw log is needed again when this process ends now. */
  get place(): RawPlace {
    return this.#place;
  }

  /** True for a batch that was not taken yet; those of one life come in order. */
  isNew(life: string, number: number): boolean {
    return Number.isSafeInteger(number) && number > (this.#lives.get(life) ?? 0);
  }

  /** Takes a batch that is in the raw log. */
  take(life: string, number: number, counts: PostCountList): void {
    this.#lives.delete(life);
    this.#lives.set(life, number);
    if (this.#lives.size > MOST_LIVES) this.#lives.delete(this.#lives.keys().next().value as string);
    if (!Array.isArray(counts)) return;
    for (const row of counts) {
      const post = postIn(row);
      if (post !== undefined) this.#news.add(post, row, 1);
    }
  }

  /** Opens the files. The place from which on the raw log has to be read again, by `restored`. */
  async open(): Promise<RawPlace> {
    await mkdir(this.#deps.dir, { recursive: true, mode: 0o700 });
    const changed = await this.#open(CHANGED);
    this.#all = await this.#open(ALL);
    let head = this.#all?.head ?? START;
    if (changed && before(head.place, changed.head.place)) {
      head = changed.head;
      for await (const rows of changed.rows()) this.#changed = mergeRows(this.#changed, rows);
    }
    await changed?.[Symbol.asyncDispose]();
    for (const [life, number] of head.lives) this.#lives.set(life, number);
    this.#grown = new Set(Array.from(head.grown));
    this.#place = head.place;
    return this.#place;
  }

  async #open(name: string): Promise<PostFile | undefined> {
    const path = join(this.#deps.dir, name);
    try {
      return await PostFile.open(path);
    } catch (error) {
      await this.#putAside(error, path);
      return undefined;
    }
  }

  async #putAside(error: unknown, path: string): Promise<void> {
    if (!(error instanceof RangeError)) throw error;
    await rename(path, `${path}.damaged`);
    this.#deps.log.error(
      { path },
      'a file with figures of posts was damaged and is put aside: its posts count from 0 again; what they had is in the evidence log',
    );
  }

  /** A batch that was read again from the raw log, at a place in it. */
  restored(
    { life, number, counts }: { life: string; number: number; counts: PostCountList },
    place: RawPlace,
  ): void {
    if (!before(place, this.#place)) this.take(life, number, counts);
  }

  /** The figures of a post; undefined when nothing was ever counted of it. */
  async figures(post: number): Promise<CountedPost | undefined> {
    for (;;) {
      const turn = this.#turn;
      const row = rowIn(this.#changed, post) ?? rowIn(await this.#near(post), post);
      if (turn !== this.#turn) continue;
      const some = [row?.subarray(1, ROW - 1), this.#folding.sumsOf(post), this.#news.sumsOf(post)].filter(
        (part) => part !== undefined,
      );
      if (some.length === 0) return undefined;
      const sums = POST_EVENTS.map((_, i) => some.reduce((sum, part) => sum + (part[i] as number), 0));
      const entry = row?.at(-1) ?? -1;
      return { sums: sums as unknown as PostSums, ...(entry < 0 ? {} : { entry }) };
    }
  }

  /** The rows near a post in the file of all. */
  async #near(post: number): Promise<Float64Array> {
    const file = this.#all;
    try {
      return (await file?.near(post)) ?? NO_ROWS;
    } catch (error) {
      // It was replaced meanwhile, and is closed.
      if (file !== this.#all) return NO_ROWS;
      await this.#drop(error);
      return NO_ROWS;
    }
  }

  /** Goes on without the file of all, which is damaged. */
  async #drop(error: unknown): Promise<void> {
    const file = this.#all;
    if (!(error instanceof RangeError)) throw error;
    this.#all = undefined;
    this.#turn += 1;
    await file?.[Symbol.asyncDispose]();
    await this.#putAside(error, join(this.#deps.dir, ALL));
  }

  /**
   * Writes what is in memory into a file; with `evidence` what has grown into the log as well. `place`: where the raw
   * log is now. Never rejects: what the disk does not take stays in memory.
   */
  fold(place: RawPlace, evidence: boolean): Promise<void> {
    this.#running ??= this.#fold(place, evidence || this.#grown.size > FOLD_FROM_POSTS).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #fold(place: RawPlace, evidence: boolean): Promise<void> {
    const lives = [...this.#lives];
    // What a fold before this one could not write is there still.
    if (this.#folding.size === 0) this.#folding = this.#news;
    else this.#folding.join(this.#news);
    this.#news = new PostTable();
    try {
      const news = await this.#rowsOf(evidence);
      const grown = evidence ? await this.#writeDown(news) : new Set(this.#grown);
      if (!evidence) for (let at = 0; at < news.length; at += ROW) grown.add(news[at] as number);
      const head = { place, lives, grown: Float64Array.from(grown) };
      const replaced = this.#all;
      // All at once, so that who asks meanwhile counts nothing twice.
      [this.#changed, this.#all] = await this.#save(mergeRows(this.#changed, news), head);
      this.#folding = new PostTable();
      this.#turn += 1;
      this.#place = place;
      this.#grown = grown;
      this.#failing = false;
      if (replaced !== this.#all) await replaced?.[Symbol.asyncDispose]();
    } catch (error) {
      if (error instanceof RangeError) await this.#drop(error).catch(() => undefined);
      if (!this.#failing)
        this.#deps.log.warn(
          { error: String(error) },
          'figures of posts cannot be saved: they go on in memory, and are tried again in a minute',
        );
      this.#failing = true;
    }
  }

  /** The rows of what is being folded, as they are from now on; with `all` also of what has grown before. */
  async #rowsOf(all: boolean): Promise<Float64Array> {
    const folding = this.#folding.posts();
    const more = all ? [...this.#grown].filter((post) => !this.#folding.sumsOf(post)) : [];
    const posts = more.length === 0 ? folding : Float64Array.from([...folding, ...more]).sort();
    const rows = new Float64Array(posts.length * ROW);
    let near: Float64Array = NO_ROWS;
    for (const [n, post] of posts.entries()) {
      let known = rowIn(this.#changed, post);
      if (!known && this.#all) {
        if (!PostFile.covers(near, post)) near = await this.#all.near(post);
        known = rowIn(near, post);
      }
      const sums = this.#folding.sumsOf(post);
      rows[n * ROW] = post;
      for (let i = 0; i < POST_EVENTS.length; i += 1)
        rows[n * ROW + 1 + i] = (known?.[1 + i] ?? 0) + (sums?.[i] ?? 0);
      rows[n * ROW + ROW - 1] = known?.[ROW - 1] ?? -1;
    }
    return rows;
  }

  /** Writes rows into the evidence log, and into each which entry has it. The posts that were not kept. */
  async #writeDown(rows: Float64Array): Promise<Set<number>> {
    const left = new Set<number>();
    const write = async (some: Float64Array, posts: WrittenPost[]): Promise<void> => {
      const index = await this.#deps.write(posts.sort(([a], [b]) => (a < b ? -1 : 1)));
      for (let at = 0; at < some.length; at += ROW)
        if (index === undefined) left.add(some[at] as number);
        else some[at + ROW - 1] = index;
    };
    let [first, bytes] = [0, 0];
    let posts: WrittenPost[] = [];
    let writing: Promise<void>[] = [];
    for (let at = 0; at < rows.length; at += ROW) {
      const row = writtenPost(rows, at);
      posts.push(row);
      bytes += JSON.stringify(row).length + 1;
      if (bytes < ENTRY_BYTES && at + ROW < rows.length) continue;
      writing.push(write(rows.subarray(first, at + ROW), posts));
      [first, bytes, posts] = [at + ROW, 0, []];
      if (writing.length < TOGETHER && first < rows.length) continue;
      await Promise.all(writing);
      writing = [];
    }
    return left;
  }

  /** Writes the rows that changed lately, or all when those are too many. What there is from then on. */
  async #save(
    changed: Float64Array,
    head: PostFileHead,
  ): Promise<readonly [Float64Array, PostFile | undefined]> {
    const { dir, mostChanged = MOST_CHANGED } = this.#deps;
    if (changed.length > mostChanged * ROW)
      return [NO_ROWS, await PostFile.write(join(dir, ALL), head, withRows(this.#all, changed))];
    const file = await PostFile.write(join(dir, CHANGED), head, [changed]);
    await file[Symbol.asyncDispose]();
    return [changed, this.#all];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running;
    await this.#all?.[Symbol.asyncDispose]();
  }
}

const writtenPost = (rows: Float64Array, at: number): WrittenPost => [
  (rows[at] as number).toString(36),
  ...([...rows.subarray(at + 1, at + ROW - 1)] as unknown as PostSums),
];

/** All rows of a file with these in their places, piece by piece. */
async function* withRows(file: PostFile | undefined, rows: Float64Array): AsyncGenerator<Float64Array> {
  let left = rows;
  for await (const piece of file?.rows() ?? []) {
    const [mine, later] = cutAt(left, (piece.at(-ROW) as number) + 1);
    left = later;
    yield mergeRows(piece, mine);
  }
  if (left.length > 0) yield left;
}

/** The number of the post of a row that a door says; undefined for what no door of ours would say. */
function postIn(row: unknown): number | undefined {
  if (!Array.isArray(row) || row.length !== POST_EVENTS.length + 1 || typeof row[0] !== 'string')
    return undefined;
  for (let i = 1; i < row.length; i += 1)
    if (!(Number.isSafeInteger(row[i]) && row[i] >= 0)) return undefined;
  return postNumber(row[0]);
}
