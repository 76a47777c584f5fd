import type { Clock } from '../../../base/clock.ts';
import type { Metric } from '../../../base/metrics.ts';
import type { PostMarks } from '../../../keys/post-marks.ts';
import { readPostEvents } from '../../../wire/posts/post-events.ts';
import type { PostCountList } from '../../../wire/posts/post-figures.ts';
import type { Listening } from '../../request/listening.ts';
import { PostTally } from './post-tally.ts';

/** Where counts of posts go. */
export interface PostOutlet {
  /** False while nobody would hear it: then counts wait. */
  readonly reachable: boolean;
  postCounts(number: number, counts: PostCountList): void;
}

/** What counting of posts needs. */
export interface DoorPostsDeps {
  readonly clock: Clock;
  readonly marks: Pick<PostMarks, 'read'>;
  readonly outlet: PostOutlet;
  /** False for a robot. */
  isSomebody(who: Listening): boolean;
  /** A post that carries the card of a room was seen. */
  seenOf(room: string, post: string): void;
}

/** What pages tell of posts at this door. */
export class DoorPosts {
  readonly #deps: DoorPostsDeps;
  readonly #tally: PostTally;
  #again = false;

  constructor(deps: DoorPostsDeps) {
    this.#deps = deps;
    this.#tally = new PostTally(deps.marks);
  }

  /** Takes what a page tells; false when it is no such body. Robots, and pages of others, change nothing. */
  take(body: string, who: Listening): boolean {
    const batch = readPostEvents(body);
    if (!batch) return false;
    if (who.prefetch || who.elsewhere || who.private) return true;
    const { clock, isSomebody, seenOf } = this.#deps;
    if (!isSomebody(who)) return true;
    this.#tally.take(batch, clock.wall(), (room, post) => seenOf(room, post));
    return true;
  }

  /** The tally is new, or was away. */
  again(): void {
    this.#again = true;
  }

  /** Tells what has come since the last time; call about once a second. */
  tell(): void {
    const { clock, outlet } = this.#deps;
    if (!outlet.reachable) return;
    for (const { number, counts } of this.#tally.tell(clock.now(), this.#again))
      outlet.postCounts(number, counts);
    this.#again = false;
  }

  get metric(): Metric {
    return {
      name: 'earshot_door_post_events_total',
      kind: 'counter',
      help: 'Events of posts that pages told, by result; not-ours: the mark was forged or is older than two days; lost: too many posts waited to be told',
      value: Object.entries(this.#tally.counts).map(([result, count]) => [{ result }, count] as const),
    };
  }
}
