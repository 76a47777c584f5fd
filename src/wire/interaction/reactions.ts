/** Reactions: what listeners show while they listen, as sums for everybody in a second. */

/** The set, in the order in which counts have them. */
export const REACTIONS = ['applause', 'laugh', 'heart', 'agree', 'surprised'] as const;

/** One kind of reaction. */
export type Reaction = (typeof REACTIONS)[number];

/** Counts, in the order of `REACTIONS`. */
export type ReactionCounts = readonly number[];

/** Most reactions of one device that count in a second. */
export const MOST_PER_SECOND = 3;

/** Seconds that pages show together, so that numbers change calmly. */
export const RECENT_S = 10;

/** In the state of a room, while listeners may react. */
export interface ReactionsTold {
  /** Wall-clock second of the counts; 0 while there were none for `RECENT_S`. */
  readonly second: number;
  /** Of that second, all doors together; empty when there were none. */
  readonly counts: ReactionCounts;
  /** Of the last `RECENT_S` seconds: what pages show, whether or not they saw each second; empty when there were none. */
  readonly recent: ReactionCounts;
}

/** Nothing, in the order of `REACTIONS`. */
export const noReactions = (): number[] => REACTIONS.map(() => 0);

/** Two counts as one. */
export const addReactions = (a: ReactionCounts, b: ReactionCounts): number[] =>
  REACTIONS.map((_, index) => (a[index] ?? 0) + (b[index] ?? 0));

/** All kinds together: reactions, which are no people. */
export const sumOfReactions = (counts: ReactionCounts): number => counts.reduce((sum, n) => sum + n, 0);
