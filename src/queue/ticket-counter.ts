import { isCalled } from '../wire/place-in-line.ts';
import {
  MAX_CALLS,
  MAX_TOLD_RANKS,
  type QueuePoint,
  type QueueState,
  type TicketBucket,
  type TicketCounts,
} from '../wire/queue.ts';
import type { Ticket } from './ticket.ts';

/** The most buckets one door counts for one room; tickets of further buckets are given out but not counted. */
const MAX_BUCKETS = 1_000;
/** Tickets remembered as come or given back, so that none counts twice; the oldest is forgotten. */
const MAX_SEEN = 50_000;

interface Count {
  tickets: number;
  came: number;
  left: number;
  /** Undefined when there are too many to report. */
  ranks: number[] | undefined;
}

/** A state that called people, and how many of those have come. */
interface Call {
  readonly seq: number;
  readonly admitted: QueuePoint;
  came: number;
}

/** One door's count of one room's tickets in one life of the door. */
export class TicketCounter {
  readonly #life: string;
  readonly #counts = new Map<number, Count>();
  readonly #seen = new Set<string>();
  readonly #calls: Call[] = [];
  /** Up to this point it is no longer known who was called when. */
  #forgotten: QueuePoint | undefined;
  #came = 0;

  constructor(life: string) {
    this.#life = life;
  }

  /** A ticket was given out. */
  gave({ minute, rank }: Ticket) {
    const count = this.#count(minute);
    if (!count) return;
    count.tickets += 1;
    if (count.ranks && count.ranks.length < MAX_TOLD_RANKS) count.ranks.push(rank);
    else count.ranks = undefined;
  }

  /** A called ticket moved up; true the first time. */
  came(ticket: Ticket): boolean {
    const { minute, rank } = ticket;
    if (!this.#first(`${minute}.${rank}`)) return false;
    this.#came += 1;
    const late = this.#forgotten && isCalled({ admitted: this.#forgotten }, ticket);
    const call = late ? undefined : this.#calls.find((known) => isCalled(known, ticket));
    if (call) call.came += 1;
    const count = this.#counts.get(minute);
    if (count) count.came += 1;
    return true;
  }

  /** A ticket was given back. */
  left({ minute, rank }: Ticket) {
    if (!this.#first(`${minute}.${rank}`)) return;
    const count = this.#count(minute);
    if (!count) return;
    count.left += 1;
    const at = count.ranks?.indexOf(rank) ?? -1;
    if (at >= 0) count.ranks?.splice(at, 1);
  }

  /** The queue reached this state: remembers whom it calls, and forgets the buckets it has passed. */
  passed({ seq, admitted }: Pick<QueueState, 'seq' | 'admitted'>) {
    for (const minute of this.#counts.keys()) if (minute < admitted.minute) this.#counts.delete(minute);
    const before = this.#calls.at(-1)?.admitted;
    if (before && isCalled({ admitted: before }, admitted)) return;
    this.#calls.push({ seq, admitted, came: 0 });
    if (this.#calls.length > MAX_CALLS) this.#forgotten = this.#calls.shift()?.admitted;
  }

  /** What the cell is told. */
  told(): TicketCounts {
    const buckets = [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(
        ([minute, { tickets, came, left, ranks }]): TicketBucket => ({
          minute,
          tickets,
          came,
          left,
          ...(ranks ? { ranks: [...ranks] } : {}),
        }),
      );
    const calls = this.#calls.flatMap(({ seq, came }) => (came > 0 ? [[seq, came] as const] : []));
    return { life: this.#life, came: this.#came, ...(calls.length > 0 ? { calls } : {}), buckets };
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
