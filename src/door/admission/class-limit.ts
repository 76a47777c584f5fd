/** The number of cohorts into which people are divided; within a priority, whole cohorts are let in or deferred. */
export const COHORTS = 128;
/** Priorities, from 0, the most urgent. */
export const PRIORITIES = 7;
/** The number of classes of requests, the most urgent first. */
export const CLASSES: number = PRIORITIES * COHORTS;
/** The first priority that can be deferred: speakers and people who are already listening never are. */
export const NEVER = 2;
/** After a bad window this share less of all requests is let in. */
export const LESS = 0.05;

/** Up to which class requests are let in: fewer after a window in which they waited for too long, more after a good one. */
export class ClassLimit {
  readonly #counts = new Uint32Array(CLASSES);
  #limit = CLASSES;

  /** The classes that are let in: the first so many. */
  get level(): number {
    return this.#limit;
  }

  /** Counts a request of a class; false when the class is not let in. */
  admits(at: number): boolean {
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    return at < this.#limit;
  }

  /** Moves the limit so that of the same arrivals 5 % fewer would have been let in, or a share of `more` more. */
  steer(bad: boolean, more: number): void {
    let admitted = 0;
    for (let at = 0; at < this.#limit; at += 1) admitted += this.#counts[at] ?? 0;
    let asked = admitted;
    for (let at = this.#limit; at < CLASSES; at += 1) asked += this.#counts[at] ?? 0;
    if (bad) {
      const wanted = admitted * (1 - LESS);
      while (this.#limit > NEVER * COHORTS && admitted > wanted) {
        this.#limit -= 1;
        admitted -= this.#counts[this.#limit] ?? 0;
      }
      return;
    }
    const wanted = admitted + asked * more;
    // The class that exceeds the step is let in as well: it may be the only one.
    while (this.#limit < CLASSES && admitted <= wanted) {
      admitted += this.#counts[this.#limit] ?? 0;
      this.#limit += 1;
    }
  }

  /** A window is over: arrivals are counted anew. */
  forget(): void {
    this.#counts.fill(0);
  }
}
