/** Louder than this is speech, in dBFS; what is below may be left out. */
const QUIET = -50;
/** Silence kept around words when it is left out, seconds. */
const KEEP = 0.1;
/** How much faster the stage is played until it is caught up with. */
export const FASTER = 0.04;
/** Less delay than this is none, seconds. */
const NONE = 0.005;

/**
 * Lets the delay of a sound shrink to nothing without losing a word: leaves out silence, and plays the rest a little
 * faster. Times in seconds. Call `heard` with the level of what comes in, and `delay` for what to play next.
 */
export class ShrinkingDelay {
  #delay: number;
  #at: number | undefined;
  #levels: { readonly at: number; readonly loud: boolean }[] = [];

  constructor(delay: number) {
    this.#delay = delay;
  }

  /** The delay now. */
  get delay(): number {
    return this.#delay;
  }

  /** What has just come in, in dBFS: the level of the time until `now`. */
  heard(now: number, level: number): void {
    this.#levels.push({ at: now, loud: level > QUIET });
    const first = this.#levels.findIndex(({ at }) => at >= now - this.#delay - 1);
    if (first > 0) this.#levels.splice(0, first);
  }

  /** The delay from now on; `skipped` when silence is left out. */
  step(now: number): { readonly delay: number; readonly skipped: boolean } {
    const passed = this.#at === undefined ? 0 : now - this.#at;
    this.#at = now;
    if (this.#delay === 0) return { delay: 0, skipped: false };
    this.#delay = Math.max(0, this.#delay - passed * FASTER);
    const silence = this.#silence(now);
    // Nothing has been said up to now: there is nothing to wait for.
    const all = silence >= this.#delay && silence > KEEP;
    const skipped = all || silence > 2 * KEEP;
    if (all) this.#delay = 0;
    else if (skipped) this.#delay -= silence - 2 * KEEP;
    if (this.#delay < NONE) this.#delay = 0;
    return { delay: this.#delay, skipped };
  }

  /** How long what is to be played next is silent, as far as it has come in. */
  #silence(now: number): number {
    const from = now - this.#delay;
    let until = from;
    let known = false;
    for (const { at, loud } of this.#levels) {
      if (at < from - KEEP) continue;
      known = true;
      if (loud) return until - from;
      until = Math.max(until, at);
    }
    return known ? until - from : 0;
  }
}
