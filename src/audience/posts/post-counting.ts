import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Metric } from '../../base/metrics.ts';
import type { MessageHead } from '../../wire/feed.ts';
import {
  type CountedPost,
  type CountedPosts,
  MOST_ASKED_POSTS,
  postNumber,
} from '../../wire/posts/post-figures.ts';
import type { EvidencePort } from '../evidence-port.ts';
import { byAge, rawFiles, readRaw } from '../records/raw-folder.ts';
import type { RawLog } from '../records/raw-log.ts';
import { FOLD_FROM_POSTS, PostShelf } from './post-shelf.ts';

/** Minutes between two entries of the log. */
const EVERY_MINUTES = 10;
/** When the raw log has grown by so much, the files are written earlier: a restart has to read it again. */
const FOLD_FROM_BYTES = 64 << 20;

/** What counting of posts needs. */
export interface PostCountingDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly dir: string;
  readonly rawDir: string;
  readonly raw: Pick<RawLog, 'write' | 'place' | 'written'>;
  readonly evidence?: Pick<EvidencePort, 'append'>;
}

/** Counts what doors tell of posts, and answers what was counted. */
export class PostCounting {
  readonly #deps: PostCountingDeps;
  readonly #shelf: PostShelf;
  #foldedAt = 0;
  #batches = 0;

  constructor(deps: PostCountingDeps) {
    this.#deps = deps;
    const { clock, evidence, log, dir } = deps;
    this.#shelf = new PostShelf({
      ...{ log, dir: join(dir, 'posts') },
      async write(posts) {
        const entry = { v: 1, kind: 'post-figures', at: Math.round(clock.wall()), posts } as const;
        if (!evidence) return -1;
        const written = await evidence.append(entry).catch(() => undefined);
        return written?.kept ? written.index : undefined;
      },
    });
  }

  /** Takes up where the process before this one ended: its files, and the raw log after them. */
  async restore(): Promise<void> {
    const { rawDir, log } = this.#deps;
    const from = await this.#shelf.open();
    for (const file of await rawFiles(rawDir)) {
      if (byAge(file, from.file) < 0) continue;
      try {
        for await (const { head, offset } of readRaw(rawDir, file, file === from.file ? from.offset : 0)) {
          const { life, posts } = head;
          if (life !== undefined && posts) this.#shelf.restored({ life, ...posts }, { file, offset });
        }
      } catch (error) {
        log.warn(
          { error: String(error), file },
          'a file of raw records cannot be read: what was counted of posts in it may be missing from their figures',
        );
      }
    }
  }

  /** The raw file that is remembered: new ones must come after it. */
  get lastFile(): string {
    return this.#shelf.place.file;
  }

  /** Takes what a door says of posts; one that it says again changes nothing. */
  receive({ door, life, number, counts }: Extract<MessageHead, { kind: 'post-counts' }>): void {
    const { raw, clock } = this.#deps;
    if (!this.#shelf.isNew(life, number)) return;
    raw.write({ v: 1, at: clock.wall(), door, life, posts: { number, counts } }, new Uint8Array(0));
    this.#shelf.take(life, number, counts);
    this.#batches += 1;
    if (this.#shelf.waiting > FOLD_FROM_POSTS) void this.fold(false);
  }

  /** A minute is over. */
  closeMinute(minute: number): Promise<void> {
    const due = (minute + 1) % EVERY_MINUTES === 0;
    const grown = this.#deps.raw.written - this.#foldedAt >= FOLD_FROM_BYTES;
    return grown || (due && this.#shelf.unwritten > 0) ? this.fold(due) : Promise.resolve();
  }

  /** Writes what is in memory. Before the first block of the raw log there is nothing new. */
  async fold(evidence: boolean): Promise<void> {
    const { raw } = this.#deps;
    if (raw.place.file === '') return;
    this.#foldedAt = raw.written;
    await this.#shelf.fold(raw.place, evidence);
  }

  /** The raw file from which on it is needed again: the older of this and `other`. */
  neededFrom(other: string): string {
    const { waiting, place } = this.#shelf;
    return waiting === 0 || byAge(other, place.file) < 0 ? other : place.file;
  }

  /** Answers `/posts?of=ID,ID` for this machine's own programs. */
  async answer(asked: URLSearchParams): Promise<Response> {
    const ids = (asked.get('of') ?? '').split(',').slice(0, MOST_ASKED_POSTS);
    const posts: Record<string, CountedPost> = {};
    for (const id of ids) {
      const post = postNumber(id);
      const figures = post === undefined ? undefined : await this.#shelf.figures(post);
      if (figures) posts[id] = figures;
    }
    return Response.json({ at: Math.round(this.#deps.clock.wall()), posts } satisfies CountedPosts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fold(false);
    await this.#shelf[Symbol.asyncDispose]();
  }

  get metrics(): Metric[] {
    return [
      {
        name: 'earshot_tally_post_batches_total',
        kind: 'counter',
        help: 'Batches with events of posts that doors have told',
        value: this.#batches,
      },
      {
        name: 'earshot_tally_posts_waiting',
        kind: 'gauge',
        help: 'Posts whose newest events are in memory and in the raw log, and not in the files of posts yet',
        value: this.#shelf.waiting,
      },
    ];
  }
}
