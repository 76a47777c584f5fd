import type { Priority } from './priority.ts';
import type { Share } from './share.ts';

/** Mean queueing wait above which a window was bad, in ms. Spec: DAGOR (SoCC 2018), 4.1. */
export const WAIT_LIMIT_MS = 20;
/** A door asked for less per second is not kept busy by their number: to put people off would help nobody. What networks cost is shared even then. */
export const LEAST_REQUESTS = 100;
/** A bad window lets in this share less, a good one this share more of all who ask. */
const LESS = 0.05;
const MORE = 0.01;
/** Fewer requests are to blame all the same when they took this much, µs per second: a tenth of a core. */
const LEAST_BLAME = 100_000;
/** What networks may cost together is cut by more in a window in which the wait was much too long: few requests can be very dear. */
const MOST_LESS = 0.5;
/** After so many good windows in a row the step is twice as large, then three times, and so on. */
const FASTER_AFTER = 10;
/** The networks together are never held to less than this, in µs per second: a hundredth of a core. */
const LEAST_CAPACITY = 10_000;
/** A window ends after this long or so many requests. */
export const WINDOW_MS = 1_000;
const WINDOW_REQUESTS = 2_000;
/** Less says nothing about waiting. */
const LEAST_WINDOW_MS = 200;
/** People are dealt into so many cohorts; within a priority, whole cohorts are let in or put off. */
export const COHORTS = 128;
const PRIORITIES = 7;
/** Everyone is in one of these: `AdmissionState.level` of them are let in. */
export const CLASSES: number = PRIORITIES * COHORTS;
/** Those who speak and those who already listen are never put off. */
const NEVER = 2;
const HOUR_MS = 3_600_000;

/** What the admission tells the metrics. */
export interface AdmissionState {
  /** Classes let in, of 896: 7 priorities × 128 cohorts. */
  readonly level: number;
  /** Mean queueing wait of the last window, ms. */
  readonly wait: number;
  /** Requests put off so far, by priority. */
  readonly putOff: readonly number[];
}

/**
 * Decides who is served first when requests wait. Work is put off in order of priority, and within one by cohorts: all
 * calls of one person pass or none does, and the order is dealt anew every hour. Under strain each network gets at most
 * its max-min share as well.
 */
export class Admission {
  readonly #share: Share;
  readonly #random: () => number;
  readonly #counts = new Uint32Array(PRIORITIES * COHORTS);
  readonly #putOff = new Uint32Array(PRIORITIES);
  #limit = PRIORITIES * COHORTS;
  #requests = 0;
  #good = 0;
  #wait = 0;
  #began: number;
  /** What the networks may cost together, µs per second; undefined while there is no strain. */
  #capacity: number | undefined;

  /** `random` (0 ≤ n < 1) deals out those of whom no network is known. */
  constructor(share: Share, now: number, random: () => number) {
    this.#share = share;
    this.#random = random;
    this.#began = now;
  }

  /** Lets a request in, or says that it should be put off. `place`: see `Share`. `wall` in ms. */
  admit(priority: Priority, prefix: string | undefined, place: number, cost: number, wall: number): boolean {
    const cohort = prefix === undefined ? Math.floor(this.#random() * COHORTS) : cohortOf(prefix, wall);
    const at = priority * COHORTS + cohort;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#requests += 1;
    const must = priority < NEVER;
    const passes = (must || at < this.#limit) && this.#share.ask(place, cost, must);
    if (!passes) this.#putOff[priority] = (this.#putOff[priority] ?? 0) + 1;
    return passes;
  }

  /** Counts what somebody who listens asks for again and again; false when the network has had its share of this window. */
  fetch(place: number, cost: number): boolean {
    this.#requests += 1;
    return this.#share.ask(place, cost);
  }

  /** True when the window is over; then the caller measures the wait and calls `turn`. */
  due(now: number): boolean {
    const passed = now - this.#began;
    return passed >= WINDOW_MS || (passed >= LEAST_WINDOW_MS && this.#requests >= WINDOW_REQUESTS);
  }

  /** True while anybody may be put off. */
  get strained(): boolean {
    return this.#limit < PRIORITIES * COHORTS || this.#capacity !== undefined;
  }

  get state(): AdmissionState {
    return { level: this.#limit, wait: this.#wait, putOff: [...this.#putOff] };
  }

  /** Ends a window in which requests waited `wait` ms on average; `ours`: it was this process that kept them waiting. */
  turn(now: number, wait: number, ours = true): void {
    const seconds = Math.max(0.001, (now - this.#began) / 1000);
    const bad = ours && wait > WAIT_LIMIT_MS;
    const many = this.#requests >= LEAST_REQUESTS * seconds;
    this.#wait = wait;
    this.#good = bad ? 0 : this.#good + 1;
    const more = MORE * (1 + this.#good / FASTER_AFTER);
    if (!bad || many) this.#steer(bad, more);
    const { spent, asked } = this.#share.sums(seconds);
    // Where they took little it is not they who kept everybody waiting, and a large cut would only cost them.
    const most = spent >= LEAST_BLAME ? MOST_LESS : LESS;
    const less = Math.min(most, (LESS * wait) / WAIT_LIMIT_MS);
    if (bad && (many || spent >= LEAST_BLAME))
      this.#capacity = Math.max(
        LEAST_CAPACITY,
        (1 - less) * Math.min(this.#capacity ?? Number.POSITIVE_INFINITY, spent),
      );
    else if (!bad && this.#capacity !== undefined) {
      this.#capacity += more * Math.max(this.#capacity, asked);
      // More room than is asked for: nobody is limited any more.
      if (this.#capacity >= asked) this.#capacity = undefined;
    }
    this.#share.turn(seconds, this.#capacity);
    this.#counts.fill(0);
    this.#requests = 0;
    this.#began = now;
  }

  /** Moves the limit so that of the same arrivals 5 % fewer would have been let in, or `more` of them more. */
  #steer(bad: boolean, more: number): void {
    let admitted = 0;
    for (let at = 0; at < this.#limit; at += 1) admitted += this.#counts[at] ?? 0;
    let asked = admitted;
    for (let at = this.#limit; at < this.#counts.length; at += 1) asked += this.#counts[at] ?? 0;
    if (bad) {
      const wanted = admitted * (1 - LESS);
      while (this.#limit > NEVER * COHORTS && admitted > wanted) {
        this.#limit -= 1;
        admitted -= this.#counts[this.#limit] ?? 0;
      }
      return;
    }
    const wanted = admitted + asked * more;
    // The class that reaches beyond the step is let in as well: it may be the only one.
    while (this.#limit < PRIORITIES * COHORTS && admitted <= wanted) {
      admitted += this.#counts[this.#limit] ?? 0;
      this.#limit += 1;
    }
  }
}

/** The cohort of a network in this hour: nobody is last for a whole evening. */
export function cohortOf(prefix: string, wall: number): number {
  let hash = Math.imul(Math.floor(wall / HOUR_MS), 0x9e3779b1);
  for (let i = 0; i < prefix.length; i += 1) hash = Math.imul(hash ^ prefix.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % COHORTS;
}
