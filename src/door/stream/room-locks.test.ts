import { expect, test } from 'vitest';
import { RoomLocks } from './room-locks.ts';

test('who listens is sent to the door when a room becomes private, and at each withdrawal of its keys', () => {
  const locks = new RoomLocks();
  const closed = (card: object): readonly string[] => locks.closed(['hall'], () => card);
  expect(closed({})).toEqual([]);
  expect(closed({ access: 'unlisted' })).toEqual([]);
  expect(closed({ access: 'private', lock: 'a' })).toEqual(['hall']);
  expect(closed({ access: 'private', lock: 'a' })).toEqual([]);
  expect(closed({ access: 'private', lock: 'b' })).toEqual(['hall']);
  expect(closed({ lock: 'b' })).toEqual([]);
});
