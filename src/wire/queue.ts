/** The queue for the live edge: what its cell decides, what doors report, and what `/r/:slug/queue.json` says to everyone. */

/** The tickets of one minute. Bucket 0 is the lottery of everyone who came before the draw. */
export interface QueueBucket {
  /**
   * Its number: 0 the lottery, then one a minute; a new one begins sooner where the queue has reached the one that is
   * open, so that nobody who comes now goes before somebody who waits.
   */
  readonly minute: number;
  /** Tickets given out in it. */
  readonly tickets: number;
  /** Of those, how many have moved up or were given back. */
  readonly gone: number;
}

/** How far the queue has moved: tickets up to and including (`minute`, `rank`) may move up. */
export interface QueuePoint {
  readonly minute: number;
  /** Of 2^32: a ticket's random rank within its bucket, from 1; 0 is before all of them. */
  readonly rank: number;
}

/** The last rank there is. */
export const LAST_RANK = 0xffff_ffff;

/** `/r/:slug/queue.json`: one object per room and second, the same for everyone. Every browser finds its own place in it. */
export interface QueueState {
  readonly v: 1;
  readonly slug: string;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  /** Counts up with every change. */
  readonly seq: number;
  /** SHA-256 (hex) over the bytes of the state before this one: the queue's history cannot be rewritten unseen. */
  readonly previous: string;
  /** Wall-clock ms of the draw: from then on it is first come, first served. In the future while the lottery is open. */
  readonly start: number;
  readonly admitted: QueuePoint;
  /** The bucket of tickets that are given out now. */
  readonly open: number;
  /** Buckets the queue has not yet passed; those before `admitted.minute` are left out. */
  readonly buckets: readonly QueueBucket[];
  /** Tickets called per minute, over the last five minutes. */
  readonly perMinute: number;
  /** Places at the live edge that are free now. */
  readonly free: number;
  /** Places at the live edge in all, as the host or the ladder sets them; absent while nothing holds anyone back. */
  readonly places?: number;
  /** The least ms that anyone leaves between two looks at this file: 2,000, more when very many wait. */
  readonly poll: number;
}

/** One bucket as a door counts it. */
export interface TallyBucket {
  readonly minute: number;
  readonly tickets: number;
  /** Called tickets that were shown for a place at the live edge. */
  readonly came: number;
  /** Tickets given back. */
  readonly left: number;
  /** Every rank given out, while they are at most `MAX_TOLD_RANKS`: a short queue moves person by person. */
  readonly ranks?: readonly number[];
}

/** Ranks a door tells of one bucket; above it the cell reckons with their number alone. */
export const MAX_TOLD_RANKS = 64;

/** What a door has done with tickets of one room since it opened; absolute, so that a lost message loses nothing. */
export interface TicketTally {
  /** This life of the door: after a restart counts begin anew under another name. */
  readonly life: string;
  /** Called tickets that have come, over this whole life. */
  readonly came: number;
  /** Of those, how many had been called by which state (`seq`), newest last: for the last `MAX_CALLS` states that called anyone. */
  readonly calls?: readonly (readonly [seq: number, came: number])[];
  /** Buckets that the queue has not passed. */
  readonly buckets: readonly TallyBucket[];
}

/** States that called somebody for which a door counts apart who came: more than two minutes of one a second. */
export const MAX_CALLS = 128;

/** The answer of `POST /r/:slug/ticket`. */
export interface TicketAnswer {
  /** Shown by cookie, in the body, or as `?ticket=` at the stream. */
  readonly ticket: string;
  /** The no-JavaScript page of this ticket, an address that works without cookies. */
  readonly page: string;
  readonly minute: number;
  readonly rank: number;
  /** It may move up now. */
  readonly called: boolean;
  /** Look again after this many ms. */
  readonly poll: number;
  /** Wall-clock ms until which the place is kept without another sign of life. */
  readonly until: number;
  /** What became of the ticket that was shown; absent when none was, or it was good. */
  readonly note?: 'forged' | 'foreign' | 'expired';
  /** The same in words. */
  readonly said?: string;
}
