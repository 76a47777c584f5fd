/**
 * Who hears the program live, and who hears it 30 s late. `place` decides it for each newcomer. They hear the delayed
 * stream if one of these holds, and they have neither a seat nor a ticket that was called:
 *
 * - the host's cap on live listeners is reached (`cap` of the room's card, shared out by the room's cell in `line.ts`);
 * - the ladder holds newcomers back: levels with `newcomers: 'queue'` or `'text'` in `../wire/delivery.ts`.
 *
 * Before that, a door whose requests have to wait defers some newcomers: `../door/admission/admission.ts` (`place`).
 */
import { randomInt } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { isCalled } from '../wire/place-in-line.ts';
import { LAST_RANK, type QueueState, type TicketCounts } from '../wire/queue.ts';
import type { CheckedTicket, Ticket, Tickets } from './ticket.ts';
import { TicketCounter } from './ticket-counter.ts';

/** Dependencies of the assignment of places. */
export interface AssignmentDeps {
  readonly clock: Clock;
  readonly tickets: Tickets;
  /** This life of the door: its name and when it opened. */
  readonly life: string;
  /** Doors of this machine: while the cell is silent, each gives away its share of the cap. */
  readonly doors: number;
  /** The host's cap on live listeners of a running room. */
  cap(slug: string): number | undefined;
  /** True while this door's ladder sends newcomers into the queue. */
  holding(slug: string): boolean;
  /** Streams of a room at the live edge through this door. */
  live(slug: string): number;
  /** A number of 1 to 2^32 − 1; default from the system's random source. */
  random?(): number;
}

/** Where a listener who asks for the stream goes. */
export interface PlacedListener {
  readonly at: 'live' | 'ring';
  /** Sent again after a dropped connection, it keeps the place at the live edge; absent where nobody is waiting. */
  readonly seat?: string;
  /** Whose seat it is: at each door, one connection has it at a time. */
  readonly holder?: string;
}

/** What the queue has told this door about one room. */
export interface ToldQueue {
  readonly queue: QueueState;
  /** The bytes of `queue.json`. */
  readonly text: string;
}

/** The queue as one door knows it: gives out tickets, checks them, and decides who goes where. */
export interface Assignment {
  /**
   * The cell's newest message; `limit` is how many live streams this door may have for people without a ticket,
   * absent while the cell does not know this door yet.
   */
  told(queue: QueueState, limit?: number): void;
  /** The queue of a room is no longer needed; its counts are kept, because it may be needed again. */
  over(slug: string): void;
  /** The program of a room is over. */
  forget(slug: string): void;
  /** The last message about a room. */
  state(slug: string): ToldQueue | undefined;
  /** True while newcomers may have to wait. */
  queued(slug: string): boolean;
  /**
   * Decides for one stream request, counting it: call it once per request. `closeOther` closes the live stream that the
   * holder of a seat has at this door; true when there was one.
   */
  place(slug: string, ticket?: string, closeOther?: (holder: string) => boolean): PlacedListener;
  /** How many delayed listeners without a ticket may move up now; at most `MAX_MOVED`. */
  spare(slug: string): number;
  /** Gives out a ticket at the end of the line; undefined while no cell has reported a queue. */
  give(slug: string): Ticket | undefined;
  /** The same place with a new expiry, whatever the ticket's own. */
  renew(ticket: Ticket): Ticket;
  /** Gives a place back. */
  leave(ticket: Ticket): void;
  check(text: string, slug: string): CheckedTicket;
  sign(ticket: Ticket): string;
  /** Counts for the cells, one for each room whose queue this door knows. */
  ticketCounts(): Iterable<readonly [slug: string, counted: TicketCounts]>;
}

/** A place is kept this long after the last sign of life. */
export const KEPT_MS = 600_000;
/** A ticket younger than this is not signed again. */
const RENEW_MS = 60_000;
/** After this long without a message from the cell, the door counts minutes by itself. */
const SILENT_MS = 5_000;
const MINUTE_MS = 60_000;
/** People without a ticket who are moved up in one second: one write each, and no storm. */
const MAX_MOVED = 500;

interface Room {
  queue: QueueState;
  text: string;
  limit: number | undefined;
  at: number;
  /** Live streams here when the cell last reported: it has not counted those that came since. */
  had: number;
}

