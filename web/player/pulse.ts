/** How often the page looks at the clock, seconds. */
export const BEAT = 0.25;
/** The page was asleep or had no turn when it looks this late, seconds. */
const LATE = 0.5;

/** Notices when this page itself stood still: a lid that was closed, a tab the browser held back, a processor with too much to do. */
export class Pulse {
  #beat: number;
  #from = Number.NEGATIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#beat = now;
  }

  /** The page runs at `now`; called every `BEAT`. */
  beat(now: number): void {
    if (now - this.#beat > BEAT + LATE) {
      this.#from = this.#beat;
      this.#to = now;
    }
    this.#beat = now;
  }

  /** Seconds between `from` and `now` in which the page stood still, the last time that it did. */
  missed(from: number, now: number): number {
    this.beat(now);
    return Math.max(0, Math.min(now, this.#to) - Math.max(from, this.#from));
  }
}
