import type { AnswerGroup } from '../../wire/figures/door-answers.ts';

/** What doors answered in one minute, of one group. */
export interface MinuteAnswers {
  readonly asked: number;
  readonly failed: number;
  readonly refused: number;
  /** How long answers took, by class of `wire/figures/door-answers.ts`; absent when none was timed. */
  readonly times?: readonly number[];
}

/** One minute of the server, whether or not anything was wrong in it. What was not measured is absent, never 0. */
export interface IncidentMinute {
  /** Wall-clock ms of its beginning. */
  readonly at: number;
  /** By what people wanted; absent: no door has told of this minute. */
  readonly groups?: Readonly<Partial<Record<AnswerGroup, MinuteAnswers>>>;
  /** Counted listeners at its end, and joins that players told of; absent while nothing is known of any room. */
  readonly listeners?: number;
  readonly attempts?: number;
  readonly failures?: number;
  /** From the press on Listen to the first sound, as players told it, by class. */
  readonly sound?: readonly number[];
  /** Streams that were cut by a fault of the server. */
  readonly cut?: number;
  /** Bytes of sound in the minute, and connections at its end. */
  readonly bytes?: number;
  readonly connections?: number;
  /** Most that fits: connections; bytes in a minute, where that is configured or learned. */
  readonly mostConnections?: number;
  readonly mostBytes?: number;
  /** The highest rung that a room was on. */
  readonly rung: number;
}

/** TimePercentiles of some times: how many there are, and the upper end of the class in which each lies, ms. */
export interface TimePercentiles {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Adds times by class to others. */
export function addClasses(sum: number[], more: readonly number[]): void {
  for (const [at, count] of more.entries()) sum[at] = (sum[at] ?? 0) + count;
}

/** TimePercentiles of times by class. Undefined without any. */
export function percentilesOf(classes: readonly number[]): TimePercentiles | undefined {
  const n = classes.reduce((sum, count) => sum + count, 0);
  if (n === 0) return undefined;
  const at = (share: number): number => {
    let seen = 0;
    for (const [index, count] of classes.entries()) {
      seen += count;
      if (seen >= share * n) return 2 ** index;
    }
    return 2 ** (classes.length - 1);
  };
  return { n, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
