import type { MinuteEntry } from '../src/wire/evidence-entry.ts';

/** The first minute of the evenings of these tests, in minutes since 1970. */
export const FIRST_MINUTE = 29_940_000;

/**
 * An entry of the room `hall`: minute `n` of its evening, with six samples in which `m` listened (the server counted
 * two more, the players one more). `more` replaces or adds fields.
 */
export const minuteEntry = (n: number, m: number, more: Partial<MinuteEntry> = {}): MinuteEntry => ({
  ...{ v: 1, kind: 'minute', room: 'hall', seq: n + 1, previous: '' },
  ...{ minute: FIRST_MINUTE + n, status: 'reconciled' },
  samples: Array.from(
    { length: 6 },
    (_, i) => [(FIRST_MINUTE + n) * 60 + 10 * (i + 1), m + 2, m + 1, m, m + 3] as const,
  ),
  total: {},
  ...{ seconds: { stage: 0, standby: 0 }, excluded: {}, sampling: 1_000_000, definitions: 'x' },
  ...more,
});
