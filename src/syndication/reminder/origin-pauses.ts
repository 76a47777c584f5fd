import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { DeliveryOutcome } from '../push/push-way.ts';

/** An origin that failed so often in a row gets a pause. */
const FAILURES = 16;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;

/** Which push services are left alone for a while, because they asked for it or do not answer. */
export interface OriginPauses {
  isPaused(origin: string): boolean;
  /** Something became of a delivery there. */
  noted(origin: string, outcome: DeliveryOutcome | { readonly became: 'stale' }): void;
  /** What became of all of them since the start. */
  readonly counts: ReadonlyMap<string, number>;
}

/** Opens them. */
export function openOriginPauses(clock: Clock, log: Log): OriginPauses {
  const paused = new Map<string, { until: number; failures: number }>();
  const counts = new Map<string, number>();
  return {
    counts,
    isPaused: (origin) => (paused.get(origin)?.until ?? 0) > clock.now(),
    noted(origin, outcome) {
      counts.set(outcome.became, (counts.get(outcome.became) ?? 0) + 1);
      const { failures = 0 } = paused.get(origin) ?? {};
      if (outcome.became === 'wait') paused.set(origin, { until: clock.now() + outcome.ms, failures });
      else if (outcome.became === 'again') {
        const now = failures + 1;
        const pause = now < FAILURES ? 0 : FIRST_PAUSE_MS * 2 ** Math.floor(now / FAILURES);
        paused.set(origin, { until: clock.now() + Math.min(pause, LONGEST_PAUSE_MS), failures: now });
        if (now === FAILURES)
          log.warn(
            { origin, error: outcome.why },
            'reminders cannot be delivered to this push service or mail server: they are tried again later',
          );
        // What was asked for holds, also when something that was on its way arrives.
      } else if (failures > 0 || !(paused.get(origin)?.until ?? 0)) paused.delete(origin);
    },
  };
}
