/**
 * What was counted of posts. There may be millions of them, so memory holds only what came since the last fold, one row
 * for each post that something happened to; all else is in the files of `post-buckets.ts`. A batch of a door is in the
 * raw log before it counts here, so a killed process takes up from there: each file says up to where it has the log.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../base/log.ts';
import { POST_EVENTS, type PostSums } from '../../wire/posts/post-events.ts';
import { type CountedPost, type PostCountList, postNumber } from '../../wire/posts/post-figures.ts';
import { byAge } from '../records/raw-folder.ts';
import type { RawPlace } from '../records/raw-log.ts';
import {
  BUCKETS,
  bucketOf,
  findRow,
  type PostBucket,
  type PostRow,
  pathOf,
  readBucket,
  withRows,
  writeBucket,
} from './post-buckets.ts';

/** Posts in memory, or such that have grown, from which on they are written without waiting for the ten minutes. */
export const FOLD_FROM_POSTS = 50_000;
/** Lives of doors that are remembered; the oldest goes first. */
const MOST_LIVES = 256;
/** Posts in one entry of the log: about 450 kB, where a line may have a mebibyte. */
const ENTRY_POSTS = 10_000;

/** A post in the evidence log: its id, and its sums so far in the order of `POST_EVENTS`. */
export type WrittenPost = readonly [post: string, ...sums: PostSums];

/** What the shelf needs. */
export interface PostShelfDeps {
  readonly log: Log;
  readonly dir: string;
  /** Writes posts down as evidence; the index of the entry, or undefined when it was not kept. */
  write(posts: readonly WrittenPost[]): Promise<number | undefined>;
}

interface ShelfState {
  readonly v: 1;
  /** From here on the raw log may have what no file has. */
  readonly place: RawPlace;
  /** The newest batch that was taken of each life of a door. */
  readonly lives: readonly (readonly [life: string, number: number])[];
  /** Posts that have grown since they were written into the evidence log. */
  readonly grown: readonly number[];
}

const before = (a: RawPlace, b: RawPlace): boolean => {
  const order = byAge(a.file, b.file);
  return order < 0 || (order === 0 && a.offset < b.offset);
};
const START: RawPlace = { file: '', offset: 0 };
const NOTHING = [0, 0, 0, 0];
type Changes = Map<number, Float64Array>;

function add(to: Changes, post: number, sums: ArrayLike<number>): void {
  const known = to.get(post);
  if (!known) to.set(post, Float64Array.from(sums));
  else for (let i = 0; i < known.length; i++) known[i] = (known[i] as number) + (sums[i] ?? 0);
}

/** The figures of posts. */
export class PostShelf {
  readonly #deps: PostShelfDeps;
  readonly #lives = new Map<string, number>();
  #changed: Changes = new Map();
  /** What is being folded, by file; a file that is done has none. */
  readonly #folding = new Map<number, Changes>();
  /** How often each file was replaced, so that who reads meanwhile notices. */
  readonly #turns = new Uint32Array(BUCKETS);
  /** Posts in the files that have grown since they were written into the evidence log. */
  #grown = new Set<number>();
  #place = START;
  #running: Promise<void> | undefined;
  #failing = false;

  constructor(deps: PostShelfDeps) {
    this.#deps = deps;
  }

