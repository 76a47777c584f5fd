import {
  type Evening,
  type EveningEvent,
  type EveningJoins,
  type EveningPoint,
  MAX_EVENTS,
  MAX_POINTS,
} from '../wire/evening.ts';
import type { EvidenceEntry, HappeningEntry, MinuteEntry } from '../wire/evidence-entry.ts';
import { SLOT_S } from '../wire/session-record.ts';

/** Steps that people can read on an axis, in seconds. */
const STEPS = [SLOT_S, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 86_400] as const;

/** The joins since the entry before: entries hold totals. */
function joinsOf(before: MinuteEntry | undefined, now: MinuteEntry): EveningJoins | undefined {
  const grown = (id: 'join_attempts' | 'join_success'): number =>
    Math.max(0, (now.total[id]?.net ?? 0) - (before?.total[id]?.net ?? 0));
  const failures: Record<string, number> = {};
  for (const [reason, total] of Object.entries(now.failures ?? {})) {
    const more = total - (before?.failures?.[reason as keyof MinuteEntry['failures']] ?? 0);
    if (more > 0) failures[reason] = more;
  }
  const [attempts, successes] = [grown('join_attempts'), grown('join_success')];
  if (attempts === 0 && successes === 0 && Object.keys(failures).length === 0) return undefined;
  return { at: now.minute * 60, attempts, successes, failures };
}

/** Points of the same step as one: the largest of each count, so that no peak is lost. */
function pooled(points: readonly EveningPoint[], step: number): EveningPoint[] {
  const out: EveningPoint[] = [];
  for (const [at, ...counts] of points) {
    const start = at - (at % step);
    const last = out.at(-1);
    if (last?.[0] === start)
      out[out.length - 1] = [start, ...counts.map((n, i) => Math.max(n, last[i + 1] ?? 0))] as never;
    else out.push([start, ...counts] as never);
  }
  return out;
}

const pooledJoins = (joins: readonly EveningJoins[], step: number): EveningJoins[] => {
  const by = new Map<number, EveningJoins>();
  for (const one of joins) {
    const at = one.at - (one.at % Math.max(60, step));
    const sum = by.get(at) ?? { at, attempts: 0, successes: 0, failures: {} };
    const failures: Record<string, number> = { ...sum.failures };
    for (const [reason, n] of Object.entries(one.failures)) failures[reason] = (failures[reason] ?? 0) + n;
    by.set(at, {
      at,
      attempts: sum.attempts + one.attempts,
      successes: sum.successes + one.successes,
      failures,
    });
  }
  return [...by.values()];
};

/** One entry of a room with its index in the log. */
export interface IndexedEntry {
  readonly index: number;
  readonly entry: EvidenceEntry;
}

/** The picture of a room's evening from its entries, in the order of the log. Memory grows with the minutes given. */
export function eveningOf(room: string, at: number, entries: Iterable<IndexedEntry>): Evening {
  const points: EveningPoint[] = [];
  const joins: EveningJoins[] = [];
  const events: EveningEvent[] = [];
  let before: MinuteEntry | undefined;
  for (const { index, entry } of entries) {
    if (entry.kind === 'minute') {
      points.push(...entry.samples);
      const joined = joinsOf(before, entry);
      if (joined) joins.push(joined);
      before = entry;
    } else if (entry.kind === 'happening') events.push(eventOf(entry, index));
  }
  const first = points[0]?.[0] ?? 0;
  const span = (points.at(-1)?.[0] ?? first) - first;
  const step = STEPS.find((each) => span / each < MAX_POINTS) ?? STEPS[STEPS.length - 1] ?? SLOT_S;
  return {
    ...{ v: 1, room, at, step },
    points: step === SLOT_S ? points : pooled(points, step),
    joins: pooledJoins(joins, step),
    events: fewer(events),
  };
}

const eventOf = ({ at, what, detail }: HappeningEntry, entry: number): EveningEvent => ({
  at: Math.floor(at / 1000),
  what,
  ...(detail === undefined ? {} : { detail }),
  entry,
});

/** The clocks and notes stay; of the rest the first ones. */
function fewer(events: readonly EveningEvent[]): EveningEvent[] {
  if (events.length <= MAX_EVENTS) return [...events];
  const kept = (one: EveningEvent): boolean => one.what !== 'rung' && one.what !== 'dead-air';
  let room = Math.max(0, MAX_EVENTS - events.filter(kept).length);
  return events.filter((one) => kept(one) || room-- > 0).slice(0, MAX_EVENTS);
}
