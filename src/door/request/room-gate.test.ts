import { expect, test } from 'vitest';
import { examplesOf } from '../../http/index.ts';
import { openRoomKeys } from '../../keys/room-key.ts';
import type { RoomCard } from '../../wire/room.ts';
import { NOBODYS, passTarget, RoomGate } from './room-gate.ts';

const NOW = Date.UTC(2026, 0, 1);
const keys = openRoomKeys(new Uint8Array(32).fill(3));
const cards: Record<string, Pick<RoomCard, 'slug' | 'access' | 'lock'>> = {
  closed: { slug: 'closed', access: 'private', lock: 'one' },
  other: { slug: 'other', access: 'private', lock: 'two' },
  open: { slug: 'open' },
};
const gate = (at = NOW): RoomGate =>
  new RoomGate({
    card: (slug) => cards[slug],
    opens: (room, key) => keys.opens(room, key, at),
    knowsToken: (token, slug) => token === `speaker of ${slug}`.replaceAll(' ', '-'),
  });
const key = (slug: string, lock: string): string => keys.make({ slug, lock }, NOW).key;
const RIGHT = key('closed', 'one');
/** Every address of a room: page, state, sound, recording, clips, numbers, calendar, feed, questions, what is sent. */
const EVERY = examplesOf(({ pattern }) => pattern.startsWith('/r/:room'));
const of = (name: string): string[] => EVERY.map((path) => path.replace('/r/hall', `/r/${name}`));
const ENTER = /\/enter$/;
const STAGE = /\/(?:whip|whep|backstage)/;

test.each([
  ['without a key', 'closed'],
  ['with a key that was never made', `closed~${'0'.repeat(40)}`],
  ['with the key of another room', `closed~${key('other', 'two')}`],
  ['with a key from before a withdrawal', `closed~${key('closed', 'zero')}`],
  ['of a room that does not exist', 'nowhere~'.concat(RIGHT)],
])('every address %s is answered like that of nobody’s room', (_, name) => {
  const passed = of(name).map((path) => gate().pass(path));
  expect(EVERY.length).toBeGreaterThan(40);
  for (const path of passed) if (!ENTER.test(path)) expect(path).toMatch(new RegExp(`^/r/${NOBODYS}(?:/|$)`));
  expect(passed.filter((path) => ENTER.test(path))).toHaveLength(1);
});

test('with its key every address is the room’s own, for an hour at most', () => {
  expect(of(`closed~${RIGHT}`).map((path) => gate().pass(path))).toEqual(of('closed'));
  const later = of(`closed~${RIGHT}`).map((path) => gate(NOW + 3_600_000).pass(path));
  expect(later.filter((path) => path.startsWith('/r/closed'))).toEqual(['/r/closed/enter']);
});

test('a link of the stage opens the stage, and nothing else', () => {
  const shown = (token: string) =>
    of('closed')
      .map((path) => gate().pass(path, `Bearer ${token}`))
      .filter((path) => path.startsWith('/r/closed') && !ENTER.test(path));
  expect(shown('speaker-of-closed').length).toBeGreaterThan(2);
  for (const path of shown('speaker-of-closed')) expect(path).toMatch(STAGE);
  expect(shown('speaker-of-other')).toEqual([]);
});

test('a room that is open to everybody needs no key, and has no other name by one', () => {
  expect(of('open').map((path) => gate().pass(path))).toEqual(of('open'));
  for (const path of of(`open~${RIGHT}`))
    if (!ENTER.test(path)) expect(gate().pass(path)).toContain(`/r/${NOBODYS}`);
});

test('what follows the address stays with it', () => {
  expect(passTarget(gate(), '/r/closed/stream?after=7')).toBe(`/r/${NOBODYS}/stream?after=7`);
  expect(passTarget(gate(), `/r/closed~${RIGHT}/stream?after=7`)).toBe('/r/closed/stream?after=7');
});
