import type { PostMarks } from '../../../keys/post-marks.ts';
import { POST_EVENTS, type PostEventBatch } from '../../../wire/posts/post-events.ts';
import type { PostCountList } from '../../../wire/posts/post-figures.ts';
import { RecentKeys } from './recent-keys.ts';

/** Events that are remembered, so that one that comes twice counts once. */
const MOST_KEYS = 65_536;
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
  readonly #marks: Pick<PostMarks, 'read'>;
  readonly #keys = new RecentKeys(MOST_KEYS);
  #waiting = new Map<string, Sums>();
  #kept: { readonly at: number; readonly batch: PostBatch }[] = [];
  #keptPosts = 0;
  #number = 0;
  /** By result, since the start. */
  readonly counts = { counted: 0, repeated: 0, 'not-ours': 0, lost: 0 };

  constructor(marks: Pick<PostMarks, 'read'>) {
    this.#marks = marks;
  }

  /** Takes what a page tells at `wall` (ms); `seen` is called for each impression of a post with a room's card. */
  take({ view, events }: PostEventBatch, wall: number, seen?: (room: string, post: string) => void): void {
    for (const [name, mark] of events) {
      const marked = this.#marks.read(mark, wall);
      if (!marked) {
        this.counts['not-ours'] += 1;
        continue;
      }
      const { post, room } = marked;
      if (!this.#keys.isNew(`${view}${name} ${post}`)) {
        this.counts.repeated += 1;
        continue;
      }
      let sums = this.#waiting.get(post);
      if (!sums) {
        if (this.#waiting.size >= MOST_WAITING_POSTS) {
          this.counts.lost += 1;
          continue;
        }
        sums = [0, 0, 0, 0];
        this.#waiting.set(post, sums);
      }
      this.counts.counted += 1;
      const at = POST_EVENTS.indexOf(name);
      sums[at] = (sums[at] ?? 0) + 1;
      if (room !== undefined && name === 'seen') seen?.(room, post);
    }
  }

  /** What has come since this was asked last, as batches; with `again` also those of the last three minutes. */
  tell(now: number, again: boolean): readonly PostBatch[] {
    const rows = [...this.#waiting].map(([post, sums]) => [post, ...sums] as const);
    this.#waiting = new Map();
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
