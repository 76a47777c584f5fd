import {
  addReactions,
  noReactions,
  RECENT_S,
  type ReactionCounts,
  type ReactionsTold,
  sumOfReactions,
} from '../wire/interaction/reactions.ts';
import type { Mark } from '../wire/mark.ts';

/** Seconds that are written down together: no more are lost when a cell is killed. */
const BLOCK_S = 10;

const QUIET: ReactionsTold = { second: 0, counts: [], recent: [] };

/** The reactions of one room, all doors together, second by second. */
export class ReactionSeconds {
  readonly #mark: (mark: Mark) => void;
  #now = noReactions();
  #told: ReactionsTold = QUIET;
  #recent: ReactionsTold[] = [];
  #block: { from: number; seconds: (readonly number[])[] } | undefined;

  /** `mark` writes down a block of seconds. */
  constructor(mark: (mark: Mark) => void) {
    this.#mark = mark;
  }

  /** What a door has counted since it last said so. */
  take(counts: ReactionCounts): void {
    this.#now = addReactions(this.#now, counts);
  }

  /** Ends a second; `wall` is wall-clock ms. */
  second(wall: number): void {
    const second = Math.floor(wall / 1000);
    const any = sumOfReactions(this.#now) > 0;
    this.#recent = this.#recent.filter((one) => one.second > second - RECENT_S);
    if (any) this.#recent.push({ second, counts: this.#now, recent: [] });
    this.#told = this.#sumUp(second, any ? this.#now : []);
    if (this.#block && second - this.#block.from >= BLOCK_S) this.close();
    if (!any) return;
    this.#block ??= { from: second - (second % BLOCK_S), seconds: [] };
    this.#block.seconds.push([second - this.#block.from, ...this.#now]);
    this.#now = noReactions();
  }

  #sumUp(second: number, counts: ReactionCounts): ReactionsTold {
    if (this.#recent.length === 0) return QUIET;
    const recent = this.#recent.reduce((sum, one) => addReactions(sum, one.counts), noReactions());
    return { second, counts, recent };
  }

  /** What listeners are told of the last whole second. */
  told(): ReactionsTold {
    return this.#told;
  }

  /** Writes down what is not written yet. */
  close(): void {
    if (!this.#block) return;
    this.#mark({ kind: 'reactions', at: this.#block.from * 1000, seconds: this.#block.seconds });
    this.#block = undefined;
  }
}
