import { beforeEach, expect, test } from 'vitest';
import { stateOfCard } from '../../src/wire/room.ts';
import { lengthOf, placeOf, secondsOf } from './places.ts';
import { keepPlace, placeIn } from './replay/kept-places.ts';

beforeEach(() => {
  const all = new Map<string, string>();
  globalThis.localStorage = {
    getItem: (key: string) => all.get(key) ?? null,
    setItem: (key: string, value: string) => void all.set(key, value),
  } as unknown as Storage;
});

test('an address names a place in seconds or as a clock', () => {
  expect(placeOf({ hash: '#t=202', search: '' })).toBe(202);
  expect(placeOf({ hash: '', search: '?t=202' })).toBe(202);
  expect(placeOf({ hash: '#t=10', search: '?t=202' })).toBe(10);
  expect(placeOf({ hash: '#t=3:22', search: '' })).toBe(202);
  expect(placeOf({ hash: '#t=1:02:03', search: '' })).toBe(3723);
  expect(placeOf({ hash: '#t=3m22s', search: '' })).toBe(202);
  expect(placeOf({ hash: '#t=202.7,300', search: '' })).toBe(202);
  expect(placeOf({ hash: '#main', search: '?from=x' })).toBeUndefined();
});

test.each(['', 'x', '-3', '3:', 'Infinity', '1e9', '99999999', '::', 'h'])('%j is not a position', (text) => {
  expect(secondsOf(text)).toBeUndefined();
});

test('a place is remembered for each of the last twenty rooms', () => {
  for (let i = 0; i < 25; i++) keepPlace(`room-${i}`, 100 + i, i);
  expect(placeIn('room-24')).toBe(124);
  expect(placeIn('room-5')).toBe(105);
  expect(placeIn('room-4')).toBeUndefined();
  keepPlace('room-24', undefined);
  expect(placeIn('room-24')).toBeUndefined();
});

test('the first seconds are not remembered, and a broken memory counts as none', () => {
  keepPlace('a', 3);
  expect(placeIn('a')).toBeUndefined();
  localStorage.setItem('earshot-places', 'null');
  expect(placeIn('a')).toBeUndefined();
  localStorage.setItem('earshot-places', '{"a":{"at":"x"}}');
  expect(placeIn('a')).toBeUndefined();
});

test('a recording is as long as what was said, without its gaps; rooms that keep none have none', () => {
  const clocks = { opened: 0, firstSpeech: 10_000, ended: 70_000 };
  const ended = {
    ...stateOfCard({ slug: 'x', title: 'X', hosts: [], status: 'ended', clocks }, 90_000),
    gaps: [{ from: 20_000, seconds: 5, reason: 'disk-full' as const }],
  };
  const now = 90_000;
  expect(lengthOf(ended, { now })).toBe(55);
  expect(lengthOf({ ...ended, status: 'live' }, { now })).toBe(75);
  expect(lengthOf({ ...ended, status: 'live', clocks: { opened: 0 } }, { now })).toBeUndefined();
  expect(lengthOf({ ...ended, status: 'live' }, { now, welcome: true })).toBeUndefined();
  const recording = { seconds: 0, removedAt: 80_000, removedBy: 'host' } as const;
  expect(lengthOf({ ...ended, recording }, { now })).toBeUndefined();
});
