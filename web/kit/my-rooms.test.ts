import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetRoom, type MyRoom, myRooms, rememberRoom } from './my-rooms.ts';

const store = new Map<string, string>();
beforeEach(() => {
  store.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => void store.set(key, value),
  });
});
afterEach(() => void vi.unstubAllGlobals());

const room = (slug: string, more: Partial<MyRoom> = {}): MyRoom => ({
  slug,
  title: slug,
  link: `https://x/r/${slug}/studio#token=t`,
  role: 'host',
  ...more,
});

test('the room used last comes first, once for each role in it', () => {
  rememberRoom(room('a'));
  rememberRoom(room('b', { start: 5 }));
  rememberRoom(room('a', { title: 'A', link: 'https://x/new' }));
  rememberRoom(room('a', { role: 'speaker' }));
  expect(myRooms().map((it) => [it.slug, it.role, it.title])).toEqual([
    ['a', 'speaker', 'a'],
    ['a', 'host', 'A'],
    ['b', 'host', 'b'],
  ]);
  forgetRoom('a', 'https://x/new');
  expect(myRooms().map((it) => it.role)).toEqual(['speaker', 'host']);
  forgetRoom('a');
  expect(myRooms().map((it) => it.slug)).toEqual(['b']);
});

test('a broken list of rooms counts as empty, and the list does not grow for ever', () => {
  for (const text of [
    '',
    '{',
    '{}',
    '[1,null,{"slug":"a"}]',
    JSON.stringify([room('a', { link: 'javascript:1' })]),
    JSON.stringify([room('a', { link: 'https://' })]),
  ]) {
    store.set('earshot-rooms', text);
    expect(myRooms()).toEqual([]);
  }
  for (let i = 0; i < 60; i++) rememberRoom(room(`room-${i}`));
  expect(myRooms()).toHaveLength(40);
  expect(myRooms()[0]?.slug).toBe('room-59');
});

test('a browser without storage knows no rooms', () => {
  vi.stubGlobal('localStorage', undefined);
  rememberRoom(room('a'));
  expect(myRooms()).toEqual([]);
});
