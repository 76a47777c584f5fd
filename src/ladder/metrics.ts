import { exposition, type Sample } from '../base/metrics.ts';
import type { Ms } from '../base/time.ts';
import type { Ladder } from './ladder.ts';
import { type Signals, unsentShare } from './signals.ts';

/** Steps so far, by `direction why`. */
export type StepCounts = Map<string, number>;

/** A door's ladder as Prometheus text. */
export function expose(ladder: Ladder, now: Ms, steps: StepCounts, last: Signals | undefined): string {
  const levels = [...ladder.levels(now)];
  const gauge = (name: string, help: string, value: number | readonly Sample[]) => ({
    ...{ name: `earshot_ladder_${name}`, kind: 'gauge' as const, help },
    value,
  });
  return exposition([
    gauge(
      'level',
      'Level of the ladder in force at this door, by room; rooms on level 0 (full service) are left out',
      levels.map(([room, , level]) => [{ room }, level]),
    ),
    gauge(
      'wish_level',
      'Level that this door asks for from its own signals, by room',
      levels.map(([room, wish]) => [{ room }, wish]),
    ),
    {
      name: 'earshot_ladder_steps_total',
      kind: 'counter',
      help: 'Changes of level at this door, by direction (up: something was given up) and cause',
      value: [...steps].map(([key, count]): Sample => {
        const [direction = '', why = ''] = key.split(' ');
        return [{ direction, why }, count];
      }),
    },
    gauge('wait_seconds', 'How late sound was written in the last second, p99', (last?.wait ?? 0) / 1000),
    gauge(
      'loop_seconds',
      'How late the event loop of this door was in the last second, p99',
      (last?.loop ?? 0) / 1000,
    ),
    gauge(
      'unsent_ratio',
      'Share of connections with bytes that they have not read',
      last ? unsentShare(last) : 0,
    ),
    gauge('egress_bytes_per_second', 'Bytes sent in the last second', last?.egress ?? 0),
    gauge(
      'egress_limit_bytes_per_second',
      'Bytes per second that may leave this door, as configured or learned; absent while there is no limit',
      ladder.egressLimit,
    ),
  ]);
}
