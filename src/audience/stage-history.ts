import { SLOT_S, SLOTS } from '../wire/session-record.ts';

/** Milliseconds of a slot. */
export const SLOT_MS = SLOT_S * 1000;
const MINUTE_MS = SLOTS * SLOT_MS;
/** Changes that are remembered: records of the last three minutes may still come. */
const REMEMBERED_MS = 5 * MINUTE_MS;
/** A stage that comes and goes without end is not remembered in more detail. */
const MOST_CHANGES = 512;
const MOST_KEPT = 4_096;

/** One change of what the program carries: stage or standby. */
export interface StageChange {
  /** Wall-clock ms. */
  readonly at: number;
  readonly stage: boolean;
}

interface KnownShares {
  minute: number;
  shares: readonly number[];
  all: number | undefined;
}

/** The times at which the program carried the stage, and those at which it carried standby. */
export class StageHistory {
  #changes: StageChange[] = [];
  /** All changes, for whoever counts again; the newest 4,096. */
  #all: StageChange[] = [];
  /** Shares of an even minute and of an odd one; `all`: the share of each of its slots, where that is one number. */
  readonly #known: KnownShares[] = [
    { minute: -1, shares: [], all: undefined },
    { minute: -1, shares: [], all: undefined },
  ];

  /** The program carries this from `at` on. */
  changed(at: number, stage: boolean): void {
    const last = this.#changes.at(-1);
    if (last?.stage === stage) return;
    const change = { at: Math.max(at, last?.at ?? at), stage };
    this.#changes.push(change);
    this.#all.push(change);
    if (this.#all.length > MOST_KEPT) this.#all.shift();
    this.#forget();
    const old = at - REMEMBERED_MS;
    while (this.#changes.length > MOST_CHANGES || (this.#changes[1]?.at ?? at) < old) this.#changes.shift();
  }

  /** The milliseconds (0 to 10,000) of each slot of a minute in which the stage was carried. */
  sharesOf(minute: number): readonly number[] {
    return this.#of(minute).shares;
  }

  /** The same where it is one number for all slots; else undefined. */
  shareOf(minute: number): number | undefined {
    return this.#of(minute).all;
  }

  #of(minute: number): KnownShares {
    const known = this.#known[minute & 1] as KnownShares;
    if (minute === known.minute) return known;
    const from = minute * MINUTE_MS;
    const shares = Array.from({ length: SLOTS }, (_, slot) => this.#share(from + slot * SLOT_MS));
    known.shares = shares;
    known.all = shares.every((share) => share === shares[0]) ? shares[0] : undefined;
    known.minute = minute;
    return known;
  }

  #forget(): void {
    for (const known of this.#known) known.minute = -1;
  }

  #share(from: number): number {
    let stage = 0;
    for (const [i, change] of this.#changes.entries()) {
      const until = this.#changes[i + 1]?.at ?? Number.POSITIVE_INFINITY;
      if (change.stage) stage += Math.max(0, Math.min(until, from + SLOT_MS) - Math.max(change.at, from));
    }
    return Math.round(stage);
  }

  /** Every change that is still known. */
  whole(): readonly StageChange[] {
    return this.#all;
  }

  /** Takes what `whole` gave. */
  load(changes: readonly StageChange[]): void {
    this.#all = [...changes];
    this.#changes = [...changes];
    this.#forget();
  }
}
