import type { Share } from '../network/fair-share.ts';
import { CLASSES, ClassLimit, COHORTS, LESS, NEVER, PRIORITIES } from './class-limit.ts';
import type { Priority } from './priority.ts';

/** Mean queueing wait above which a window was bad, in ms. Spec: DAGOR (SoCC 2018), 4.1. */
export const WAIT_LIMIT_MS = 20;
/**
 * Requests per second below which requests are not what keeps the door busy, so that deferring people would help
 * nobody. The cost of networks is shared even then.
 */
export const LEAST_REQUESTS = 100;
/** After a good window this share more of all requests is let in. */
const MORE = 0.01;
/** Fewer requests than that are still to blame when they took this much, µs per second: a tenth of a core. */
const LEAST_BLAME = 100_000;
/**
 * What all networks together may cost is cut by up to this much when the wait was far too long: a few requests can be
 * very expensive.
 */
const MOST_LESS = 0.5;
/**
 * Share of a core that this process may use while nobody waits too long; what was admitted at a lower share is raised
 * to it, by at most `MOST_MORE` in a window. Otherwise a short stall would keep people out for minutes.
 */
const BUSY_ENOUGH = 0.75;
const MOST_MORE = 0.25;
/**
 * From this part on of what strangers ask for, loud networks are what keeps the door busy (see `Share.loudPart`): nobody
 * else is deferred then, because that would help nobody.
 */
const LOUD_ENOUGH = 0.5;
/** A process that used less of a core than this says nothing about what it could take. */
const LEAST_USED = 0.02;
/** After this many good windows in a row the step is twice as large, then three times, and so on. */
const FASTER_AFTER = 10;
/** All networks together are never limited to less than this, in µs per second: a hundredth of a core. */
const LEAST_CAPACITY = 10_000;
/** Longest window in ms; a window also ends after `WINDOW_REQUESTS`. */
export const WINDOW_MS = 1_000;
const WINDOW_REQUESTS = 2_000;
/** Windows shorter than this are too noisy to judge. */
const LEAST_WINDOW_MS = 200;
const HOUR_MS = 3_600_000;

/** The state of the cutoff, as reported to the metrics. */
export interface CutoffState {
  /** Classes let in of networks that are not loud, of 896: 7 priorities × 128 cohorts. */
  readonly level: number;
  /** Mean queueing wait of the last window, ms. */
  readonly wait: number;
  /** Requests deferred so far, by priority. */
  readonly deferred: readonly number[];
}

/**
 * Decides who is served first when requests wait. Work is deferred in order of priority, and within a priority by
 * cohort: either all requests of a person pass or none do, and cohorts are dealt again every hour. Under load each
 * network also gets at most its max-min share. Loud networks have a cutoff of their own: while most of the work is theirs,
 * they alone are deferred.
 */
export class PriorityCutoff {
  readonly #share: Share;
  readonly #random: () => number;
  readonly #deferred = new Uint32Array(PRIORITIES);
  readonly #loud = new ClassLimit();
  readonly #others = new ClassLimit();
  #requests = 0;
  #good = 0;
  #wait = 0;
  #began: number;
  /** What all networks together may cost, µs per second; undefined while there is no overload. */
  #capacity: number | undefined;

  /** `random` (0 ≤ n < 1) assigns a cohort to requests whose network is unknown. */
  constructor(share: Share, now: number, random: () => number) {
    this.#share = share;
    this.#random = random;
    this.#began = now;
  }

  /** Lets a request in (true), or says that it should be deferred. `place`: see `Share`. `wall` in ms. */
  admit(priority: Priority, prefix: string | undefined, place: number, cost: number, wall: number): boolean {
    const cohort = prefix === undefined ? Math.floor(this.#random() * COHORTS) : cohortOf(prefix, wall);
    const at = priority * COHORTS + cohort;
    this.#requests += 1;
    this.#share.stranger(place, cost);
    const must = priority < NEVER;
    const limit = this.#share.isLoud(place) ? this.#loud : this.#others;
    const passes = (limit.admits(at) || must) && this.#share.ask(place, cost, must);
    if (passes) return true;
    this.#deferred[priority] = (this.#deferred[priority] ?? 0) + 1;
    return false;
  }

  /** Counts a request that was refused before anything else was done for it. */
  refuse(priority: Priority, place: number, cost: number): void {
    this.#requests += 1;
    this.#deferred[priority] = (this.#deferred[priority] ?? 0) + 1;
    this.#share.stranger(place, cost);
    this.#share.charge(place, cost);
  }

  /**
   * Counts a request that listeners repeat all the time; false when the network has used up its share of this window.
   */
  fetch(place: number, cost: number): boolean {
    this.#requests += 1;
    return this.#share.ask(place, cost);
  }

  /** True when the window is over; the caller then measures the wait and calls `turn`. */
  due(now: number): boolean {
    const passed = now - this.#began;
    return passed >= WINDOW_MS || (passed >= LEAST_WINDOW_MS && this.#requests >= WINDOW_REQUESTS);
  }

  /** True while some requests may be deferred. */
  get strained(): boolean {
    return Math.min(this.#loud.level, this.#others.level) < CLASSES || this.#capacity !== undefined;
  }

  get state(): CutoffState {
    return { level: this.#others.level, wait: this.#wait, deferred: [...this.#deferred] };
  }

  /**
   * Ends a window in which requests waited `wait` ms on average; `ours` means that this process kept them waiting.
   * `used` is the share of a core that it took.
   */
  turn(now: number, wait: number, ours = true, used = 1): void {
    const seconds = Math.max(0.001, (now - this.#began) / 1000);
    const bad = ours && wait > WAIT_LIMIT_MS;
    const many = this.#requests >= LEAST_REQUESTS * seconds;
    this.#wait = wait;
    this.#good = bad ? 0 : this.#good + 1;
    const more = MORE * (1 + this.#good / FASTER_AFTER);
    if (!bad || many) {
      this.#loud.steer(bad, more);
      this.#others.steer(bad && this.#share.loudPart() < LOUD_ENOUGH, more);
    }
    const { spent, asked } = this.#share.sums(seconds);
    // If requests took little time, they are not what kept everybody waiting, and a large cut would only hurt them.
    const most = spent >= LEAST_BLAME ? MOST_LESS : LESS;
    const less = Math.min(most, (LESS * wait) / WAIT_LIMIT_MS);
    if (bad && (many || spent >= LEAST_BLAME))
      this.#capacity = Math.max(
        LEAST_CAPACITY,
        (1 - less) * Math.min(this.#capacity ?? Number.POSITIVE_INFINITY, spent),
      );
    else if (!bad && this.#capacity !== undefined) {
      const spare = used >= LEAST_USED ? spent * (BUSY_ENOUGH / used) : 0;
      this.#capacity = Math.max(
        this.#capacity + more * Math.max(this.#capacity, asked),
        Math.min(spare, this.#capacity * (1 + MOST_MORE)),
      );
      // More capacity than demand: nobody is limited any more.
      if (this.#capacity >= asked) this.#capacity = undefined;
    }
    this.#share.turn(seconds, this.#capacity);
    this.#loud.forget();
    this.#others.forget();
    this.#requests = 0;
    this.#began = now;
  }
}

/** The cohort of a network in this hour; it changes hourly, so that nobody is last for a whole evening. */
export function cohortOf(prefix: string, wall: number): number {
  let hash = Math.imul(Math.floor(wall / HOUR_MS), 0x9e3779b1);
  for (let i = 0; i < prefix.length; i += 1) hash = Math.imul(hash ^ prefix.charCodeAt(i), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % COHORTS;
}
