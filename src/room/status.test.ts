import { expect, test } from 'vitest';
import type { RoomStatus } from '../wire/room.ts';
import { ACTIONS, step } from './status.ts';

const STATUSES: readonly RoomStatus[] = ['scheduled', 'open', 'live', 'ended', 'cancelled'];

// The whole machine: rows are what the room is, columns what the host does.
const TABLE = `
             open         live         standby      end          cancel
scheduled    open         live         wrong-moment wrong-moment cancelled
open         open         live         open         ended        cancelled
live         wrong-moment live         open         ended        wrong-moment
ended        room-ended   room-ended   room-ended   ended        room-ended
cancelled    room-ended   room-ended   room-ended   room-ended   cancelled
`;

const [head = '', ...rows] = TABLE.trim().split('\n');
const cases = rows.flatMap((row) => {
  const [status, ...results] = row.split(/\s+/);
  return head
    .trim()
    .split(/\s+/)
    .map((action, i) => [status, action, results[i]] as const);
});

test.each(cases)('%s, then %s: %s', (status, action, result) => {
  expect(step(status as RoomStatus, action as (typeof ACTIONS)[number])).toBe(result);
});

test('the table names every status and action', () => {
  expect(new Set(cases.map((c) => c[0]))).toEqual(new Set(STATUSES));
  expect(new Set(cases.map((c) => c[1]))).toEqual(new Set(ACTIONS));
});
