import { expect, test } from 'vitest';
import type { RoomState, RoomStatus } from '../../../src/wire/room.ts';
import type { FeedState, Refusal } from '../../capture/index.ts';
import { type Contact, contactOf, UNKNOWN_TIMES } from './contact.ts';
import { minutesLate, standingOf } from './standing.ts';

const state = (status: RoomStatus, studio: 'here' | 'away' = 'here', opened = 0): RoomState =>
  ({ status, studio, at: 60_000, clocks: { opened } }) as unknown as RoomState;
const away: FeedState = { at: 'away', tries: 1 };
const refused: FeedState = { at: 'refused', why: { status: 503, code: 'studio-away' } as Refusal };

test.each<[string, FeedState, number | undefined, RoomState | undefined, Contact]>([
  ['the studio speaks', { at: 'here' }, 0, undefined, 'here'],
  ['nothing has answered yet', { at: 'connecting' }, undefined, undefined, 'checking'],
  ['there is no such room', { at: 'connecting' }, 404, undefined, 'unknown'],
  ['no answer', away, 0, state('live'), 'unreachable'],
  ['a server that only says that it cannot', away, 503, state('live'), 'unreachable'],
  ['the server says that the studio is gone', away, 200, state('live', 'away'), 'restarting'],
  ['a line that is refused while the studio is gone', refused, 200, state('live', 'away'), 'restarting'],
  ['a room that opened this moment has no studio yet', away, 200, state('open', 'away', 58_000), 'checking'],
  ['only this page’s line is broken', away, 200, state('live'), 'late'],
  ['a room without a stage', { at: 'connecting' }, 200, state('scheduled'), 'here'],
])('%s', (_, feed, answered, open, expected) => {
  const glance = answered === undefined ? undefined : { answered, at: 10 };
  expect(contactOf(feed, 5, glance, open)).toBe(expected);
});

test('a known room is not given up because a server that has just started does not know it yet', () => {
  const looked = (times: number) => contactOf(away, 5, { answered: 404, at: 10, times }, state('live'));
  expect(looked(1)).toBe('unreachable');
  expect(looked(UNKNOWN_TIMES - 1)).toBe('unreachable');
  expect(looked(UNKNOWN_TIMES)).toBe('unknown');
});

test('what was seen before the connection broke says nothing about afterwards', () => {
  expect(contactOf(away, 20, { answered: 200, at: 10 }, state('live'))).toBe('checking');
});

test('the status above the console never claims more than is known', () => {
  expect(standingOf('here', 'live', 1)).toBe('live');
  expect(standingOf('here', 'open', undefined)).toBe('open');
  expect(standingOf('here', 'open', 5)).toBe('break');
  for (const lost of ['unreachable', 'restarting', 'late'] as const)
    expect(standingOf(lost, 'live', 1)).toBe(lost);
  expect(standingOf('checking', 'live', 1)).toBe('checking');
  expect(standingOf('unreachable', 'ended', 1)).toBe('ended');
});

test('a room that should have begun is late from the second minute on', () => {
  expect(minutesLate('open', 1_000_000, 1_059_000)).toBe(0);
  expect(minutesLate('open', 1_000_000, 1_125_000)).toBe(2);
  expect(minutesLate('live', 1_000_000, 1_125_000)).toBe(0);
  expect(minutesLate('break', 1_000_000, 1_125_000)).toBe(0);
  expect(minutesLate('open', undefined, 1_125_000)).toBe(0);
});
