import { uncalled } from '../wire/place-in-line.ts';
import {
  LAST_RANK,
  MAX_CALLS,
  MAX_TOLD_RANKS,
  type QueuePoint,
  type TicketBucket,
  type TicketCounts,
} from '../wire/queue.ts';

/** Beyond this many lives of doors, the counts of finished ones are added up for good. */
const MAX_LIVES = 64;
/** A life that has been silent for this long is over; adding up one that still reports would count it twice. */
const OVER_MS = 180_000;
/**
 * The most lives that are kept: more than any machine has doors, because a door that dies every second makes new
 * ones.
 */
const MOST_LIVES = 1_024;
/** The most buckets of one report that are read. */
const MAX_BUCKETS = 2_000;

/** What all doors have counted, as written to disk. */
export interface Counts {
  /** Sum over lives that are over. */
  readonly before: readonly TicketBucket[];
  readonly lives: readonly TicketCounts[];
}

const nothing = (minute: number): TicketBucket => ({ minute, tickets: 0, came: 0, left: 0, ranks: [] });

const plus = (a: TicketBucket, b: TicketBucket): TicketBucket => {
  const ranks = a.ranks && b.ranks ? [...a.ranks, ...b.ranks] : undefined;
  return {
    minute: a.minute,
    tickets: a.tickets + b.tickets,
    came: a.came + b.came,
    left: a.left + b.left,
    ...(ranks && ranks.length <= MAX_TOLD_RANKS ? { ranks } : {}),
  };
};

/** The tickets of a room by bucket: the sum of what its doors count, with each life of a door counted separately. */
export class Buckets {
  #before = new Map<number, TicketBucket>();
  #lives = new Map<string, TicketCounts>();
  /** When each life last reported, monotonic ms; the longest silent first. */
  readonly #heard = new Map<string, number>();
  #sum: readonly TicketBucket[] | undefined;

  constructor(counts?: Counts) {
    for (const bucket of counts?.before ?? []) this.#before.set(bucket.minute, bucket);
    for (const counted of counts?.lives ?? []) this.#lives.set(counted.life, counted);
  }

  /** Receives a door's newest counts at `now`, monotonic ms. */
  take(counted: TicketCounts, now: number) {
    this.#sum = undefined;
    this.#lives.set(counted.life, { ...counted, buckets: counted.buckets.slice(0, MAX_BUCKETS) });
    // Lives read from disk may be over or not: they have as long as any other to report.
    for (const life of this.#lives.keys()) if (!this.#heard.has(life)) this.#heard.set(life, now);
    this.heard(counted.life, now);
    for (const [life, at] of this.#heard) {
      if (this.#lives.size <= MAX_LIVES) break;
      if (now - at < OVER_MS && this.#lives.size <= MOST_LIVES) break;
      const old = this.#lives.get(life);
      this.#heard.delete(life);
      this.#lives.delete(life);
      for (const bucket of old?.buckets ?? [])
        this.#before.set(
          bucket.minute,
          plus(this.#before.get(bucket.minute) ?? nothing(bucket.minute), bucket),
        );
    }
  }

  /** A life still reports, without anything new. */
  heard(life: string, now: number) {
    if (!this.#lives.has(life)) return;
    this.#heard.delete(life);
    this.#heard.set(life, now);
  }

  /** How many of those called by each state (`seq`) have come, as far as doors still report it. */
  get calls(): ReadonlyMap<number, number> {
    const sum = new Map<number, number>();
    for (const { calls = [] } of this.#lives.values())
      for (const [seq, came] of calls.slice(-MAX_CALLS)) sum.set(seq, (sum.get(seq) ?? 0) + came);
    return sum;
  }

  /** The highest bucket in which a ticket was given out; 0 without any. */
  get highest(): number {
    return this.all().at(-1)?.minute ?? 0;
  }

  /** Every bucket with tickets, by number. */
  all(): readonly TicketBucket[] {
    if (this.#sum) return this.#sum;
    const sum = new Map(this.#before);
    for (const { buckets } of this.#lives.values())
      for (const bucket of buckets)
        sum.set(bucket.minute, plus(sum.get(bucket.minute) ?? nothing(bucket.minute), bucket));
    this.#sum = [...sum.values()].sort((a, b) => a.minute - b.minute);
    return this.#sum;
  }

  /** Tickets that have not been called yet: exact while ranks are known, otherwise an expected number. */
  waiting(point: QueuePoint): number {
    let sum = 0;
    for (const bucket of this.all()) sum += beyond(bucket, point);
    return sum;
  }

  /** Forgets what the queue has passed. */
  passed(point: QueuePoint) {
    for (const minute of this.#before.keys()) if (minute < point.minute) this.#before.delete(minute);
    for (const [life, counted] of this.#lives) {
      const [first] = counted.buckets;
      if (first && first.minute < point.minute)
        this.#lives.set(life, {
          ...counted,
          buckets: counted.buckets.filter(({ minute }) => minute >= point.minute),
        });
    }
    this.#sum = undefined;
  }

  /**
   * The point at which `wanted` more tickets are called, or all waiting tickets if there are fewer, and how many that
   * is. Person by person while ranks are known; otherwise by the expected number.
   */
  advance(point: QueuePoint, wanted: number): { point: QueuePoint; called: number } {
    let at = point;
    let called = 0;
    for (const bucket of this.all()) {
      const left = wanted - called;
      if (left <= 0) break;
      const here = beyond(bucket, at);
      if (here <= 0) continue;
      const from = bucket.minute === at.minute ? at.rank : 0;
      if (here <= left) {
        at = { minute: bucket.minute, rank: LAST_RANK };
        called += here;
      } else if (bucket.ranks) {
        const rank = bucket.ranks.filter((r) => r > from).sort((a, b) => a - b)[Math.ceil(left) - 1];
        at = { minute: bucket.minute, rank: rank ?? LAST_RANK };
        called += Math.ceil(left);
      } else {
        const step = Math.ceil((left / here) * (LAST_RANK - from));
        at = { minute: bucket.minute, rank: Math.min(LAST_RANK, from + step) };
        called += left;
      }
    }
    return { point: at, called };
  }

  /** Everything, as written to disk. */
  counts(): Counts {
    return {
      before: [...this.#before.values()],
      lives: [...this.#lives.values()],
    };
  }
}

function beyond(bucket: TicketBucket, point: QueuePoint): number {
  const { minute, tickets, left, ranks } = bucket;
  if (ranks && minute === point.minute) return ranks.filter((rank) => rank > point.rank).length;
  return uncalled({ minute, tickets, gone: minute > point.minute ? left : 0 }, point);
}
