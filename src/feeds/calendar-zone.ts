import { offsetAt, wallClock } from '../wire/zones/time-zone.ts';

/** Nowhere do clocks change twice within it and back, so that looking so often finds each change. */
const STEP_MS = 7 * 86_400_000;
/** Texts that are kept; there are some for each zone and year. */
const MOST_KEPT = 1_000;
const kept = new Map<string, readonly string[]>();

/** A change of clocks. */
interface ClockChange {
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

/** Each change of clocks between two instants. */
function changesBetween(zone: string, from: number, until: number): ClockChange[] {
  const found: ClockChange[] = [];
  for (let start = from; start < until; start += STEP_MS) {
    const [before, after] = [offsetAt(zone, start), offsetAt(zone, start + STEP_MS)];
    if (before === after) continue;
    let [low, high] = [start, start + STEP_MS];
    while (high - low > 1_000) {
      const middle = Math.floor((low + high) / 2_000) * 1_000;
      if (offsetAt(zone, middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, from: before, to: after });
  }
  return found;
}

/** `+0530`; seconds where a zone has some. Spec: RFC 5545, 3.3.14. */
function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1_000;
  const two = (value: number): string => `${Math.floor(value)}`.padStart(2, '0');
  const rest = seconds % 60 === 0 ? '' : two(seconds % 60);
  return `${offset < 0 ? '-' : '+'}${two(seconds / 3_600)}${two((seconds / 60) % 60)}${rest}`;
}

/** What clocks show, as calendars write it. */
export const localStamp = (zone: string, at: number): string => wallClock(zone, at).replace(/[-:]/g, '');

/**
 * A zone as calendars know it, from a year before the first instant to a year after the last: what it was at the beginning, and
 * each change of clocks since, with its own date, so that nothing is said of years that nobody has decided yet. What is ahead of the
 * least in that time is daylight. Spec: RFC 5545, 3.6.5.
 */
export function zoneLines(zone: string, first: number, last: number): readonly string[] {
  const [from, until] = [new Date(first).getUTCFullYear() - 1, new Date(last).getUTCFullYear() + 2];
  const key = `${zone} ${from} ${until}`;
  const known = kept.get(key);
  if (known) return known;
  const begin = Date.UTC(from, 0, 1);
  const changes = changesBetween(zone, begin, Date.UTC(until, 0, 1));
  const initial = offsetAt(zone, begin);
  const least = Math.min(initial, ...changes.map(({ to }) => to));
  const observed = (start: string, before: number, after: number): string[] => {
    const kind = after > least ? 'DAYLIGHT' : 'STANDARD';
    return [
      `BEGIN:${kind}`,
      `DTSTART:${start}`,
      `TZOFFSETFROM:${offsetText(before)}`,
      `TZOFFSETTO:${offsetText(after)}`,
      `END:${kind}`,
    ];
  };
  const lines = [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    // By what programs from before know zones again.
    `X-LIC-LOCATION:${zone}`,
    ...observed('19700101T000000', initial, initial),
    // The time that clocks showed when they were changed.
    ...changes.flatMap(({ at, from: before, to }) =>
      observed(new Date(at + before).toISOString().slice(0, 19).replace(/[-:]/g, ''), before, to),
    ),
    'END:VTIMEZONE',
  ];
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, lines);
  return lines;
}
