import { BASE_MARGIN } from './edge.ts';

/** The most that is kept in hand for the sake of a network that stands still, seconds. */
export const MOST_SPARE = 10;
/** Longer than this is an outage: more in hand would not have helped. */
const OUTAGE = 15;
/** Less than this is what the usual margin is for. */
const USUAL = 0.25;
/** A stall is remembered in full for this long, and then less and less: slower than a rate of 1 % plays off what is in hand. */
const HOLD = 120;
const EASE = 1 / 150;
/** More than the longest stall is kept: the next one may be longer. */
const MORE = 1.4;
/** Share of the period by which a stall is taken to be longer than the write is late. */
const UNSEEN = 0.3;
/** The punctual arrival is the earliest of the last one or two stretches of this length. */
const STRETCH = 30;
const FRAGMENT = 0.32;

/**
 * Learns from when sound arrives how long this listener's network stands still, all in seconds. What counts is how late a
 * write comes against the earliest of its kind: that much the buffer runs down by.
 */
export class Stalls {
  #longest = 0;
  #at = 0;
  /** Arrival less media time, the earliest of this stretch and of the one before. */
  #earliest = Number.POSITIVE_INFINITY;
  #before = Number.POSITIVE_INFINITY;
  #stretchEnds = 0;
  #last = Number.NEGATIVE_INFINITY;
  #anew: 'no' | 'after' | 'at-once' = 'no';

  /** Begins with what was learned before, on the same network. */
  constructor(longest = 0, now = 0) {
    this.#longest = Math.min(OUTAGE, Math.max(0, longest));
    this.#at = now;
  }

  /** What follows comes at other instants: a new connection (`after`: its first write is still compared), or another pace or place. */
  anew(when: 'after' | 'at-once'): void {
    if (this.#anew !== 'at-once') this.#anew = when;
  }

  /** The longest stall as it is remembered at `now`. */
  longest(now: number): number {
    return Math.max(0, this.#longest - Math.max(0, now - this.#at - HOLD) * EASE);
  }

  /** What should be in hand at least; 0 while the usual margin is enough. */
  spare(now: number): number {
    const longest = this.longest(now);
    return longest <= USUAL ? 0 : Math.min(MOST_SPARE, BASE_MARGIN + (longest - USUAL) * MORE);
  }

  /**
   * Fragment `seq` arrived at `now`, in writes every `period`; how late the write was that it begins; undefined within one.
   * Seconds in which this page itself stood still, `asleep`, are not the network's.
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
    // It may have begun long before the write was due.
    const blamed = late - asleep;
    const stood = blamed + period * UNSEEN;
    if (blamed <= OUTAGE && blamed >= USUAL && stood >= this.longest(now)) {
      this.#longest = stood;
      this.#at = now;
    }
    return late;
  }
}
