import { BASE_MARGIN } from './edge.ts';

/** The most sound that is buffered because of a network that stalls, seconds. */
export const MOST_SPARE = 10;
/** A longer stall is an outage; a larger buffer would not have helped. */
const OUTAGE = 15;
/** Shorter stalls are covered by the usual margin. */
const USUAL = 0.25;
/** A stall counts fully for this long, then less and less, more slowly than a rate of 1 % plays off the buffer. */
const HOLD = 120;
const EASE = 1 / 150;
/** How much more than the longest stall is buffered: the next one may be longer. */
const MORE = 1.4;
/** The share of a write period by which a stall is assumed to be longer than the write was late. */
const UNSEEN = 0.3;
/** The punctual arrival is the earliest within the last one or two periods of this length. */
const STRETCH = 30;
const FRAGMENT = 0.32;

/**
 * Learns from arrival times how long this listener's network stalls; all in seconds. What counts is how late a
 * write is, compared with the most punctual one: the buffer runs down by that much.
 */
export class Stalls {
  #longest = 0;
  #at = 0;
  /** Arrival minus media time: the earliest of this period and of the one before. */
  #earliest = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #stretchEnds = 0;
  #last = Number.NEGATIVE_INFINITY;
  #anew: 'no' | 'after' | 'at-once' = 'no';

  /** Begins with what was learned earlier on the same network. */
  constructor(longest = 0, now = 0) {
    this.#longest = Math.min(OUTAGE, Math.max(0, longest));
    this.#at = now;
  }

  /**
   * What follows arrives at other times: on a new connection (`after`: its first write is still compared), or at
   * another pace or place.
   */
  anew(when: 'after' | 'at-once'): void {
    if (this.#anew !== 'at-once') this.#anew = when;
  }

  /** The longest stall as it is remembered at `now`. */
  longest(now: number): number {
    return Math.max(0, this.#longest - Math.max(0, now - this.#at - HOLD) * EASE);
  }

  /** The least that should be buffered; 0 while the usual margin is enough. */
  spare(now: number): number {
    const longest = this.longest(now);
    return longest <= USUAL ? 0 : Math.min(MOST_SPARE, BASE_MARGIN + (longest - USUAL) * MORE);
  }

  /**
   * Fragment `seq` arrived at `now`, with one write per `period`. Returns how late its write was; undefined inside a
   * write. The seconds `asleep`, in which this page itself was suspended, do not count against the network.
   */
  arrived(seq: number, now: number, period: number, asleep = 0): number | undefined {
    if (now - this.#last < period / 2 && this.#anew === 'no') return undefined;
    this.#last = now;
    const off = now - seq * FRAGMENT;
    const known = Math.min(this.#earliest, this.#before);
    const late =
      this.#anew === 'at-once' || known === Number.POSITIVE_INFINITY ? 0 : Math.max(0, off - known);
    if (this.#anew !== 'no') {
      this.#anew = 'no';
      this.#earliest = this.#before = Number.POSITIVE_INFINITY;
      this.#stretchEnds = now + STRETCH;
    } else {
      if (now > this.#stretchEnds) {
        this.#before = this.#earliest;
        this.#earliest = Number.POSITIVE_INFINITY;
        this.#stretchEnds = now + STRETCH;
      }
      this.#earliest = Math.min(this.#earliest, off);
    }
    // The stall may have begun long before the write was due.
    const blamed = late - asleep;
    const stood = blamed + period * UNSEEN;
    if (blamed <= OUTAGE && blamed >= USUAL && stood >= this.longest(now)) {
      this.#longest = stood;
      this.#at = now;
    }
    return late;
  }
}
