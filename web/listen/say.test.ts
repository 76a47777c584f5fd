import { describe, expect, test } from 'vitest';
import { deliveryAt, fullDelivery } from '../../src/wire/delivery.ts';
import type { RoomState } from '../../src/wire/room.ts';
import { english } from '../kit/english.ts';
import { french } from '../kit/french.ts';
import { type Here, say } from './say.ts';

const NOW = Date.UTC(2026, 10, 23, 20, 0, 0);
const state = (over: Partial<RoomState>): RoomState => ({
  v: 1,
  at: NOW,
  slug: 'x',
  title: 'X',
  hosts: ['Ana'],
  status: 'live',
  clocks: {},
  stage: [],
  program: { carries: 'stage', since: NOW },
  streams: 12,
  delivery: fullDelivery(320, 0),
  studio: 'here',
  gaps: [],
  ...over,
});
const here = (over: Partial<Here> = {}): Here => ({
  now: NOW,
  player: 'idle',
  behind: undefined,
  stale: false,
  ...over,
});
const person = (muted: boolean) =>
  ({ id: 'a', name: 'Ana', role: 'host', speaking: false, muted, connected: true }) as const;

describe('what is happening, in one sentence', () => {
  const moments: [string, Partial<RoomState>, Partial<Here>, string | RegExp][] = [
    [
      'before',
      { status: 'scheduled', clocks: { scheduled: NOW + 4 * 86_400_000 } },
      {},
      /^Starts Friday at \d\d:\d\d your time\.$/,
    ],
    ['soon', { status: 'scheduled', clocks: { scheduled: NOW + 600_000 } }, {}, 'Starts in 10 minutes.'],
    [
      'late and nobody there',
      { status: 'scheduled', clocks: { scheduled: NOW - 720_000 } },
      {},
      /^12 minutes late: the hosts are not here yet/,
    ],
    ['open', { status: 'open' }, {}, 'The doors are open. The hosts are not on stage yet.'],
    [
      'hold music',
      { status: 'open', clocks: { firstAudio: NOW - 1 } },
      {},
      'Music until it begins. You will hear it start.',
    ],
    [
      'a break in the middle of a show',
      { status: 'open', clocks: { scheduled: NOW - 720_000, firstAudio: NOW - 9, firstSpeech: NOW - 8 } },
      {},
      'A short break. Music until it resumes.',
    ],
    [
      'later for a connection that pauses',
      {},
      { player: 'playing', behind: 8.2, steady: 'learned' },
      '8 seconds behind, because your connection keeps pausing.',
    ],
    [
      'later by choice',
      {},
      { player: 'playing', behind: 9.4, steady: 'chosen' },
      '9 seconds behind, as you chose: steadier.',
    ],
    [
      'late, muted',
      { status: 'open', clocks: { scheduled: NOW - 720_000 }, stage: [person(true)] },
      {},
      '12 minutes late: the hosts are here, but their microphones are off.',
    ],
    ['live, not listening', {}, {}, 'Live now.'],
    ['live', {}, { player: 'playing', behind: 1.1 }, 'Live, about a second behind.'],
    ['live, behind', {}, { player: 'playing', behind: 3.2 }, 'Live, 3 seconds behind.'],
    [
      'crowded',
      { streams: 600_000, delivery: deliveryAt(2, { period: 320, since: 0 }) },
      { player: 'playing', behind: 12 },
      '12 seconds behind: about 600,000 connections are listening. Nothing is cut.',
    ],
    [
      'busy',
      { streams: 9_000, delivery: deliveryAt(1, { period: 320, since: 0, why: 'wait' }) },
      { player: 'playing', behind: 2.6 },
      'Busy: about 9,000 connections are listening, so it reaches you 3 seconds late. Nothing is cut.',
    ],
    ...([3, 4, 5] as const).map((level): [string, Partial<RoomState>, Partial<Here>, RegExp] => [
      `level ${level}`,
      { delivery: deliveryAt(level, { period: 320, since: 0 }) },
      { player: 'playing', behind: 5, place: 'live' },
      /^Lower sound quality for everyone for now, so that everyone can listen\.$/,
    ]),
    [
      'level 6, at the live edge',
      { delivery: deliveryAt(6, { period: 320, since: 0 }) },
      { player: 'playing', behind: 5, place: 'live' },
      /^Lower sound quality.*half a minute late/,
    ],
    [
      'level 6, on the delayed stream',
      { streams: 70_000, delivery: deliveryAt(6, { period: 320, since: 0, why: 'egress' }) },
      { player: 'playing', behind: 33.4, place: 'ring' },
      '33 seconds behind: about 70,000 connections are listening. You hear all of it, and move up when there is room.',
    ],
    [
      'level 6, not listening yet',
      { delivery: deliveryAt(6, { period: 320, since: 0 }) },
      {},
      /^Live now\. All places at the live edge are taken: you will hear it 30 seconds later/,
    ],
    [
      'the cap, on the delayed stream',
      { delivery: { ...fullDelivery(320, 0), newcomers: 'queue', why: 'cap', cap: 500 } },
      { player: 'playing', place: 'ring' },
      'The number of live places is limited. You hear all of it 30 seconds later, and move up when there is room.',
    ],
    [
      'the cap, at the live edge: nothing is different',
      { delivery: { ...fullDelivery(320, 0), newcomers: 'queue', why: 'cap', cap: 500 } },
      { player: 'playing', behind: 1, place: 'live' },
      'Live, about a second behind.',
    ],
    [
      'level 7, not listening',
      { delivery: deliveryAt(7, { period: 320, since: 0 }) },
      {},
      /^More people are here than our connection can carry\. .*read along here\.$/,
    ],
    [
      'level 7, listening',
      { delivery: deliveryAt(7, { period: 320, since: 0 }) },
      { player: 'playing', behind: 5 },
      /^Lower sound quality/,
    ],
    ['low bandwidth', { delivery: deliveryAt(3, { period: 320, since: 0 }) }, {}, /^Lower sound quality/],
    [
      'dead air',
      { program: { carries: 'stage', since: 0, deadAir: { cause: 'all-muted', since: NOW - 23_000 } } },
      { player: 'playing', behind: 1 },
      'Silence on stage for 20 s: everyone is muted. We have told them.',
    ],
    [
      'dead air under hold music',
      { program: { carries: 'standby', since: 0, deadAir: { cause: 'all-muted', since: NOW - 23_000 } } },
      { player: 'playing', behind: 1 },
      'Silence on stage for 20 s: everyone is muted. We have told them. You hear music meanwhile.',
    ],
    [
      'the welcome room, which rests while nobody listens',
      { program: { carries: 'standby', since: 0, deadAir: { cause: 'nobody-on-stage', since: 0 } } },
      { welcome: true },
      'A short talk, then music. It begins when somebody listens.',
    ],
    ['studio away', { studio: 'away' }, {}, /^No news from the studio/],
    [
      'reconnecting',
      { studio: 'away' },
      { player: 'reconnecting' },
      'Your connection dropped. Back in a moment, where you left off.',
    ],
    ['blocked', {}, { player: 'blocked' }, /one tap/],
    ['no news', {}, { stale: true }, /does not depend on it/],
    [
      'ended',
      { status: 'ended', clocks: { ended: NOW } },
      {},
      /^Ended at \d\d:\d\d\. Listen again from the beginning\.$/,
    ],
    [
      'ended, and the recording is playing',
      { status: 'ended', clocks: { ended: NOW } },
      { within: true },
      /^Ended at \d\d:\d\d\.$/,
    ],
    [
      'ended, and the recording was removed',
      { status: 'ended', clocks: { ended: NOW }, recording: { removedAt: NOW, removedBy: 'host' } as never },
      {},
      /^Ended at \d\d:\d\d\. The recording was removed\.$/,
    ],
    ['cancelled', { status: 'cancelled' }, {}, 'The hosts called this off.'],
  ];
  test.each(moments)('%s', (_name, room, mine, words) => {
    const { sentence } = say(state(room), here(mine), english);
    if (typeof words === 'string') expect(sentence).toBe(words);
    else expect(sentence).toMatch(words);
    const other = say(state(room), here(mine), french).sentence;
    expect(other).not.toBe(sentence);
    expect(other.length).toBeGreaterThan(8);
  });
});

test('every cause of dead air has its words in both languages', () => {
  for (const cause of ['nobody-on-stage', 'all-muted', 'no-packets', 'encoder', 'quiet'] as const) {
    for (const words of [english, french]) {
      const deadAir = { cause, since: NOW - 3000 };
      expect(
        say(state({ program: { carries: 'stage', since: 0, deadAir } }), here(), words).sentence,
      ).toContain('3');
    }
  }
});
