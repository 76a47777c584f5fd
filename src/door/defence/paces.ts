import { DEFENCE } from './thresholds.ts';

const WINDOW_S = DEFENCE.halfLifeMs / 1_000 / Math.LN2;

/** How often each of many holders asks, as a mean over 15 s. Where too many are known, the one longest unseen is forgotten. */
export class Paces {
  readonly #most: number;
  /** The longest unseen first. */
  readonly #rows = new Map<number, { spent: number; at: number }>();
  #now = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Counts one more, and is true, unless that is more often than `perSecond`. */
  allows(holder: number, perSecond: number): boolean {
    const row = this.#rows.get(holder) ?? { spent: 0, at: this.#now };
    row.spent *= 2 ** ((-(this.#now - row.at) * 1_000) / DEFENCE.halfLifeMs);
    row.at = this.#now;
    this.#rows.delete(holder);
    if (this.#rows.size >= this.#most)
      for (const oldest of this.#rows.keys()) {
        this.#rows.delete(oldest);
        break;
      }
    this.#rows.set(holder, row);
    if (row.spent / WINDOW_S > perSecond) return false;
    row.spent += 1;
    return true;
  }

  /** `seconds` have passed. */
  turn(seconds: number): void {
    this.#now += seconds;
  }
}
