import type { Clock } from '../../base/clock.ts';
import { AGAIN_MS } from './notification.ts';

/** Of each kind so many are remembered; the oldest are forgotten first. */
const MOST_REMEMBERED = 50_000;
/** Whoever does again what they took back within this time is no news, ms. */
const TAKEN_BACK_MS = 86_400_000;

/** What was written a moment ago, and what was taken back: in memory, bounded. */
export interface RecentWrites {
  /** True when this row of many needs no write: it was written a moment ago, and not seen since. */
  isFresh(account: string, row: string): boolean;
  wrote(account: string, row: string): void;
  /** `account` has seen what was told. */
  seen(account: string): void;
  /** How often something was told to `account`, with this time. */
  counted(account: string): number;
  /** Somebody took back what is called `deed`. */
  tookBack(deed: string): void;
  /** When that was, as long as it counts. */
  takenBack(deed: string): number | undefined;
}

/** A memory of instants that forgets what is older than `age`, and the oldest where there are too many. */
function openInstants(clock: Clock, age: number) {
  const instants = new Map<string, number>();
  return {
    at(key: string): number | undefined {
      const at = instants.get(key);
      return at !== undefined && clock.wall() - at < age ? at : undefined;
    },
    set(key: string): void {
      const now = clock.wall();
      // Again at the end: the first are always the oldest.
      instants.delete(key);
      instants.set(key, now);
      for (const [old, at] of instants) {
        if (instants.size <= MOST_REMEMBERED && now - at < age) break;
        instants.delete(old);
      }
    },
  };
}

/** Opens it. */
export function openRecentWrites(clock: Clock): RecentWrites {
  const rows = openInstants(clock, AGAIN_MS);
  const looks = openInstants(clock, AGAIN_MS);
  const back = openInstants(clock, TAKEN_BACK_MS);
  const writes = new Map<string, number>();
  const keyOf = (account: string, row: string): string => `${account} ${row}`;
  return {
    isFresh(account, row) {
      const at = rows.at(keyOf(account, row));
      return at !== undefined && at > (looks.at(account) ?? Number.NEGATIVE_INFINITY);
    },
    wrote: (account, row) => rows.set(keyOf(account, row)),
    seen: (account) => looks.set(account),
    counted(account) {
      if (writes.size > MOST_REMEMBERED) writes.clear();
      const many = (writes.get(account) ?? 0) + 1;
      writes.set(account, many);
      return many;
    },
    tookBack: (deed) => back.set(deed),
    takenBack: (deed) => back.at(deed),
  };
}
