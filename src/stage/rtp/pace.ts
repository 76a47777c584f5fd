import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** Pieces of work that may wait; a further one is refused. */
const MAX_WAITING = 64;
/** After each piece the thread belongs to sound for so many times as long as it took. */
const REST = 4;
/** The longest rest in ms: the clock of a machine that stood still must not stop signalling. */
const MAX_REST = 250;

/**
 * Does costly work of strangers one piece at a time, at most a fifth of the thread's time, so that no number of offers
 * is heard in any room.
 */
export class Pace {
  readonly #clock: Clock;
  #last: Promise<void> = Promise.resolve();
  #until = -Infinity;
  #waiting = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Runs `work` when it is its turn; undefined when too much waits already. Only its synchronous part counts. */
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
