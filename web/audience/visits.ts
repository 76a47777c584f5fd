import { VISIT_IDLE_MS } from '../../src/wire/audience-events.ts';

/** Stores the time of the last sign of life, for this tab only. */
export interface SignStore {
  read(): string | null;
  write(text: string): void;
}

/**
 * Detects visits from signs of life: a page that is reloaded, or looked at again, within 30 min belongs to the same
 * visit.
 */
export class Visits {
  readonly #store: SignStore;
  #last: number;

  constructor(store: SignStore) {
    this.#store = store;
    this.#last = Number(store.read() ?? Number.NaN);
  }

  /** Somebody is here at `now` (wall-clock ms); true when a visit begins with it. */
  sign(now: number): boolean {
    const since = now - this.#last;
    const fresh = !(since >= 0 && since < VISIT_IDLE_MS);
    this.#last = now;
    this.#store.write(String(now));
    return fresh;
  }
}
