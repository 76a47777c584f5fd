import type { PostMarks } from '../../../keys/post-marks.ts';
import { POST_EVENTS, type PostEventBatch } from '../../../wire/posts/post-events.ts';
import type { PostCountList } from '../../../wire/posts/post-figures.ts';
import { KnownMarks, type KnownPost } from './known-marks.ts';
import { RecentEvents, viewWords } from './recent-events.ts';

/** Events that are remembered, so that one that comes twice counts once: 2 MB. */
const MOST_EVENTS = 65_536;
/** Marks that are remembered, about 16 MB. */
const MOST_MARKS = 65_536;
/** Posts that wait to be told; events of further ones are lost, and counted as such. */
export const MOST_WAITING_POSTS = 50_000;
/** Posts in one batch: about 200 kB. */
const BATCH_POSTS = 5_000;
/** What was told is kept so long for a tally that was away, ms, and at most so many posts of it. */
const KEPT_MS = 180_000;
const MOST_KEPT_POSTS = 200_000;

/** Counts that are told together; a batch that comes again changes nothing, because of its number. */
export interface PostBatch {
  /** From 1, without gaps, in one life of the door. */
  readonly number: number;
  readonly counts: PostCountList;
}

type Sums = [number, number, number, number];

/**
 * Counts the events of posts at a door. There may be millions of posts, so only what has not been told yet is kept, and
 * what was told in the last three minutes. While the tally cannot be reached, counts wait and grow.
 */
export class PostTally {
  readonly #marks: KnownMarks;
  readonly #recent = new RecentEvents(MOST_EVENTS);
  #waiting = new Map<string, Sums>();
  /** Grows each time when what waits is told. */
  #turn = 0;
  #kept: { readonly at: number; readonly batch: PostBatch }[] = [];
  #keptPosts = 0;
  #number = 0;
  /** By result, since the start. */
  readonly counts = { counted: 0, repeated: 0, 'not-ours': 0, lost: 0 };

  constructor(marks: Pick<PostMarks, 'read'>) {
    this.#marks = new KnownMarks(marks, MOST_MARKS);
  }

  /** Takes what a page tells at `wall` (ms); `seen` is called for each impression of a post with a room's card. */
  take({ view, events }: PostEventBatch, wall: number, seen?: (room: string, post: string) => void): void {
    const words = viewWords(view);
    for (const [name, mark] of events) {
      const known = this.#marks.read(mark, wall);
      if (!known) {
        this.counts['not-ours'] += 1;
        continue;
      }
      const at = POST_EVENTS.indexOf(name);
      if (!this.#recent.isNew(words, at, known)) {
        this.counts.repeated += 1;
        continue;
      }
      const sums = known.turn === this.#turn ? known.sums : this.#wait(known);
      if (!sums) {
        this.counts.lost += 1;
        continue;
      }
      this.counts.counted += 1;
      sums[at] = (sums[at] as number) + 1;
      if (known.room !== undefined && name === 'seen') seen?.(known.room, known.post);
    }
  }

  /** The sums of a post that waits from now on, if it does not already; undefined when too many wait. */
  #wait(known: KnownPost): Sums | undefined {
    let sums = this.#waiting.get(known.post);
    if (!sums) {
      if (this.#waiting.size >= MOST_WAITING_POSTS) return undefined;
      sums = [0, 0, 0, 0];
      this.#waiting.set(known.post, sums);
    }
    known.sums = sums;
    known.turn = this.#turn;
    return sums;
  }

  /** What has come since this was asked last, as batches; with `again` also those of the last three minutes. */
  tell(now: number, again: boolean): readonly PostBatch[] {
    const rows = [...this.#waiting].map(([post, sums]) => [post, ...sums] as const);
    this.#waiting = new Map();
    this.#turn += 1;
    const fresh: PostBatch[] = [];
    for (let from = 0; from < rows.length; from += BATCH_POSTS) {
      this.#number += 1;
      fresh.push({ number: this.#number, counts: rows.slice(from, from + BATCH_POSTS) });
    }
    for (const batch of fresh) {
      this.#kept.push({ at: now, batch });
      this.#keptPosts += batch.counts.length;
    }
    const told = again ? this.#kept.map(({ batch }) => batch) : fresh;
    while (this.#kept[0] && (now - this.#kept[0].at > KEPT_MS || this.#keptPosts > MOST_KEPT_POSTS))
      this.#keptPosts -= this.#kept.shift()?.batch.counts.length ?? 0;
    return told;
  }
}
