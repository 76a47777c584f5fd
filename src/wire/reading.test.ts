import { expect, test } from 'vitest';
import { deliveryAt, roughly } from './delivery.ts';
import { readingOf, recordedAt, recordedBy } from './reading.ts';
import type { RoomState, StagePerson } from './room.ts';

const NOW = Date.UTC(2026, 10, 23, 20, 14, 30);
const MINUTE = 60_000;
const person = (name: string, over: Partial<StagePerson> = {}): StagePerson => ({
  ...{ id: name, name, role: 'speaker', speaking: false, muted: false, connected: true },
  ...over,
});
const state = (over: Partial<RoomState> = {}): RoomState => ({
  v: 1,
  at: NOW,
  slug: 'talk',
  title: 'A talk',
  hosts: ['Ana'],
  status: 'live',
  clocks: { firstSpeech: NOW - 14.5 * MINUTE },
  stage: [person('Ana', { speaking: true }), person('Ben'), person('Cleo', { connected: false })],
  program: { carries: 'stage', since: 0 },
  streams: 300_000,
  delivery: deliveryAt(7, { period: 320, since: 0 }),
  studio: 'here',
  gaps: [],
  ...over,
});
const read = (over: Partial<RoomState>, language: 'en' | 'fr' = 'en') =>
  readingOf(state(over), { language, missed: NOW, when: () => '20:00' });
const value = (over: Partial<RoomState>, term: string) =>
  read(over).rows.find((row) => row.term === term)?.value;

test('it says who is speaking, who is on stage, since when, and how many are listening', () => {
  expect(read({}).rows).toEqual([
    { term: 'Now', value: 'Speaking: \u2068Ana\u2069' },
    { term: 'On stage', value: '\u2068Ana\u2069 and \u2068Ben\u2069' },
    { term: 'Talking since', value: '20:00' },
    { term: 'Listening', value: 'about 300,000 connections' },
  ]);
  expect(read({}, 'fr').rows).toEqual([
    { term: 'Maintenant', value: 'Parle : \u2068Ana\u2069' },
    { term: 'Sur scène', value: '\u2068Ana\u2069 et \u2068Ben\u2069' },
    { term: 'On parle depuis', value: '20:00' },
    { term: 'À l’écoute', value: `environ ${(300_000).toLocaleString('fr')} connexions` },
  ]);
});

test('a muted microphone is not speaking, an empty stage is nobody, standby is music', () => {
  expect(value({ stage: [person('Ana', { speaking: true, muted: true })] }, 'Now')).toBe(
    'No one is speaking right now',
  );
  expect(value({ stage: [] }, 'On stage')).toBe('nobody yet');
  expect(value({ program: { carries: 'standby', since: 0 } }, 'Now')).toBe('Music');
  expect(value({ streams: 1 }, 'Listening')).toBe('1 connection');
  expect(value({ streams: 99 }, 'Listening')).toBe('99 connections');
});

test('what was missed is found in the recording, never too late', () => {
  expect(read({}).recording).toMatchObject({ from: 840, link: 'The recording, from minute 14' });
  expect(read({ clocks: { firstSpeech: NOW - 20_000 } }).recording).toMatchObject({
    from: 0,
    link: 'The recording, from the beginning',
  });
  expect(recordedAt('talk', 840)).toBe('/r/talk/replay.m4a#t=840');
  // Gaps are not in the recording; only those since the first words change the position.
  const gap = (from: number, seconds: number) => ({ from, seconds, reason: 'disk-full' as const });
  const gaps = [gap(NOW - 20 * MINUTE, 300), gap(NOW - 10 * MINUTE, 45)];
  expect(recordedBy(state({ gaps }), NOW)).toBe(780);
  expect(recordedBy(state({ clocks: { firstSpeech: NOW + 5000 } }), NOW)).toBe(0);
});

test('before the first words no recording is promised', () => {
  const { recording, rows } = read({ status: 'open', clocks: {} });
  expect(recording).toBeUndefined();
  expect(rows.map(({ term }) => term)).toEqual(['Now', 'On stage', 'Listening']);
});

test('a count in a crowd has two digits that mean something', () => {
  expect([0, 7, 99, 101, 1_249, 9_950, 1_389_347].map(roughly)).toEqual([
    0, 7, 99, 100, 1_200, 10_000, 1_400_000,
  ]);
});
