import { expect, test } from 'vitest';
import { localTime, roomDetails, roomTable } from './room-table.ts';

const at = new Date(2026, 11, 1, 20, 5).getTime();

test('rooms stand in columns with their times and listeners', () => {
  const text = roomTable([
    { slug: 'town-hall', title: 'Town hall', status: 'live', clocks: { opened: at }, streams: 1204 },
    { slug: 'x', title: 'A long one to come', status: 'scheduled', clocks: { scheduled: at + 3_600_000 } },
  ]);
  expect(text.split('\n').slice(0, 3)).toEqual([
    'STATUS     WHEN              LISTENING  ADDRESS    TITLE',
    'live       2026-12-01 20:05       1204  town-hall  Town hall',
    'scheduled  2026-12-01 21:05             x          A long one to come',
  ]);
  expect(roomTable([])).toContain('earshot room create');
});

test('one room shows what is known, and no empty lines', () => {
  expect(localTime(at)).toBe('2026-12-01 20:05');
  const text = roomDetails({
    slug: 'x',
    title: 'Talk',
    status: 'open',
    clocks: { opened: at },
    url: 'http://h/r/x',
  });
  expect(text).toBe('Talk\n  status   open\n  opened   2026-12-01 20:05\n  listen   http://h/r/x');
});
