/** A reason that stands for fewer is not told alone, on pages and in exported tables. */
export const LEAST_ALONE = 20;

/** Counts by reason in which those below `LEAST_ALONE` stand together. */
export interface TogetherCounts {
  /** Those that are told alone, in the order given. */
  readonly alone: readonly (readonly [reason: string, count: number])[];
  /** Reasons of the rest, and their sum; undefined when there are none. */
  readonly few: { readonly reasons: readonly string[]; readonly count: number } | undefined;
}

/** Puts small counts together; counts of 0 are left out. */
export function togetherIfFew(counts: Iterable<readonly [reason: string, count: number]>): TogetherCounts {
  const some = [...counts].filter(([, count]) => count > 0);
  const few = some.filter(([, count]) => count < LEAST_ALONE);
  return {
    alone: some.filter(([, count]) => count >= LEAST_ALONE),
    few:
      few.length === 0
        ? undefined
        : { reasons: few.map(([reason]) => reason), count: few.reduce((sum, [, count]) => sum + count, 0) },
  };
}
