import type { Evening } from '../../src/wire/evening.ts';

/** What is known of one minute, or of a longer step of the picture. */
export interface MinuteCount {
  /** Seconds since 1970. */
  readonly at: number;
  /** The fewest and the most that both sides proved at once. */
  readonly low: number;
  readonly high: number;
  /** The most that had the sound by the server's count. */
  readonly served: number;
  readonly attempts: number;
  readonly failed: number;
}

const MINUTE = 60;

/** The counts of the minute that begins at `at` (seconds since 1970); undefined where nobody was counted. */
export function countsOf({ points, joins, step }: Evening, at: number): MinuteCount | undefined {
  const each = Math.max(MINUTE, step);
  const start = at - (at % each);
  const inside = points.filter(([time]) => time >= start && time < start + each);
  if (inside.length === 0) return undefined;
  const proven = inside.map(([, , , m]) => m);
  const joined = joins.filter((one) => one.at >= start && one.at < start + each);
  return {
    at: start,
    low: Math.min(...proven),
    high: Math.max(...proven),
    served: Math.max(...inside.map(([, s]) => s)),
    attempts: joined.reduce((sum, one) => sum + one.attempts, 0),
    failed: joined.reduce((sum, { failures }) => sum + Object.values(failures).reduce((a, b) => a + b, 0), 0),
  };
}
