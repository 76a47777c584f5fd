import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RootLog } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';

/** Ten samples a second: more would cost an idle process more than everything else it does. */
const RESOLUTION_MS = 100;

/** How long a delay is told, ms; scrapes are usually closer together. */
const LATE_KEPT_MS = 20_000;

/** What every process reports about itself: memory, processor time, lateness, dropped log lines. */
export function openProcessMetrics(log: RootLog): () => string {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let worst: { readonly at: number; readonly late: number }[] = [];
  return () => {
    const { user, system } = process.cpuUsage();
    // A histogram that has not seen anything yet says NaN. It counts each sleep whole.
    const late = Math.max(0, (delay.max - RESOLUTION_MS * 1e6) / 1e9);
    delay.reset();
    // Several ask: none of them may take the worst moment from the others.
    const now = performance.now();
    worst = [...worst.filter(({ at }) => now - at < LATE_KEPT_MS), { at: now, late }];
    return exposition([
      {
        name: 'earshot_process_resident_memory_bytes',
        kind: 'gauge',
        help: 'Memory of the process',
        value: process.memoryUsage.rss(),
      },
      {
        name: 'earshot_process_cpu_seconds_total',
        kind: 'counter',
        help: 'Processor time used by the process',
        value: (user + system) / 1e6,
      },
      {
        name: 'earshot_process_late_seconds',
        kind: 'gauge',
        help: 'Longest event-loop delay of the process in the last 20 seconds, or since it was last asked',
        value: Math.max(...worst.map((one) => one.late)),
      },
      {
        name: 'earshot_process_log_lines_dropped_total',
        kind: 'counter',
        help: 'Log lines dropped because nothing was reading the log',
        value: log.dropped,
      },
    ]);
  };
}