/** Opens the assignment of places in one door. */
export function openAssignment(deps: AssignmentDeps): Assignment {
  const { clock, tickets } = deps;
  const random = deps.random ?? (() => randomInt(1, LAST_RANK + 1));
  const rooms = new Map<string, Room>();
  const counters = new Map<string, TicketCounter>();

  const counterOf = (slug: string): TicketCounter => {
    let counter = counters.get(slug);
    if (!counter) {
      counter = new TicketCounter(deps.life);
      counters.set(slug, counter);
    }
    return counter;
  };
  const openBucket = ({ queue, at }: Room): number => {
    const silent = clock.now() - at;
    return queue.open > 0 && silent > SILENT_MS ? queue.open + Math.floor(silent / MINUTE_MS) : queue.open;
  };
  /** The live edge, with a seat: the holder's own renewed, or a new one. */
  const seated = (slug: string, rank = random()): PlacedListener => ({
    at: 'live',
    seat: tickets.sign({ slug, minute: 0, rank, kind: 'seat', until: clock.wall() + KEPT_MS }),
    holder: String(rank),
  });
  const limitOf = (slug: string): number | undefined => {
    const room = rooms.get(slug);
    const { queue, limit } = room ?? {};
    if (queue && queue.places === undefined && !deps.holding(slug)) return undefined;
    if (limit !== undefined) return limit;
    const cap = queue?.places ?? deps.cap(slug);
    const taken = queue ? queue.places !== undefined && queue.free < queue.places : false;
    if (cap !== undefined) return taken ? 0 : Math.max(1, Math.floor(cap / deps.doors));
    return deps.holding(slug) ? 0 : undefined;
  };
  /**
   * How many of the free places called people may take at this door before the cell counts again: its share and one
   * more.
   */
  const share = (free: number): number => Math.min(free, Math.ceil(free / deps.doors) + 1);
  /**
   * True while not all of them are taken: each live stream that has come and is still there takes one, whatever
   * ticket it had.
   */
  const free = ({ queue, had }: Room): boolean =>
    queue.places === undefined || share(queue.free) > Math.max(0, deps.live(queue.slug) - had);

  return {
    told(queue, limit) {
      const known = rooms.get(queue.slug);
      const text =
        known && known.queue.seq === queue.seq && known.queue.at === queue.at
          ? known.text
          : JSON.stringify(queue);
      rooms.set(queue.slug, { queue, text, limit, at: clock.now(), had: deps.live(queue.slug) });
      counterOf(queue.slug).passed(queue);
    },
    over: (slug) => void rooms.delete(slug),
    forget(slug) {
      rooms.delete(slug);
      counters.delete(slug);
    },
    state: (slug) => rooms.get(slug),
    queued: (slug) => limitOf(slug) !== undefined,
    place(slug, text, closeOther) {
      const limit = limitOf(slug);
      if (limit === undefined) return { at: 'live' };
      const found = text === undefined ? undefined : tickets.check(text, slug, clock.wall());
      if (found?.kind === 'good') {
        const { ticket } = found;
        if (ticket.kind === 'seat') {
          // Only one connection has it; if that was not at this door, this place counts among those taken since the
          // cell last reported.
          closeOther?.(String(ticket.rank));
          return seated(slug, ticket.rank);
        }
        const room = rooms.get(slug);
        if (!room || !free(room) || !isCalled(room.queue, ticket)) return { at: 'ring' };
        counterOf(slug).came(ticket);
        return seated(slug);
      }
      return deps.live(slug) < limit ? seated(slug) : { at: 'ring' };
    },
    spare(slug) {
      const limit = limitOf(slug);
      return limit === undefined ? MAX_MOVED : Math.max(0, Math.min(MAX_MOVED, limit - deps.live(slug)));
    },
    give(slug) {
      const room = rooms.get(slug);
      if (!room) return undefined;
      const ticket: Ticket = {
        slug,
        minute: openBucket(room),
        rank: random(),
        kind: 'wait',
        until: clock.wall() + KEPT_MS,
      };
      counterOf(slug).gave(ticket);
      return ticket;
    },
    renew(ticket) {
      const until = clock.wall() + KEPT_MS;
      return until - ticket.until < RENEW_MS && ticket.until <= until ? ticket : { ...ticket, until };
    },
    leave: (ticket) => counterOf(ticket.slug).left(ticket),
    check: (text, slug) => tickets.check(text, slug, clock.wall()),
    sign: (ticket) => tickets.sign(ticket),
    *ticketCounts() {
      for (const slug of counters.keys()) yield [slug, counterOf(slug).told()];
    },
  };
}