  /** Posts in memory. */
  get waiting(): number {
    let many = this.#changed.size;
    for (const changes of this.#folding.values()) many += changes.size;
    return many;
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
    this.#took(life, number);
    for (const [id, ...sums] of cleanCounts(counts)) add(this.#changed, postNumber(id) ?? 0, sums);
  }

  #took(life: string, number: number): void {
    this.#lives.delete(life);
    this.#lives.set(life, number);
    if (this.#lives.size > MOST_LIVES) this.#lives.delete(this.#lives.keys().next().value as string);
  }

  /** Reads what the last fold remembered. The place from which on the raw log has to be read again, by `restored`. */
  async open(): Promise<RawPlace> {
    const { dir } = this.#deps;
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const state = await readFile(join(dir, 'state.json'), 'utf8')
      .then((text) => JSON.parse(text) as ShelfState)
      .catch(() => undefined);
    for (const [life, number] of state?.lives ?? []) this.#lives.set(life, number);
    this.#grown = new Set(state?.grown);
    this.#place = state?.place ?? START;
    return this.#place;
  }

  /** A batch that was read again from the raw log, at a place in it; `places`: those of files that were looked at. */
  async restored(
    { life, number, counts }: { life: string; number: number; counts: PostCountList },
    place: RawPlace,
    places: Map<number, RawPlace>,
  ): Promise<void> {
    if (before(place, this.#place)) return;
    if (this.isNew(life, number)) this.#took(life, number);
    for (const [id, ...sums] of cleanCounts(counts)) {
      const post = postNumber(id) ?? 0;
      const bucket = bucketOf(post);
      let known = places.get(bucket);
      if (!known) {
        known = (await this.#read(bucket)).place;
        places.set(bucket, known);
      }
      if (known.file === '' || !before(place, known)) add(this.#changed, post, sums);
    }
  }

  /** The figures of a post; undefined when nothing was ever counted of it. */
  async figures(post: number): Promise<CountedPost | undefined> {
    const bucket = bucketOf(post);
    for (;;) {
      const turn = this.#turns[bucket];
      const row = findRow(await this.#read(bucket), post);
      if (turn !== this.#turns[bucket]) continue;
      const parts = [row?.sums, this.#folding.get(bucket)?.get(post), this.#changed.get(post)];
      const some = parts.filter((part) => part !== undefined);
      if (some.length === 0) return undefined;
      const sums = POST_EVENTS.map((_, i) => some.reduce((sum, part) => sum + (part[i] as number), 0));
      const entry = row && row.entry >= 0 ? { entry: row.entry } : {};
      return { sums: sums as unknown as PostSums, ...entry };
    }
  }

  async #read(bucket: number): Promise<PostBucket> {
    const { dir, log } = this.#deps;
    try {
      return await readBucket(dir, bucket);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const path = pathOf(dir, bucket);
      await rename(path, `${path}.damaged`);
      log.error(
        { path },
        'a file with figures of posts was damaged and is put aside: its posts count from 0 again; what they had is in the evidence log',
      );
      return readBucket(dir, bucket);
    }
  }

  /**
   * Writes what is in memory into the files; with `evidence` what has grown into the log as well. `place`: where the raw
   * log is now. Never rejects: what the disk does not take stays in memory.
   */
  fold(place: RawPlace, evidence: boolean): Promise<void> {
    this.#running ??= this.#fold(place, evidence || this.#grown.size > FOLD_FROM_POSTS).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #move(post: number, sums: ArrayLike<number>): void {
    const bucket = bucketOf(post);
    let changes = this.#folding.get(bucket);
    if (!changes) {
      changes = new Map();
      this.#folding.set(bucket, changes);
    }
    add(changes, post, sums);
  }

  async #fold(place: RawPlace, evidence: boolean): Promise<void> {
    const lives = [...this.#lives];
    for (const [post, sums] of this.#changed) this.#move(post, sums);
    this.#changed = new Map();
    if (evidence) for (const post of this.#grown) this.#move(post, NOTHING);
    try {
      const entries = evidence ? await this.#writeDown() : new Map<number, number>();
      const grown = new Set(evidence ? [] : this.#grown);
      for (const [bucket, changes] of [...this.#folding]) {
        const known = await this.#read(bucket);
        const rows = new Map(
          [...changes].map(([post, sums]): [number, PostRow] => {
            const row = rowWith(known, post, sums);
            if (!entries.has(post)) grown.add(post);
            return [post, { ...row, entry: entries.get(post) ?? row.entry }];
          }),
        );
        await writeBucket(this.#deps.dir, bucket, { place, rows: withRows(known, rows) });
        this.#turns[bucket] = (this.#turns[bucket] as number) + 1;
        this.#folding.delete(bucket);
      }
      const path = join(this.#deps.dir, 'state.json');
      const state: ShelfState = { v: 1, place, lives, grown: [...grown] };
      await writeFile(`${path}.new`, JSON.stringify(state), {
        mode: 0o600,
      });
      await rename(`${path}.new`, path);
      this.#place = place;
      this.#grown = grown;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing)
        this.#deps.log.warn(
          { error: String(error) },
          'figures of posts cannot be saved: they go on in memory, and are tried again in a minute',
        );
      this.#failing = true;
    }
  }

  /** Writes the posts that are being folded into the log, with their sums so far. Which entry has which. */
  async #writeDown(): Promise<Map<number, number>> {
    const entries = new Map<number, number>();
    let list: WrittenPost[] = [];
    const flush = async (): Promise<void> => {
      if (list.length === 0) return;
      const posts = list.toSorted(([a], [b]) => (a < b ? -1 : 1));
      list = [];
      const index = await this.#deps.write(posts);
      if (index !== undefined) for (const [id] of posts) entries.set(postNumber(id) ?? 0, index);
    };
    for (const [bucket, changes] of this.#folding) {
      const known = await this.#read(bucket);
      for (const [post, sums] of changes) {
        list.push([post.toString(36), ...(rowWith(known, post, sums).sums as unknown as PostSums)]);
        if (list.length >= ENTRY_POSTS) await flush();
      }
    }
    await flush();
    return entries;
  }
}

/** The row of a post with more added to it. */
function rowWith(known: PostBucket, post: number, more: Float64Array): PostRow {
  const row = findRow(known, post);
  return { sums: more.map((many, i) => many + (row?.sums[i] ?? 0)), entry: row?.entry ?? -1 };
}

/** What a door says of posts, without what no door of ours would say. */
export function cleanCounts(counts: unknown): PostCountList {
  if (!Array.isArray(counts)) return [];
  return counts.filter(
    (row): row is PostCountList[number] =>
      Array.isArray(row) &&
      row.length === POST_EVENTS.length + 1 &&
      typeof row[0] === 'string' &&
      postNumber(row[0]) !== undefined &&
      row.slice(1).every((many) => Number.isSafeInteger(many) && many >= 0),
  );
}
