/** What happened at a room and is counted one by one, not by session. */
import type { ReactionCounts } from './interaction/reactions.ts';
import type { JoinFailure } from './metrics.ts';

/**
 * Event counts of one room from one run of a door; a missing member is 0. `pages` is not a sum but the current number.
 */
export interface RoomEvents {
  readonly visits?: number;
  /** Listen was pressed; not the retries. */
  readonly attempts?: number;
  readonly retries?: number;
  readonly successes?: number;
  readonly failures?: Readonly<Partial<Record<JoinFailure, number>>>;
  /** Cards that were seen on pages of this installation. */
  readonly impressions?: number;
  /** Cards and players that were seen inside other sites. */
  readonly embedImpressions?: number;
  /** Impressions of posts of other accounts about the room, by the post's name: each is a figure of its own. */
  readonly posts?: Readonly<Record<string, number>>;
  /** Reactions that counted, in the order of `REACTIONS`: reactions, which are no people. */
  readonly reactions?: ReactionCounts;
  /**
   * Pages open on the room at the end of the newest slot of 10 s, playing or not; absent before the first. Those of
   * several doors can be added.
   */
  readonly pages?: number;
}
