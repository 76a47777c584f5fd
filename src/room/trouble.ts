import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Store } from '../store/index.ts';

/**
 * How often the log says that the database is away: meanwhile every request and every second's check fails.
 */
const SAY_EVERY = ms(60_000);

/**
 * True when `error` comes from the database; that is logged in one sentence, at most once a minute, with the number
 * of further ones.
 */
export function openTrouble(deps: { store: Store; clock: Clock; log: Log }): (error: unknown) => boolean {
  let said = Number.NEGATIVE_INFINITY;
  let more = 0;
  return (error) => {
    const sentence = deps.store.fault(error);
    if (sentence === undefined) return false;
    const now = deps.clock.now();
    if (now - said < SAY_EVERY) more += 1;
    else {
      deps.log.error({ more }, sentence);
      said = now;
      more = 0;
    }
    return true;
  };
}
