import { SLOT_S, SLOTS } from '../wire/session-record.ts';

const SLOT_MS = SLOT_S * 1000;
const MINUTE_MS = SLOTS * SLOT_MS;
/** Changes that are remembered: records of the last three minutes may still come. */
const REMEMBERED_MS = 5 * MINUTE_MS;
/** A stage that comes and goes without end is not remembered in more detail. */
const MOST_CHANGES = 512;

/** One change of what the program carries. */
export interface StageChange {
  /** Wall-clock ms. */
  readonly at: number;
  readonly stage: boolean;
}

/** When the program carried the stage, and when standby. */
export class StageHistory {
  #changes: StageChange[] = [];
  #minute = -1;
  #shares: number[] = [];

  /** The program carries this from `at` on. */
  changed(at: number, stage: boolean): void {
    const last = this.#changes.at(-1);
    if (last?.stage === stage) return;
    this.#changes.push({ at: Math.max(at, last?.at ?? at), stage });
    this.#minute = -1;
    const old = at - REMEMBERED_MS;
    while (this.#changes.length > MOST_CHANGES || (this.#changes[1]?.at ?? at) < old) this.#changes.shift();
  }

  /** The share (0 to 1) of each slot of a minute in which the stage was carried. */
  sharesOf(minute: number): readonly number[] {
    if (minute === this.#minute) return this.#shares;
    const from = minute * MINUTE_MS;
    this.#shares = Array.from({ length: SLOTS }, (_, slot) => this.#share(from + slot * SLOT_MS));
    this.#minute = minute;
    return this.#shares;
  }

  #share(from: number): number {
    let stage = 0;
    for (const [i, change] of this.#changes.entries()) {
      const until = this.#changes[i + 1]?.at ?? Number.POSITIVE_INFINITY;
      if (change.stage) stage += Math.max(0, Math.min(until, from + SLOT_MS) - Math.max(change.at, from));
    }
    return stage / SLOT_MS;
  }

  dump(): readonly StageChange[] {
    return this.#changes;
  }

  load(changes: readonly StageChange[]): void {
    this.#changes = [...changes];
    this.#minute = -1;
  }
}
