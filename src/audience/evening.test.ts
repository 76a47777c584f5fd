import { expect, test } from 'vitest';
import { FIRST_MINUTE, minuteEntry } from '../../test/minute-entry.ts';
import { MAX_EVENTS, MAX_POINTS } from '../wire/evening.ts';
import type { EvidenceEntry, MinuteEntry } from '../wire/evidence-entry.ts';
import { eveningOf, type LoggedItem } from './evening.ts';

const START = FIRST_MINUTE;
/** A minute with so many joins so far, and so many that failed. */
const minute = (n: number, m: number, joins = 0, failed = 0): MinuteEntry =>
  minuteEntry(n, m, {
    total: {
      join_attempts: { net: joins, gross: joins, method: 'counted' },
      join_success: { net: joins - failed, gross: joins - failed, method: 'counted' },
    },
    failures: { network: failed },
  });
const indexed = (list: readonly EvidenceEntry[]): LoggedItem[] =>
  list.map((entry, index) => ({ index: index + 7, entry }));

test('an evening has each sample, and the joins that each minute added', () => {
  const evening = eveningOf(
    'hall',
    5,
    indexed([minute(0, 10, 4, 1), minute(1, 20, 9, 3), minute(2, 20, 9, 3)]),
  );
  expect(evening.step).toBe(10);
  expect(evening.points).toHaveLength(18);
  expect(evening.points[0]).toEqual([START * 60 + 10, 12, 11, 10, 13]);
  expect(evening.joins).toEqual([
    { at: START * 60, attempts: 4, successes: 3, failures: { few: 1 } },
    { at: (START + 1) * 60, attempts: 5, successes: 3, failures: { few: 2 } },
  ]);
});

test('a month fits the picture and keeps its peak', () => {
  const minutes = Array.from({ length: 30 * 24 * 60 }, (_, n) => minute(n, n === 20_001 ? 999 : 5));
  const evening = eveningOf('hall', 5, indexed(minutes));
  expect(evening.points.length).toBeLessThanOrEqual(MAX_POINTS);
  expect(Math.max(...evening.points.map(([, , , m]) => m))).toBe(999);
});

test('too many changes of a level leave the clocks and the notes', () => {
  const what = ['rung', 'rung', 'note', 'opened'] as const;
  const entries = Array.from(
    { length: 4_000 },
    (_, n): EvidenceEntry => ({
      ...{ v: 1, kind: 'happening', room: 'hall', seq: n + 1, previous: '', at: n * 1000 },
      what: n < 100 ? (what[n % 4] ?? 'rung') : 'rung',
    }),
  );
  const { events } = eveningOf('hall', 5, indexed(entries));
  expect(events).toHaveLength(MAX_EVENTS);
  expect(events.filter((one) => one.what === 'note')).toHaveLength(25);
  expect(events[0]).toEqual({ at: 0, what: 'rung', entry: 7 });
});
