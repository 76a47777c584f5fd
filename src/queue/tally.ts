import { MAX_TOLD_RANKS, type QueuePoint, type TallyBucket, type TicketTally } from '../wire/queue.ts';
import type { Ticket } from './ticket.ts';

/** Buckets one door counts at a time for one room; tickets of a bucket beyond are given out and not counted. */
const MAX_BUCKETS = 1_000;
/** Tickets remembered as come or given back, so that none counts twice; the oldest is forgotten. */
const MAX_SEEN = 50_000;

interface Count {
  tickets: number;
  came: number;
  left: number;
  /** Undefined when they are too many to tell. */
  ranks: number[] | undefined;
}

/** What one door counts of one room's tickets in one life. */
export class Tally {
  readonly #life: string;
  readonly #counts = new Map<number, Count>();
  readonly #seen = new Set<string>();
  #came = 0;

  constructor(life: string) {
    this.#life = life;
  }

  /** A ticket is given out. */
  gave({ minute, rank }: Ticket) {
    const count = this.#count(minute);
    if (!count) return;
    count.tickets += 1;
    if (count.ranks && count.ranks.length < MAX_TOLD_RANKS) count.ranks.push(rank);
    else count.ranks = undefined;
  }

  /** A called ticket has moved up; true the first time. */
  came({ minute, rank }: Ticket): boolean {
    if (!this.#first(`${minute}.${rank}`)) return false;
    this.#came += 1;
    const count = this.#counts.get(minute);
    if (count) count.came += 1;
    return true;
  }

  /** A ticket is given back. */
  left({ minute, rank }: Ticket) {
    if (!this.#first(`${minute}.${rank}`)) return;
    const count = this.#count(minute);
    if (!count) return;
    count.left += 1;
    const at = count.ranks?.indexOf(rank) ?? -1;
    if (at >= 0) count.ranks?.splice(at, 1);
  }

  /** Forgets buckets that the queue has passed. */
  passed(point: QueuePoint) {
    for (const minute of this.#counts.keys()) if (minute < point.minute) this.#counts.delete(minute);
  }

  /** What the cell is told. */
  told(): TicketTally {
    const buckets = [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(
        ([minute, { tickets, came, left, ranks }]): TallyBucket => ({
          minute,
          tickets,
          came,
          left,
          ...(ranks ? { ranks: [...ranks] } : {}),
        }),
      );
    return { life: this.#life, came: this.#came, buckets };
  }

  #count(minute: number): Count | undefined {
    const known = this.#counts.get(minute);
    if (known || this.#counts.size >= MAX_BUCKETS) return known;
    const fresh: Count = { tickets: 0, came: 0, left: 0, ranks: [] };
    this.#counts.set(minute, fresh);
    return fresh;
  }

  #first(key: string): boolean {
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    const oldest = this.#seen.size > MAX_SEEN ? this.#seen.values().next().value : undefined;
    if (oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}
