import type { Socket } from 'node:net';
import { FRAGMENT_MS } from '../../base/time.ts';
import type { Notice } from '../../wire/notice.ts';
import { Account } from './account.ts';
import type { Wire } from './connection.ts';
import {
  Continuity,
  type Crew,
  causeOf,
  DELAYED_FROM_MS,
  type Person,
  SHORTEST_STALL_MS,
  type Whereabouts,
} from './person.ts';
import { header, ResponseReader, type ResponseSink } from './response-reader.ts';
import { BURST_MS, SimulatedPlayout } from './simulated-playout.ts';
import { StreamReader, type StreamSink } from './stream-reader.ts';

/** The time limit and back-off of the web player. Milliseconds. */
const FIRST_BYTES = 10_000;
const FIRST_RETRY = 500;
const LAST_RETRY = 8_000;
/** After this many consecutive answers "no such room" the listener believes them. */
const UNKNOWN_TIMES = 3;

/**
 * A listener on the stream: one long GET that is renewed with `after=SEQ` and the web player's back-off. Each byte is
 * counted, each fragment's number is checked, and nothing is kept.
 */
export class StreamListener implements Person, Wire, ResponseSink, StreamSink {
  readonly #crew: Crew;
  readonly #from: string | undefined;
  readonly account: Account;
  readonly #ticket: () => string | undefined;
  readonly told: ((box: Buffer) => void) | undefined;
  readonly #continuity = new Continuity();
  readonly #playout = new SimulatedPlayout();
  #socket: Socket | undefined;
  #answer: ResponseReader | undefined;
  #stream: StreamReader | undefined;
  #gone = false;
  #delayed = false;
  /** Sent with each request: the seat given with a live place, and the return token. */
  #seat: string | undefined;
  #back: string | undefined;
  #failures = 0;
  /** Time of the next attempt; Infinity while there is a connection. */
  #retryAt = Number.POSITIVE_INFINITY;
  /** Time at which the connection is given up unless something arrives. */
  #deadline = 0;
  #settleAt = Number.POSITIVE_INFINITY;
  #period = FRAGMENT_MS;
  /** Time of the first write after the burst. */
  #next = 0;

  /**
   * Connects at once. `arrived` is when this person began to wait, on the monotonic clock; `ticket` is a place in line;
   * `told` reads the room's state.
   */
  constructor(
    crew: Crew,
    from: string | undefined,
    arrived: number,
    ticket: () => string | undefined = () => undefined,
    told?: (box: Buffer) => void,
  ) {
    this.told = told;
    this.#crew = crew;
    this.#from = from;
    this.#ticket = ticket;
    this.account = new Account(crew, arrived);
    this.#connect();
  }

  /** True while it receives the delayed stream. */
  get delayed(): boolean {
    return this.#delayed;
  }

  /** Requests the stream again, with the ticket; it may now be served at the live edge. */
  again(): void {
    if (this.#gone) return;
    this.#seat = undefined;
    this.#drop();
    this.#connect();
  }

  #connect(): void {
    const { counter, clock, dialler } = this.#crew;
    counter.count('connections');
    this.#retryAt = Number.POSITIVE_INFINITY;
    this.#deadline = clock.now() + FIRST_BYTES;
    this.#answer = undefined;
    this.#stream = undefined;
    this.#socket = dialler.dial(this, this.#from);
  }

