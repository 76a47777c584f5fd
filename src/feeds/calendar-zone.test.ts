import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../test/foreign/feed-readers.ts';
import { allZones, offsetAt } from '../wire/zones/time-zone.ts';
import { calendar } from './calendar.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const event = (start: number, zone: string | undefined) => ({
  ...{ uid: `${start}@earshot`, sequence: 0, created: start, modified: start, start, zone, title: 'Talk' },
  ...{ url: 'https://x.example/r/talk', hosts: ['Ana'] },
});
const written = (zone: string | undefined, ...starts: readonly number[]): string =>
  calendar(starts.map((start) => event(start, zone)));
/** The starts and ends as a program of others reads them. */
const readBack = (text: string): { starts: number[]; ends: number[] } => {
  const { events } = readCalendar(text);
  return {
    starts: events.map(({ startDate }) => startDate.toJSDate().getTime()),
    ends: events.map(({ endDate }) => endDate.toJSDate().getTime()),
  };
};
/** Each second at which a zone's clocks change in a time, found by looking at each half day. */
function changes(zone: string, from: number, until: number): number[] {
  const found: number[] = [];
  for (let at = from; at < until; at += DAY / 2) {
    if (offsetAt(zone, at) === offsetAt(zone, at + DAY / 2)) continue;
    let second = at;
    while (offsetAt(zone, second) === offsetAt(zone, at)) second += 60_000;
    found.push(second);
  }
  return found;
}

test.each([
  // Both sides of each change, and the hour that is there twice: in UTC while clocks change, else in the zone.
  ['Europe/Paris', '2026-03-28T23:30:00Z', ';TZID=Europe/Paris:20260329T003000'],
  ['Europe/Paris', '2026-03-29T00:59:59Z', ':20260329T005959Z'],
  ['Europe/Paris', '2026-03-29T01:00:00Z', ';TZID=Europe/Paris:20260329T030000'],
  ['Europe/Paris', '2026-10-25T00:30:00Z', ':20261025T003000Z'],
  ['Europe/Paris', '2026-10-25T01:30:00Z', ':20261025T013000Z'],
  ['America/New_York', '2026-03-08T06:59:59Z', ':20260308T065959Z'],
  ['America/New_York', '2026-03-08T07:00:00Z', ';TZID=America/New_York:20260308T030000'],
  ['America/New_York', '2026-11-01T05:30:00Z', ':20261101T053000Z'],
  ['America/New_York', '2026-11-01T06:30:00Z', ':20261101T063000Z'],
  // The other half of the world, half an hour, none at all, and clocks that go back in Ramadan.
  ['Australia/Sydney', '2026-12-01T09:00:00Z', ';TZID=Australia/Sydney:20261201T200000'],
  ['Australia/Lord_Howe', '2026-04-04T14:45:00Z', ':20260404T144500Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:15:00Z', ':20260404T151500Z'],
  ['Asia/Kolkata', '2026-12-01T14:30:00Z', ';TZID=Asia/Kolkata:20261201T200000'],
  ['Africa/Casablanca', '2026-02-27T19:00:00Z', ';TZID=Africa/Casablanca:20260227T190000'],
  ['Africa/Casablanca', '2026-05-20T19:00:00Z', ';TZID=Africa/Casablanca:20260520T200000'],
  ['UTC', '2026-12-01T19:00:00Z', ':20261201T190000Z'],
  [undefined, '2026-12-01T19:00:00Z', ':20261201T190000Z'],
])('in %s, %s is written %s, and read as that instant', (zone, at, line) => {
  const text = written(zone, Date.parse(at));
  expect(text).toContain(`\r\nDTSTART${line}\r\n`);
  const { starts, ends } = readBack(text);
  expect(starts.map((one) => new Date(one).toISOString().replace('.000', ''))).toEqual([at]);
  expect((ends[0] ?? 0) - (starts[0] ?? 0)).toBe(HOUR);
});

test('a calendar describes each of its zones once, and none that it does not use', () => {
  const at = Date.UTC(2026, 11, 1);
  const of = (...zones: readonly (string | undefined)[]): string[] =>
    [...calendar(zones.map((zone, n) => event(at + n * 400 * DAY, zone))).matchAll(/\r\nTZID:(.*)\r\n/g)].map(
      ([, zone = '']) => zone,
    );
  expect(of(undefined, 'UTC')).toEqual([]);
  expect(of('Europe/Paris', 'Asia/Tokyo', undefined, 'Europe/Paris')).toEqual(['Europe/Paris', 'Asia/Tokyo']);
});

test.each([
  // Outlook was an hour off without a description, with dates alone, and with a summer that nobody has any more.
  ['Europe/Berlin', ['RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU']],
  ['America/New_York', ['RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU']],
  ['Australia/Sydney', ['RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=1SU']],
  ['America/Sao_Paulo', []],
  ['Asia/Kolkata', []],
])('%s is described by the rules of its years, and has no summer where there is none', (zone, rules) => {
  const text = written(zone, Date.UTC(2026, 5, 1));
  expect(text.match(/RRULE:[^\r]*/g) ?? []).toEqual(rules);
  expect(text.match(/BEGIN:DAYLIGHT/g)?.length ?? 0).toBe(rules.length / 2);
  expect(text.match(/BEGIN:STANDARD/g)).toHaveLength(1);
  expect(text).not.toContain('RDATE');
});

test('events of one zone that are years apart are all read as their instants', () => {
  const starts = [2019, 2022, 2026, 2027].flatMap((year) => [
    Date.UTC(year, 0, 9, 19),
    Date.UTC(year, 6, 9, 19),
  ]);
  expect(readBack(written('America/Sao_Paulo', ...starts)).starts).toEqual(starts);
});

describe('every zone of this platform', () => {
  // Within the years in which a room can be announced today; a prime of minutes, so that all hours come.
  const from = Date.UTC(2026, 0, 1);
  const until = Date.UTC(2028, 0, 1);
  const regular = Array.from({ length: 13 }, (_, n) => from + n * 80_021 * 60_000).filter((at) => at < until);

  test.each(allZones())('%s: what is written is read as the same instant', (zone) => {
    const around = changes(zone, from, until).flatMap((at) =>
      [-HOUR, -1_000, 0, 30 * 60_000, HOUR].map((off) => at + off),
    );
    const starts = [...regular, ...around];
    const read = readBack(written(zone, ...starts));
    expect(read.starts).toEqual(starts);
    expect(read.ends.map((end, n) => end - (starts[n] ?? 0))).toEqual(starts.map(() => HOUR));
  });
});
