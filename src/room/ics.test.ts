import { expect, test } from 'vitest';
import { epochMs } from '../base/time.ts';
import type { RoomCard } from '../wire/room.ts';
import { ics } from './index.ts';

const start = Date.UTC(2026, 11, 1, 19, 0);
const card: RoomCard = {
  slug: 'town-hall',
  title: 'Town hall; budget, schools\\roads',
  hosts: [],
  status: 'scheduled',
  clocks: { scheduled: start },
};
const at = epochMs(Date.UTC(2026, 10, 1));

test('a calendar entry says when, what and where, in UTC and escaped', () => {
  const text = ics(card, 'https://rooms.example.org', at);
  expect(text.endsWith('END:VCALENDAR\r\n')).toBe(true);
  expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  expect(text).toContain('\r\nDTSTART:20261201T190000Z\r\n');
  expect(text).toContain('\r\nDTSTAMP:20261101T000000Z\r\n');
  expect(text).toContain('\r\nSUMMARY:Town hall\\; budget\\, schools\\\\roads\r\n');
  expect(text).toContain('\r\nURL:https://rooms.example.org/r/town-hall\r\n');
  expect(text).toContain('\r\nUID:town-hall@rooms.example.org\r\n');
  expect(text).toContain('\r\nSTATUS:CONFIRMED\r\n');
});

test('a cancelled room cancels its entry', () => {
  expect(ics({ ...card, status: 'cancelled' }, 'http://x', at)).toContain('STATUS:CANCELLED');
});

test('long lines are folded at 75 octets without cutting a character, and unfold to what they were', () => {
  const title = '语'.repeat(100);
  const lines = ics({ ...card, title }, 'http://x', at).split('\r\n');
  expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(75);
  expect(lines.join('\r\n').replaceAll('\r\n ', '')).toContain(`SUMMARY:${title}\r\n`);
});
