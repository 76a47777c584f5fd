/**
 * A ticket's place in the queue: the same computation for the page, the page without scripts, and anyone who checks.
 */
import { LAST_RANK, type QueueBucket, type QueuePoint, type QueueState } from './queue.ts';

/** The parts of a ticket that determine its place. */
export interface TicketPlace {
  readonly minute: number;
  readonly rank: number;
}

/** A range, both ends included. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The position of a ticket. */
export interface Place {
  /** True when it may move up now. */
  readonly called: boolean;
  /** People ahead, rounded outwards to two digits, so that the number never looks more exact than it is. */
  readonly ahead: Range;
  /** Minutes until it is called, at the pace of the last five minutes; absent while nobody moves up. */
  readonly minutes?: Range;
}

/** Ranks in a bucket. */
const RANKS = LAST_RANK + 1;
/** Standard deviations in each direction: 95 of 100 cases are inside. */
const SIGMAS = 2;
/** Minutes over which the pace is measured. */
const PACE_MINUTES = 5;
/** Longest interval between two polls of the queue. */
const LONGEST_POLL_MS = 60_000;
/** Share by which polls are randomized. */
const JITTER = 0.2;
/** Polling interval of a ticket that may be called soon: half the time within which a called person must come. */
const SOON_POLL_MS = 15_000;
/** Tickets with this few people ahead poll this often: they may be next, and there are few of them. */
const NEXT = { people: 20, ms: 5_000 } as const;
/** A ticket that is expected to be called within this many minutes polls often. */
const SOON_MINUTES = 5;
/** After the draw everyone polls, spread over this time. */
const DRAW_SPREAD_MS = 5_000;

/** True when the queue has reached the ticket. */
export const isCalled = ({ admitted }: { admitted: QueuePoint }, { minute, rank }: TicketPlace): boolean =>
  minute < admitted.minute || (minute === admitted.minute && rank <= admitted.rank);

/** Expected number of tickets of a bucket that are not called yet, computed from their number alone. */
export function uncalled({ minute, tickets, gone }: QueueBucket, point: QueuePoint): number {
  if (minute < point.minute) return 0;
  if (minute > point.minute) return Math.max(0, tickets - gone);
  return tickets * ((LAST_RANK - point.rank) / RANKS);
}

const down = (value: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.max(0, Math.floor(value / step) * step);
};
const up = (value: number): number => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.ceil(value / step) * step;
};

/**
 * The position of a ticket in the queue. Whole buckets before its own are counted. In its own bucket the number of
 * lower ranks is binomially distributed, and both ends of the range are two standard deviations out.
 */
export function placeIn(queue: QueueState, ticket: TicketPlace): Place {
  if (isCalled(queue, ticket))
    return { called: true, ahead: { low: 0, high: 0 }, minutes: { low: 0, high: 0 } };
  let before = 0;
  let fellows = 0;
  let share = 0;
  for (const bucket of queue.buckets) {
    if (bucket.minute < ticket.minute) before += uncalled(bucket, queue.admitted);
    if (bucket.minute !== ticket.minute) continue;
    const passed = bucket.minute === queue.admitted.minute ? queue.admitted.rank : 0;
    fellows = Math.max(0, bucket.tickets - (passed === 0 ? bucket.gone : 0) - 1);
    share = (ticket.rank - passed) / RANKS;
  }
  const middle = before + fellows * share;
  const off = SIGMAS * Math.sqrt(fellows * share * (1 - share));
  const ahead = {
    low: down(Math.max(before, middle - off)),
    high: up(Math.min(before + fellows, middle + off)),
  };
  if (queue.perMinute <= 0) return { called: false, ahead };
  const called = queue.perMinute * PACE_MINUTES;
  const doubt = SIGMAS * Math.sqrt(called);
  const fastest = (called + doubt) / PACE_MINUTES;
  const slowest = Math.max(1, called - doubt) / PACE_MINUTES;
  const minutes = {
    low: Math.floor(ahead.low / fastest),
    high: Math.max(1, Math.ceil(Math.max(1, ahead.high) / slowest)),
  };
  return { called: false, ahead, minutes };
}

/**
 * How many people wait, in all buckets together. For the bucket that is being called only the expected number is known.
 */
export function waiting(queue: QueueState): Range {
  const all = queue.buckets.reduce((sum, bucket) => sum + uncalled(bucket, queue.admitted), 0);
  const sure =
    queue.admitted.rank === 0 || queue.buckets.every(({ minute }) => minute !== queue.admitted.minute);
  return sure ? { low: Math.round(all), high: Math.round(all) } : { low: down(all), high: up(all) };
}

/** Interval in ms until the next poll: 2 s to a minute, with 20 % of jitter. `random` is in [0, 1). */
export function pollAfter(queue: QueueState, ticket: TicketPlace, now: number, random: number): number {
  if (now < queue.start) {
    const draw = queue.start - now + random * DRAW_SPREAD_MS;
    return Math.max(queue.poll, Math.min(draw, LONGEST_POLL_MS * (1 - JITTER * random)));
  }
  const { called, ahead, minutes } = placeIn(queue, ticket);
  const sixth = minutes === undefined ? SOON_POLL_MS : minutes.low * 10_000;
  const most = minutes === undefined || minutes.low < SOON_MINUTES ? SOON_POLL_MS : LONGEST_POLL_MS;
  const usual = ahead.low <= NEXT.people ? NEXT.ms : most;
  const wanted = called ? 0 : Math.min(usual, sixth);
  return Math.min(LONGEST_POLL_MS / (1 + JITTER), Math.max(queue.poll, wanted)) * (1 + JITTER * random);
}

/** Why a place is worse than before: fewer places, a slower pace, or more people in the same draw. */
export type Worse = 'places' | 'slower' | 'draw';

/** Why the wait became longer (by at least a fifth) between two states; undefined when it did not. */
export function whyWorse(before: QueueState, after: QueueState, ticket: TicketPlace): Worse | undefined {
  const was = placeIn(before, ticket);
  const is = placeIn(after, ticket);
  const longer =
    is.ahead.low > was.ahead.high * 1.2 ||
    (was.minutes !== undefined && (is.minutes === undefined || is.minutes.low > was.minutes.high * 1.2));
  if (is.called || !longer) return undefined;
  if ((after.places ?? Infinity) < (before.places ?? Infinity)) return 'places';
  return is.ahead.low > was.ahead.high ? 'draw' : 'slower';
}
