import { createHash } from 'node:crypto';
import { openTickets, type Ticket, type Tickets } from '../../src/queue/ticket.ts';
import type { QueuePoint } from '../../src/wire/queue.ts';

interface Bucket {
  people: number[];
  ranks: number[];
  sorted: boolean;
  next: number;
}

/** The people in line with their tickets, for finding those who are called. Every ticket is signed and verified. */
export class Waiting {
  readonly #buckets = new Map<number, Bucket>();
  readonly #slug: string;
  readonly #tickets: Tickets = openTickets(createHash('sha256').update('simulation').digest());
  readonly #rank: () => number;
  /** Tickets with an invalid signature; must stay 0. */
  forged = 0;
  given = 0;

  constructor(slug: string, rank: () => number) {
    this.#slug = slug;
    this.#rank = rank;
  }

  /** A ticket in the open bucket. */
  draw(person: number, minute: number, wall: number): Ticket {
    const rank = 1 + Math.floor(this.#rank() * 4_294_967_294);
    const ticket: Ticket = { slug: this.#slug, minute, rank, kind: 'wait', until: wall + 600_000 };
    if (this.#tickets.check(this.#tickets.sign(ticket), this.#slug, wall).kind !== 'good') this.forged += 1;
    let bucket = this.#buckets.get(minute);
    if (!bucket) {
      bucket = { people: [], ranks: [], sorted: true, next: 0 };
      this.#buckets.set(minute, bucket);
    }
    bucket.people.push(person);
    bucket.ranks.push(rank);
    bucket.sorted = false;
    this.given += 1;
    return ticket;
  }

  /** Everyone whom the point has newly reached. */
  *called(point: QueuePoint): Generator<{ person: number; minute: number; rank: number }> {
    for (const [minute, bucket] of this.#buckets) {
      if (minute > point.minute) continue;
      if (!bucket.sorted) sort(bucket);
      while (bucket.next < bucket.people.length) {
        const rank = bucket.ranks[bucket.next] ?? 0;
        if (minute === point.minute && rank > point.rank) break;
        yield { person: bucket.people[bucket.next] ?? 0, minute, rank };
        bucket.next += 1;
      }
      if (minute < point.minute && bucket.next >= bucket.people.length) this.#buckets.delete(minute);
    }
  }
}

function sort(bucket: Bucket): void {
  const rest = bucket.people
    .slice(bucket.next)
    .map((person, i) => ({ person, rank: bucket.ranks[bucket.next + i] ?? 0 }));
  rest.sort((a, b) => a.rank - b.rank);
  bucket.people = rest.map(({ person }) => person);
  bucket.ranks = rest.map(({ rank }) => rank);
  bucket.next = 0;
  bucket.sorted = true;
}
