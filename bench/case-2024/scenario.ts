/**
 * What goes into the evening of 2024 that `bench/case-2024.ts` makes: times, crowds, and how often posts were seen.
 * Reported are the times, the peak, the plays, and the views of the post; everything else is assumed, and marked so. The
 * figures in the bundle are not these numbers: they are what the counting makes of the people and events drawn from them.
 */

const MINUTE = 60;
/** Seconds from the beginning of the log (19:30 Eastern time) to a time of the evening or of the next day. */
const at = (hour: number, minute: number): number => ((hour - 19) * 60 + minute - 30) * MINUTE;

/** 19:30 Eastern time on 12 August 2024. */
export const BEGIN = Date.UTC(2024, 7, 12, 23, 30);
/** The name of the room, and its title. */
export const SLUG = 'case-2024';
export const TITLE = 'The case of 2024, made by a simulation';

/** Times, seconds since `BEGIN`. */
export const WHEN = {
  /** The room opened, and its link was posted, about a quarter of an hour before the start. */
  opened: at(19, 45),
  /** The start that was announced. */
  announced: at(20, 0),
  /** Music for those who got in (reported: lift music, "a loop"); assumed: two minutes after the announced time. */
  music: at(20, 2),
  /** Then nothing; assumed: from 20:20. */
  silence: at(20, 20),
  /** Reported: 40 to 54 minutes late. */
  speech: at(20, 54),
  /** Assumed: two hours of conversation, rounded. */
  ended: at(22, 56),
  /** The recording can be heard. */
  replay: at(23, 0),
  /** Noon of the next day: the bundle is made. */
  until: at(24 + 12, 0),
} as const;

/** People who come before anything is said; assumed. */
export const EARLY = {
  /** Who opens the room's page until 20:54. */
  people: 850_000,
  /** Mean of how long they wait before they go, seconds. */
  patience: 26 * MINUTE,
  /** Sessions for which there was music between 20:02 and 20:20. */
  gotIn: 60_000,
  /** Mean time between two presses of Listen that fail, seconds. */
  presses: 100 * MINUTE,
} as const;

/** Sessions of the conversation. */
export const LIVE = {
  /** Assumed: with these sessions and stays the peak is what was reported, 1.4 million. */
  sessions: 7_900_000,
  /** Share of those who leave within a minute. */
  dropIns: 0.2,
  /** Mean stay of the others, seconds. */
  stay: 18.8 * MINUTE,
  /** Different keys for 100 sessions that stay: people come back. */
  keys: 87,
  /** Players that cannot prove what they have: native HLS, radios. */
  silent: 0.08,
  /** Sessions whose program says that it is a robot or a library, and sessions from data centres. */
  robots: 0.021,
  dataCentre: 0.014,
  /** Players whose proofs never arrive. */
  mute: 0.006,
  /** Tabs in the background. */
  hidden: 0.35,
  doors: 24,
} as const;

/** Joins that fail once the conversation runs: at its first minute, and what it falls to. Assumed. */
export const FAILING = { first: 0.38, later: 0.03, halves: 6 * MINUTE } as const;

/** Replays until noon; with those who heard it live they are the 24 million plays that were reported. */
export const REPLAY = { sessions: 22_900_000, short: 0.11, keys: 90, halves: 4 * 3_600 } as const;

/** How often the announcing post had been seen, by seconds since `BEGIN`. Reported: 60 million while it ran, later 183. */
export const POST: readonly (readonly [second: number, millions: number])[] = [
  [at(19, 30), 1.1],
  [at(20, 0), 4.6],
  [at(20, 54), 38],
  [at(21, 26), 60],
  [at(22, 56), 96],
  [at(24 + 3, 0), 124],
  [at(24 + 12, 0), 183.2],
];

/** Posts of other accounts: so many, the most seen of them, and how fast the others are fewer. Assumed: about 1 billion in all. */
export const POSTS = { accounts: 24, largest: 238e6, falls: 1.02, halves: 4.2 * 3_600 } as const;
