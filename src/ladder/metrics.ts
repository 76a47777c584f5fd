import type { Ms } from '../base/time.ts';
import type { Ladder } from './ladder.ts';
import { type Signals, unsentShare } from './signals.ts';

/** Steps so far, by `direction why`. */
export type StepCounts = Map<string, number>;

/** A door's ladder as Prometheus text. Spec: Prometheus exposition format 0.0.4. */
export function expose(ladder: Ladder, now: Ms, steps: StepCounts, last: Signals | undefined): string {
  const lines: string[] = [];
  const put = (
    name: string,
    kind: 'counter' | 'gauge',
    help: string,
    rows: [labels: string, value: number][],
  ) => {
    const full = `earshot_ladder_${name}`;
    lines.push(`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`);
    for (const [labels, value] of rows) if (Number.isFinite(value)) lines.push(`${full}${labels} ${value}`);
  };
  const levels = [...ladder.levels(now)];
  put(
    'level',
    'gauge',
    'Level that holds at this door; rooms on level 0 are left out',
    levels.map(([slug, , level]) => [`{room="${slug}"}`, level]),
  );
  put(
    'wish',
    'gauge',
    'Level that this door wants by its own signals',
    levels.map(([slug, wish]) => [`{room="${slug}"}`, wish]),
  );
  put(
    'steps_total',
    'counter',
    'Steps of this door, by direction and cause',
    [...steps].map(([key, count]) => {
      const [direction, why] = key.split(' ');
      return [`{direction="${direction}",why="${why}"}`, count];
    }),
  );
  if (last) {
    put('wait_milliseconds', 'gauge', 'How late slots were served in the last second, p99', [
      ['', last.wait],
    ]);
    put('loop_milliseconds', 'gauge', 'Event-loop delay in the last second, p99', [['', last.loop]]);
    put('unsent_ratio', 'gauge', 'Share of connections with unsent bytes', [['', unsentShare(last)]]);
    put('egress_bytes', 'gauge', 'Bytes sent in the last second', [['', last.egress]]);
  }
  put('egress_limit_bytes', 'gauge', 'Bytes per second that may leave, configured or learned', [
    ['', ladder.egressLimit],
  ]);
  return `${lines.join('\n')}\n`;
}
