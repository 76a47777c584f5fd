/** The queue for the live edge: the cell's decisions, the doors' reports, and the public `/r/:slug/queue.json`. */

/** The tickets of one minute. Bucket 0 is the lottery of everyone who came before the draw. */
export interface QueueBucket {
  /**
   * Its number: 0 is the lottery, then one per minute. A new bucket is opened sooner when the queue has reached the
   * open one, so that no newcomer gets ahead of a person who waits.
   */
  readonly minute: number;
  /** Tickets issued in it. */
  readonly tickets: number;
  /** How many of them have moved up or were given back. */
  readonly gone: number;
}

/** Position that the queue has reached: tickets up to and including (`minute`, `rank`) may move up. */
export interface QueuePoint {
  readonly minute: number;
  /** Of 2^32: a ticket's random rank within its bucket, from 1; 0 is before all of them. */
  readonly rank: number;
}

/** The highest rank. */
export const LAST_RANK = 0xffff_ffff;

/**
 * `/r/:slug/queue.json`: one object per room and second, the same for everyone. Each browser computes its own place.
 */
export interface QueueState {
  readonly v: 1;
  readonly slug: string;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  /** Incremented with every change. */
  readonly seq: number;
  /** SHA-256 (hex) of the bytes of the previous state, so that changes to the queue's history can be detected. */
  readonly previous: string;
  /**
   * Wall-clock ms of the draw; afterwards it is first come, first served. It is in the future while the lottery is
   * open.
   */
  readonly start: number;
  readonly admitted: QueuePoint;
  /** The bucket of the tickets that are being issued. */
  readonly open: number;
  /** Buckets that the queue has not passed yet; those before `admitted.minute` are left out. */
  readonly buckets: readonly QueueBucket[];
  /** Tickets called per minute, over the last five minutes. */
  readonly perMinute: number;
  /** Free places at the live edge. */
  readonly free: number;
  /** Total places at the live edge, set by the host or the ladder; absent while there is no limit. */
  readonly places?: number;
  /** Shortest interval in ms between two polls of this file: 2,000, more when very many wait. */
  readonly poll: number;
}

/** A door's counts for one bucket. */
export interface TicketBucket {
  readonly minute: number;
  readonly tickets: number;
  /** Called tickets that were used for a place at the live edge. */
  readonly came: number;
  /** Tickets that were given back. */
  readonly left: number;
  /** All issued ranks, up to `MAX_TOLD_RANKS`, so that a short queue moves person by person. */
  readonly ranks?: readonly number[];
}

/** Limit of ranks that a door reports for one bucket; beyond it the cell uses only their number. */
export const MAX_TOLD_RANKS = 64;

/** What a door has done with tickets of one room since it opened; absolute, so that a lost message loses nothing. */
export interface TicketCounts {
  /** Identifies this run of the door: after a restart counts start again under another name. */
  readonly life: string;
  /** Called tickets that were used, over this whole run. */
  readonly came: number;
  /**
   * How many of these were called by which state (`seq`), newest last, for the last `MAX_CALLS` states that called
   * anyone.
   */
  readonly calls?: readonly (readonly [seq: number, came: number])[];
  /** Buckets that the queue has not passed. */
  readonly buckets: readonly TicketBucket[];
}

/** Limit of states for which a door counts used tickets separately: more than two minutes at one per second. */
export const MAX_CALLS = 128;

/** The answer of `POST /r/:slug/ticket`. */
export interface TicketAnswer {
  /** Presented as a cookie, in the body, or as `?ticket=` of the stream. */
  readonly ticket: string;
  /** Address of this ticket's page for browsers without JavaScript; it works without cookies. */
  readonly page: string;
  readonly minute: number;
  readonly rank: number;
  /** True when it may move up now. */
  readonly called: boolean;
  /** Interval in ms until the next poll. */
  readonly poll: number;
  /** Wall-clock ms until which the place is kept without another poll. */
  readonly until: number;
  /** Why the presented ticket was replaced; absent when there was none, or it was valid. */
  readonly note?: 'forged' | 'foreign' | 'expired';
  /** The same in words. */
  readonly said?: string;
}
