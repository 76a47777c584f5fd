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

const DAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'] as const;

/** The rule of changes that come once a year: on the same weekday of a month, counted from its beginning or as its last. */
function ruleOf(changes: readonly ClockChange[]): string | undefined {
  // The clock on the wall when they are changed: rules are kept in it.
  const shown = changes.map(({ at, from }) => new Date(at + from));
  const [first] = shown;
  if (!first) return undefined;
  const key = (one: Date): string =>
    `${one.getUTCMonth()} ${one.getUTCDay()} ${one.toISOString().slice(11, 19)}`;
  const offsets = ({ from, to }: ClockChange): string => `${from} ${to}`;
  const isSame =
    shown.every((one) => key(one) === key(first)) &&
    new Set(changes.map(offsets)).size === 1 &&
    shown.every((one, n) => one.getUTCFullYear() === first.getUTCFullYear() + n);
  if (!isSame) return undefined;
  const week = (one: Date): number => Math.ceil(one.getUTCDate() / 7);
  const isLast = (one: Date): boolean =>
    new Date(one.getTime() + 7 * 86_400_000).getUTCMonth() !== one.getUTCMonth();
  const nth = shown.every(isLast) ? -1 : shown.every((one) => week(one) === week(first)) ? week(first) : 0;
  if (nth === 0) return undefined;
  return `RRULE:FREQ=YEARLY;BYMONTH=${first.getUTCMonth() + 1};BYDAY=${nth}${DAYS[first.getUTCDay()]}`;
}

/**
 * The two rules by which clocks change in each of some years; undefined where they do otherwise. It is the form that all
 * programs read: some take dates alone for something else.
 */
function rulesOf(changes: readonly ClockChange[], years: number): string[][] | undefined {
  if (changes.length !== 2 * years) return undefined;
  const halves = [0, 1].map((half) => changes.filter((_, n) => n % 2 === half));
  const rules = halves.map(ruleOf);
  if (rules.includes(undefined)) return undefined;
  return halves.map(([first], n) => (first ? observed(first, rules[n]) : []));
}

/** What clocks show from one change on; what is ahead is daylight. */
function observed({ at, from, to }: ClockChange, rule?: string): string[] {
  const kind = to > from ? 'DAYLIGHT' : 'STANDARD';
  return [
    `BEGIN:${kind}`,
    // The time that clocks showed when they were changed.
    `DTSTART:${new Date(at + from).toISOString().slice(0, 19).replace(/[-:]/g, '')}`,
    ...(rule === undefined ? [] : [rule]),
    `TZOFFSETFROM:${offsetText(from)}`,
    `TZOFFSETTO:${offsetText(to)}`,
    `END:${kind}`,
  ];
}

/**
 * A zone as calendars know it, from a year before the first instant to a year after the last: by the two rules of these years,
 * or, where there are none, by what it was at the beginning and each change of clocks since with its own date, so that nothing is
 * said of years that nobody has decided yet. Spec: RFC 5545, 3.6.5.
 */
export function zoneLines(zone: string, first: number, last: number): readonly string[] {
  const [from, until] = [new Date(first).getUTCFullYear() - 1, new Date(last).getUTCFullYear() + 2];
  const key = `${zone} ${from} ${until}`;
  const known = kept.get(key);
  if (known) return known;
  const begin = Date.UTC(from, 0, 1);
  const changes = changesBetween(zone, begin, Date.UTC(until, 0, 1));
  const initial = offsetAt(zone, begin);
  const dated = (): string[][] => [
    observed({ at: -initial, from: initial, to: initial }),
    ...changes.map((change) => observed(change)),
  ];
  const lines = [
    'BEGIN:VTIMEZONE',
    `TZID:${zone}`,
    // By what programs from before know zones again.
    `X-LIC-LOCATION:${zone}`,
    ...(rulesOf(changes, until - from) ?? dated()).flat(),
    'END:VTIMEZONE',
  ];
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, lines);
  return lines;
}
