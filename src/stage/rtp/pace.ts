import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** Limit of waiting tasks; further ones are refused. */
const MAX_WAITING = 64;
/** After each task the thread is reserved for sound for this many times the task's duration. */
const REST = 4;
/** The longest rest in ms, so that a machine that was suspended does not block signalling. */
const MAX_REST = 250;

/**
 * Runs costly work for clients one task at a time, within a fifth of the thread's time, so that no number of offers can
 * be heard in a room.
 */
export class OfferPace {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();
  #until = -Infinity;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work` in turn; undefined when too many tasks wait already. Only the synchronous part of `work` counts. */
  run<T>(work: () => T): Promise<{ readonly done: T } | undefined> {
    if (this.#waiting >= MAX_WAITING) return Promise.resolve(undefined);
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#rest());
    const result = turn.then(() => {
      this.#waiting -= 1;
      const began = this.#clock.now();
      try {
        return { done: work() };
      } finally {
        const now = this.#clock.now();
        this.#until = now + Math.min(MAX_REST, (now - began) * REST);
      }
    });
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #rest(): Promise<void> {
    const left = this.#until - this.#clock.now();
    if (left > 0) await new Promise<void>((done) => this.#clock.after(ms(left), done));
  }
}
