import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RootLog } from '../base/log.ts';
import { exposition } from '../base/metrics.ts';

/** Ten samples a second: more would cost an idle process more than everything else it does. */
const RESOLUTION_MS = 100;

/** What every process reports about itself: memory, processor time, lateness, dropped log lines. */
export function openProcessMetrics(log: RootLog): () => string {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return () => {
    const { user, system } = process.cpuUsage();
    // A histogram that has not seen anything yet says NaN. It counts each sleep whole.
    const late = Math.max(0, (delay.max - RESOLUTION_MS * 1e6) / 1e9);
    delay.reset();
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
        help: 'Longest event-loop delay of the process since it was last asked for metrics',
        value: late,
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
