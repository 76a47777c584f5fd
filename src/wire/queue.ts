/** The queue for the live edge: what its cell decides, what doors report, and what `/r/:slug/queue.json` says to everyone. */

/** People with a ticket of one minute. Bucket 0 is the lottery of everyone who came before the announced start. */
export interface QueueBucket {
  /** Minutes since the announced start, from 1; 0 for the lottery. */
  readonly minute: number;
  /** Tickets given out in it. */
  readonly tickets: number;
  /** Of those, how many have moved up or were given back. */
  readonly gone: number;
}

/** How far the queue has moved: tickets up to and including (`minute`, `rank`) may move up. */
export interface QueuePoint {
  readonly minute: number;
  /** Of 2^32: a ticket's random rank within its bucket. */
  readonly rank: number;
}

/** `/r/:slug/queue.json`: one object per room and second, the same for everyone. Every browser finds its own place in it. */
export interface QueueState {
  readonly v: 1;
  readonly slug: string;
  /** Wall-clock ms when it was made. */
  readonly at: number;
  /** Counts up with every change. */
  readonly seq: number;
  /** SHA-256 (hex) over the state before this one: the queue's history cannot be rewritten unseen. */
  readonly previous: string;
  /** Wall-clock ms from which minutes are counted. */
  readonly start: number;
  readonly admitted: QueuePoint;
  readonly buckets: readonly QueueBucket[];
  /** People moved up per minute, over the last five minutes. */
  readonly perMinute: number;
  /** Places at the live edge that are free now. */
  readonly free: number;
}

/** What a door has done with tickets of one room since it opened; absolute, so that a lost message loses nothing. */
export interface TicketTally {
  /** This life of the door: after a restart counts begin anew under another name. */
  readonly life: string;
  readonly buckets: readonly QueueBucket[];
}
