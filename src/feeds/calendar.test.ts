import { expect, test } from 'vitest';
import { readCalendar } from '../../test/foreign/feed-readers.ts';
import { type CalendarEvent, calendar } from './calendar.ts';

const NOW = Date.UTC(2026, 11, 1);
const event = (more: Partial<CalendarEvent> = {}): CalendarEvent => ({
  ...{ uid: '0195@earshot', sequence: 0, created: NOW, modified: NOW, start: NOW, title: 'Town hall' },
  ...{ url: 'https://x.example/r/hall', hosts: ['Ana'] },
  ...more,
});
const named = { name: 'Rooms of Ana', about: 'x', url: 'https://x.example/@ana', uid: '1' };
const NAMED = { ...named, source: 'https://x.example/@ana/rooms.ics' };

test('an empty calendar is one, and has its name', () => {
  const { calendar: read, events } = readCalendar(calendar([], NAMED));
  expect(events).toEqual([]);
  expect(read.getFirstPropertyValue('name')).toBe(named.name);
  expect(read.getFirstPropertyValue('x-wr-calname')).toBe(named.name);
});

test.each([
  // Both sides of each change of clocks in Paris and New York, and the hour that is there twice.
  ...['2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
  ...['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-11-01T05:30:00Z', '2026-11-01T06:30:00Z'],
])('%s is that instant for a program of others, whatever its zone', (at) => {
  const [read] = readCalendar(calendar([event({ start: Date.parse(at) })])).events;
  expect(read?.startDate.toJSDate().toISOString()).toBe(new Date(at).toISOString());
  expect((read?.endDate.toJSDate().getTime() ?? 0) - Date.parse(at)).toBe(3_600_000);
});

test.each([
  ['control characters', 'a\u0000b\u0008\u001f\u007fc', 'abc'],
  ['half a character', 'a\ud83d b', 'a\ufffd b'],
  ['line ends', 'a\r\nb\rc\nd', 'a\nb\nc\nd'],
  ['its own signs', 'a\\n;b,c:"d"^n\\;', 'a\\n;b,c:"d"^n\\;'],
  ['emoji', '👩‍👩‍👧‍👦'.repeat(50), '👩‍👩‍👧‍👦'.repeat(50)],
  ['another direction', 'שלום \u202eabc', 'שלום \u202eabc'],
  ['ten thousand letters', '语'.repeat(10_000), '语'.repeat(10_000)],
])('a title of %s is read back as it was', (_, title, wanted) => {
  const text = calendar([
    event({ title, hosts: [title], about: title, late: title }),
    event({ title, cancelled: title }),
  ]);
  const { events } = readCalendar(text);
  expect(events.map(({ summary }) => summary)).toEqual([wanted, wanted]);
  // ical.js reads `\\n` in a parameter as a line end, which RFC 6868 does not.
  if (!wanted.includes('\\'))
    expect(events[0]?.component.getFirstProperty('organizer')?.getParameter('cn')).toBe(wanted);
  expect(events[1]?.component.getFirstPropertyValue('comment')).toBe(wanted);
  expect(events[0]?.description).toBe(`${wanted}\n${wanted}\nListen at https://x.example/r/hall`);
});
