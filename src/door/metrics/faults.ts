import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Counters } from './counters.ts';

/** Records a bug of ours that was contained: always counted, logged at most once a second. */
export type Fault = (error: unknown, where: string) => void;

/** Opens the record of faults. */
export function openFaults(deps: { clock: Clock; log: Log; counters: Counters }): Fault {
  let last = Number.NEGATIVE_INFINITY;
  return (error, where) => {
    deps.counters.faults += 1;
    const now = deps.clock.now();
    if (now - last < 1000) return;
    last = now;
    const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
    deps.log.error(
      { where, cause, faults: deps.counters.faults },
      'a bug in Earshot cost one connection or request, and nothing else: please report it with this line',
    );
  };
}
