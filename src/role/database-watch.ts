import type { Clock } from '../base/clock.ts';
import type { Check } from '../base/health.ts';
import { exposition } from '../base/metrics.ts';
import { ms } from '../base/time.ts';

const PERIOD = ms(3000);
/** A database that has not answered within this long counts as away. */
const PATIENCE = ms(3000);

/** Whether the database answers, as of a few seconds ago. */
export interface DatabaseWatch extends Disposable {
  check(): Check;
  /** Prometheus text. */
  metrics(): string;
}

/**
 * Asks the database every 3 s, one question at a time. When opened, the database counts as answering, because it has
 * just been used.
 */
export function watchDatabase(clock: Clock, ping: () => Promise<void>): DatabaseWatch {
  let away = false;
  let late = false;
  let asking = false;
  const look = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    const timer = clock.after(PATIENCE, () => {
      late = true;
    });
    try {
      await ping();
      away = false;
    } catch {
      away = true;
    } finally {
      timer[Symbol.dispose]();
      asking = false;
      late = false;
    }
  };
  const timer = clock.every(PERIOD, () => void look());
  return {
    check: () =>
      away || late
        ? { part: 'database', ok: false, says: 'does not answer' }
        : { part: 'database', ok: true },
    metrics: () =>
      exposition([
        {
          name: 'earshot_database_up',
          kind: 'gauge',
          help: '1 while the database answers; without it rooms cannot be started or changed, but listeners are not affected',
          value: away || late ? 0 : 1,
        },
      ]),
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}
