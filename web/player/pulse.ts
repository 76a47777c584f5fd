/** How often the page looks at the clock, seconds. */
export const BEAT = 0.25;
/** A look that is later than this means that the page was asleep or got no processor time; seconds. */
const LATE = 0.5;

/** Notices when the page itself was suspended: a closed lid, a throttled tab, an overloaded processor. */
export class Pulse {
  #beat: number;
  #from = Number.NEGATIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(now: number) {
    this.#beat = now;
  }

  /** Tells that the page runs at `now`; call it every `BEAT`. */
  beat(now: number): void {
    if (now - this.#beat > BEAT + LATE) {
      this.#from = this.#beat;
      this.#to = now;
    }
    this.#beat = now;
  }

  /** How many seconds between `from` and `now` the page was suspended, the last time that it was. */
  missed(from: number, now: number): number {
    this.beat(now);
    return Math.max(0, Math.min(now, this.#to) - Math.max(from, this.#from));
  }
}
