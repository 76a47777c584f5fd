import { expect, test } from 'vitest';
import { RoomLocks } from './room-locks.ts';

function rig(): { locks: RoomLocks; closed(card?: object): readonly string[] } {
  let now: object = {};
  const locks = new RoomLocks(() => now);
  return {
    locks,
    closed(card = now) {
      now = card;
      return locks.closed(['hall']);
    },
  };
}

test('who listens is sent to the door when a room becomes private, and at each withdrawal of its keys', () => {
  const { closed } = rig();
  expect(closed({})).toEqual([]);
  expect(closed({ access: 'unlisted' })).toEqual([]);
  expect(closed({ access: 'private', lock: 'a' })).toEqual(['hall']);
  expect(closed({ access: 'private', lock: 'a' })).toEqual([]);
  expect(closed({ access: 'private', lock: 'b' })).toEqual(['hall']);
  expect(closed({ lock: 'b' })).toEqual([]);
});

test('who came less than a second before a withdrawal is sent to the door as well', () => {
  const { locks, closed } = rig();
  // Nobody was there when it was looked at last.
  locks.joined('hall', 'a');
  // Whoever comes after the withdrawal does not hide who came before.
  locks.joined('hall', 'b');
  expect(closed({ access: 'private', lock: 'b' })).toEqual(['hall']);
  expect(closed()).toEqual([]);
});
