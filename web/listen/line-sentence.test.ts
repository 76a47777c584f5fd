import { expect, test } from 'vitest';
import { type InLine, isRanged, lineSentence } from './line-sentence.ts';
import { lineWords } from './line-words.ts';

const words = lineWords('en');
const START = Date.UTC(2026, 10, 29, 20);
const queue = {
  v: 1,
  slug: 'r',
  at: START,
  seq: 1,
  previous: '',
  start: START,
  admitted: { minute: 0, rank: 0 },
  open: 1,
  buckets: [],
  perMinute: 10,
  free: 0,
  poll: 2_000,
} as const;
const waits: InLine = {
  ...{ live: false, away: false, queue, note: '', why: '', stale: false, now: START + 1 },
  place: { called: false, ahead: { low: 3, high: 5 }, minutes: { low: 1, high: 2 } },
};
const said = (it: Partial<InLine>): string => lineSentence({ ...waits, ...it }, words, 'en');

test('a place in line is told as a range, with the minutes it will take', () => {
  expect(said({})).toBe(`${words.ahead('3–5', false)} ${words.minutes('1–2')}`);
  expect(said({ place: { called: false, ahead: { low: 0, high: 2 } } })).toBe(
    `${words.ahead('2', true)} ${words.noPace}`,
  );
  expect(said({ place: { called: false, ahead: { low: 0, high: 0 }, minutes: { low: 0, high: 1 } } })).toBe(
    `${words.nobodyAhead} ${words.minutes('1')}`,
  );
});

test('before the draw the time of the draw is told, and no minutes', () => {
  expect(said({ now: START - 1 })).toContain('The order will be drawn at');
  expect(said({ now: START - 1 })).not.toContain(words.minutes('1–2'));
});

test('where a listener is comes before what is known of the line', () => {
  expect(said({ live: true, away: true })).toBe(words.up);
  expect(said({ away: true })).toBe(words.left);
  expect(said({ place: undefined })).toBe(words.waiting);
  expect(said({ place: { called: true, ahead: { low: 0, high: 0 } } })).toBe(words.turn);
});

test('an older ticket, a slower line and missing updates are mentioned beside the place', () => {
  const all = said({ note: words.note.expired, why: words.worse.slower, stale: true });
  expect(all.startsWith(words.note.expired)).toBe(true);
  expect(all.endsWith(`${words.worse.slower} ${words.away}`)).toBe(true);
});

test('only figures that differ are a range', () => {
  expect(isRanged({ low: 1, high: 2 })).toBe(true);
  expect(isRanged({ low: 2, high: 2 })).toBe(false);
  expect(isRanged(undefined)).toBe(false);
});
