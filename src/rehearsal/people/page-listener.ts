import { type Delivery, needsTicket } from '../../wire/delivery.ts';
import { placeIn, pollAfter } from '../../wire/place-in-line.ts';
import type { QueueState, TicketAnswer } from '../../wire/queue.ts';
import { decodeState } from '../../wire/state-box.ts';
import { Fetcher } from './fetcher.ts';
import type { Crew, Person, Whereabouts } from './person.ts';
import { StreamListener } from './stream-listener.ts';

/** The web page's own numbers. Milliseconds. */
const USUAL_POLL = 1_000;
const FAILING_POLL = 20_000;
const RETRY = 5_000;
const UP_AGAIN = 10_000;
const RENEW = 300_000;

/**
 * A listener with our page open. It receives the stream, which carries the room's state, and reads `state.json` at the
 * given interval while nothing is heard. It keeps a place in line for as long as it hears the delayed stream and the
 * room says that people queue. When called, it requests the stream again with the ticket. It does not take segments
 * from caches.
 */
export class PageListener implements Person {
  readonly #crew: Crew;
  readonly #stream: StreamListener;
  readonly #news: Fetcher;
  readonly #line: Fetcher;
  #delivery: Delivery | undefined;
  #failures = 0;
  #newsAt: number;
  #lineAt = Number.POSITIVE_INFINITY;
  #mine: TicketAnswer | undefined;
  /** True once the stream has carried the room's state. */
  #informed = false;
  /** True when nobody queues any more. */
  #resting = false;
  #triedAt = Number.NEGATIVE_INFINITY;
  #rose = false;

  /** As `StreamListener`. */
  constructor(crew: Crew, from: string | undefined, arrived: number) {
    this.#crew = crew;
    this.#news = new Fetcher(crew, from);
    this.#line = new Fetcher(crew, from);
    this.#stream = new StreamListener(
      crew,
      from,
      arrived,
      () => this.#mine?.ticket,
      (box) => this.#told(decodeState(box)?.delivery),
    );
    this.#newsAt = crew.clock.now();
  }

  /** Handles the room's state from the stream. */
  #told(delivery: Delivery | undefined): void {
    if (!delivery) return;
    this.#informed = true;
    this.#delivery = delivery;
    this.#resting &&= !needsTicket(delivery);
  }

  /** Reads `state.json` once, and again later. */
  #read(): void {
    const { order, clock, random } = this.#crew;
    const later = (wait: number): void => {
      this.#newsAt = clock.now() + wait * (0.8 + 0.4 * random());
    };
    const failed = (): void => {
      const usual = this.#delivery?.poll || USUAL_POLL;
      later(Math.min(Math.max(FAILING_POLL, usual), usual * 2 ** this.#failures));
      this.#failures = Math.min(10, this.#failures + 1);
    };
    this.#newsAt = Number.POSITIVE_INFINITY;
    this.#news.get(`/r/${order.slug}/state.json`, {
      whole: (status, text) => {
        const told = status === 200 ? parsed<{ delivery?: Delivery }>(text)?.delivery : undefined;
        if (!told) return failed();
        this.#failures = 0;
        this.#delivery = told;
        this.#resting &&= !needsTicket(told);
        this.#crew.counter.count('polls');
        later(told.poll || USUAL_POLL);
      },
      failed,
    });
  }

  /** Takes a place if there is none, renews one that expires, and checks how far the line has moved. */
  #look() {
    const { order, clock } = this.#crew;
    const { slug } = order;
    const again = (): void => this.#later(RETRY * (1 + this.#crew.random()));
    this.#lineAt = Number.POSITIVE_INFINITY;
    if (this.#mine && this.#mine.until - clock.wall() - order.clockOffset > RENEW) return this.#follow();
    const body = JSON.stringify(this.#mine ? { ticket: this.#mine.ticket } : {});
    this.#line.post(`/r/${slug}/ticket`, body, {
      expected: [409],
      whole: (status, text) => {
        if (status === 409) return this.#nobody();
        const mine = status === 200 || status === 201 ? parsed<TicketAnswer>(text) : undefined;
        if (typeof mine?.ticket !== 'string') return again();
        if (!this.#mine) this.#stream.account.placed();
        this.#mine = mine;
        this.#follow();
      },
      failed: again,
    });
  }

  #follow(): void {
    const { order, clock, random } = this.#crew;
    const again = (): void => this.#later(RETRY);
    this.#line.get(`/r/${order.slug}/queue.json`, {
      expected: [409],
      whole: (status, text) => {
        if (status === 409) return this.#nobody();
        const queue = status === 200 ? parsed<QueueState>(text) : undefined;
        if (!queue || !this.#mine) return again();
        this.#later(pollAfter(queue, this.#mine, clock.wall() + order.clockOffset, random()));
        if (placeIn(queue, this.#mine).called && (queue.places === undefined || queue.free > 0))
          this.#climb();
      },
      failed: again,
    });
  }

  #climb(): void {
    this.#later(UP_AGAIN);
    const now = this.#crew.clock.now();
    if (now - this.#triedAt < UP_AGAIN) return;
    this.#triedAt = now;
    this.#rose = true;
    this.#crew.counter.count('climbs');
    this.#stream.again();
  }

  /** The doors know of no line: the room's state is still on its way, or the line is over. */
  #nobody(): void {
    this.#climb();
    if (this.#delivery && needsTicket(this.#delivery)) return;
    this.#resting = true;
    this.#lineAt = Number.POSITIVE_INFINITY;
  }

  #later(wait: number): void {
    this.#lineAt = this.#crew.clock.now() + wait;
  }

  sweep(now: number) {
    this.#stream.sweep(now);
    this.#news.sweep(now);
    this.#line.sweep(now);
    const where = this.#stream.where(now);
    if (where === 'gone') return this.#close();
    // A listener of the stream gets the state from it.
    if (now >= this.#newsAt && !(this.#informed && where === 'hearing')) this.#read();
    const { delayed } = this.#stream;
    if (!delayed) {
      if (this.#rose && where === 'hearing') this.#crew.counter.count('rose');
      if (where === 'hearing') this.#rose = false;
      this.#lineAt = Number.POSITIVE_INFINITY;
    } else if (this.#line.idle && this.#lineAt === Number.POSITIVE_INFINITY && !this.#resting) {
      if (this.#delivery && needsTicket(this.#delivery)) this.#lineAt = now;
    }
    if (delayed && now >= this.#lineAt && this.#line.idle) this.#look();
  }

  where(now: number): Whereabouts {
    const where = this.#stream.where(now);
    return where === 'waiting' && this.#mine ? 'placed' : where;
  }

  leave(now: number): void {
    this.#stream.leave(now);
    this.#close();
  }

  #close(): void {
    this.#newsAt = Number.POSITIVE_INFINITY;
    this.#lineAt = Number.POSITIVE_INFINITY;
    this.#news.close();
    this.#line.close();
  }
}

function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
