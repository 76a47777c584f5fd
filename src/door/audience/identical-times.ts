/**
 * More sessions than this that begin in one millisecond and end in one are no people. Where 10,000 come and 10,000 go in a
 * second, each at random and for some minutes, five meet so about once in a year.
 */
export const MOST_ALIKE = 4;
/** Ends are remembered so long, ms: sessions that fetch files are found to be over at the end of a slot. */
const KEPT_MS = 12_000;
/** Ends that are remembered at a time; beyond it the oldest are forgotten. */
const MOST_KEPT = 200_000;

interface Group {
  readonly at: number;
  readonly rows: number[];
}

/** Sessions that came and left in the same milliseconds. */
export class IdenticalTimes {
  readonly #groups = new Map<string, Group>();

  /** A session that began and ended at these monotonic ms is over. The rows that are known to be alike by now, if any. */
  ended(row: number, began: number, left: number, now: number): readonly number[] {
    const key = `${Math.floor(began)} ${Math.floor(left)}`;
    let group = this.#groups.get(key);
    if (!group) {
      this.#forget(now);
      group = { at: now, rows: [] };
      this.#groups.set(key, group);
    }
    group.rows.push(row);
    return group.rows.length > MOST_ALIKE ? group.rows : [];
  }

  #forget(now: number): void {
    for (const [key, { at }] of this.#groups) {
      if (now - at < KEPT_MS && this.#groups.size < MOST_KEPT) return;
      this.#groups.delete(key);
    }
  }
}