  opened(): void {
    const { order } = this.#crew;
    const after = this.#continuity.last;
    const shown = this.#seat ?? this.#ticket();
    const query = [
      `codec=${order.codec}`,
      ...(order.rate === undefined ? [] : [`rate=${order.rate}`]),
      `margin=${this.#playout.margin}`,
      ...(after < 0 ? [] : [`after=${after}`]),
      ...(after >= 0 && this.#delayed ? ['was=ring'] : []),
      ...(after >= 0 && this.#back !== undefined ? [`back=${this.#back}`] : []),
      ...(shown === undefined ? [] : [`ticket=${encodeURIComponent(shown)}`]),
    ];
    this.#socket?.write(
      `GET /r/${order.slug}/stream?${query.join('&')} HTTP/1.1\r\nHost: ${order.address.name}\r\n` +
        'User-Agent: earshot-crowd\r\nAccept: */*\r\n\r\n',
      'latin1',
    );
    this.#answer = new ResponseReader(this);
  }

  data(chunk: Buffer, end: number): void {
    this.#crew.counter.count('bytes', end);
    this.#answer?.push(chunk, 0, end);
  }

  head(status: number, headers: string) {
    const { counter, clock } = this.#crew;
    if (status === 410 || (status === 404 && this.#failures >= UNKNOWN_TIMES)) {
      counter.count('over');
      this.#gone = true;
      return this.#drop();
    }
    if (status !== 200) return this.#fail(`http-${status}`);
    this.#period = Number(header(headers, 'earshot-period')) || FRAGMENT_MS;
    const next = header(headers, 'earshot-next');
    this.#next =
      clock.now() + (next === undefined ? this.#period : Math.min(this.#period, Number(next) || 0));
    counter.served(`period-${this.#period}`);
    counter.served(`rendition-${header(headers, 'earshot-rendition')?.slice(0, 16) ?? 'unknown'}`);
    this.#seat = header(headers, 'earshot-seat') ?? this.#seat;
    this.#back = header(headers, 'earshot-back') ?? this.#back;
    const place = header(headers, 'earshot-place');
    if (place !== undefined) {
      counter.served(`place-${place.slice(0, 8)}`);
      // Live and delayed stream are at different positions, so the buffered sound cannot be used.
      if (this.#delayed !== (place === 'ring') && this.account.heard) this.#move(-1);
      this.#delayed = place === 'ring';
    }
    this.#stream = new StreamReader(this);
    this.#wait();
  }

  body(chunk: Buffer, at: number, end: number): void {
    this.#stream?.push(chunk, at, end);
  }

  done(): void {
    // A refusal has already been counted by its status.
    if (!this.#answer) return;
    this.#fail(this.#stream?.whole ? 'ended' : 'torn');
  }

  broken(): void {
    if (!this.#answer) return;
    this.#fail('structure');
  }

  sound(): void {
    this.account.sound();
  }

  fragment(seq: number): void {
    const { counter, clock, order } = this.#crew;
    const now = clock.now();
    this.#failures = 0;
    this.#wait();
    counter.count('fragments');
    if (!this.#continuity.take(seq, counter)) return;
    const began = this.#playout.began;
    this.account.silent(this.#playout.take(now, this.#next));
    if (!began && !this.#playout.began && this.#settleAt === Number.POSITIVE_INFINITY)
      this.#settleAt = now + BURST_MS;
    if (order.zero === undefined) return;
    const delay = clock.wall() + order.clockOffset - order.zero - (seq + 1) * FRAGMENT_MS;
    if (delay > DELAYED_FROM_MS) counter.count('ringFragments');
    // The fragments of the first burst are intentionally old.
    if (!began) return;
    counter.measure('delay', delay);
    counter.measure('ear', delay + this.#playout.inHand(now));
  }

  notice(notice: Notice): void {
    const now = this.#crew.clock.now();
    if ('place' in notice) {
      this.#crew.counter.count('moved');
      this.#move(notice.from - 1);
      this.#delayed = notice.place === 'ring';
      this.#next = now + notice.next;
      this.#period = notice.period;
    } else {
      this.#crew.counter.count('notices');
      // If a change is announced twice before it happens, only the difference from the current period counts.
      this.#playout.expect(notice.in > 0 ? notice.period - this.#period : 0, notice.in, now);
      if (notice.in === 0) this.#period = notice.period;
    }
    this.#wait();
  }

  over(socket: Socket, error: string | undefined) {
    if (socket !== this.#socket) return;
    if (error !== undefined) return this.#fail(causeOf(error));
    if (!this.#stream) return this.#fail('closed');
    this.#fail(this.#stream.whole && this.#answer?.whole ? 'ended' : 'torn');
  }

  sweep(now: number): void {
    if (this.#gone) return;
    if (now >= this.#retryAt) {
      this.#crew.counter.count('reconnects');
      this.#connect();
    } else if (this.#socket && now >= this.#deadline) this.#fail('timeout');
    if (now < this.#settleAt) return;
    this.#settleAt = Number.POSITIVE_INFINITY;
    this.#playout.settle(now, this.#next);
  }

  where(now: number): Whereabouts {
    if (this.#gone) return 'gone';
    if (!this.account.heard) return 'waiting';
    if (this.#playout.began && this.#playout.inHand(now) <= -SHORTEST_STALL_MS) return 'dry';
    return this.#delayed ? 'ring' : 'hearing';
  }

  leave(now: number): void {
    if (!this.#gone && this.#playout.began) this.account.silent(-this.#playout.inHand(now));
    this.#gone = true;
    this.#drop();
  }

  /** The next fragment follows `last`; this is no gap. */
  #move(last: number): void {
    this.#continuity.last = last;
    this.#playout.restart();
  }

  #wait(): void {
    this.#deadline = this.#crew.clock.now() + 3 * this.#period + 2_000;
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#answer = undefined;
    this.#stream = undefined;
    this.#retryAt = Number.POSITIVE_INFINITY;
    // A reset leaves no port in TIME_WAIT; otherwise thousands of ports would be unavailable for the next run.
    if (socket && !socket.destroyed) socket.resetAndDestroy();
  }

  /** Ends this attempt. The first retry is spread over half of the buffered time, later ones back off. */
  #fail(cause: string): void {
    const { counter, clock, random } = this.#crew;
    counter.error(cause);
    this.#drop();
    const now = clock.now();
    const wait =
      this.#failures === 0
        ? random() * 0.5 * Math.max(0, this.#playout.inHand(now))
        : FIRST_RETRY * 2 ** (this.#failures - 1) * (0.75 + random() / 2);
    this.#failures = Math.min(10, this.#failures + 1);
    this.#retryAt = now + Math.min(LAST_RETRY, wait);
  }
}
