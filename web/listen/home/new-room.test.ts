import { expect, test } from 'vitest';
import { bodyOf, type RoomWish } from './new-room.ts';

const WISH: RoomWish = {
  ...{
    title: 'Hall',
    host: '',
    start: undefined,
    zone: 'Asia/Tokyo',
    access: 'public',
    password: '',
    draft: false,
  },
};

test('what the form leaves as it is, the request does not name', () => {
  expect(bodyOf(WISH)).toEqual({ title: 'Hall', zone: 'Asia/Tokyo' });
  expect(bodyOf({ ...WISH, host: 'Ana', start: 0, access: 'unlisted', draft: true })).toEqual({
    ...{
      title: 'Hall',
      host: 'Ana',
      start: '1970-01-01T00:00:00.000Z',
      zone: 'Asia/Tokyo',
      access: 'unlisted',
      draft: true,
    },
  });
});

test('a password goes with a private room only, also when it was typed before another choice', () => {
  const typed = { ...WISH, password: 'correct horse' };
  expect(bodyOf({ ...typed, access: 'private' })).toEqual({
    ...{ title: 'Hall', zone: 'Asia/Tokyo', access: 'private', password: 'correct horse' },
  });
  expect(bodyOf({ ...typed, access: 'unlisted' })).toEqual({
    title: 'Hall',
    zone: 'Asia/Tokyo',
    access: 'unlisted',
  });
  expect(bodyOf({ ...WISH, access: 'private' })).toEqual({
    title: 'Hall',
    zone: 'Asia/Tokyo',
    access: 'private',
  });
});
