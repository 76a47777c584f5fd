import { expect, test } from 'vitest';
import { isRefusal } from '../api/index.ts';
import { FRAGMENT_MS } from '../base/time.ts';
import { cutsOf, NO_EDITS, type NotedChapter, type Trim } from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';
import { outside, trimmedFragments, trimWords, withChapter, withClip, withTrim } from './edit.ts';

const ZERO = Date.UTC(2026, 10, 30, 20);
const trim = (first: number, end: number): Trim => ({
  ...{ id: 'a', from: ZERO + first * 320, to: ZERO + end * 320, first, end, note: 'A name', made: 0 },
});

test('a trim takes every fragment in which something of it can be heard, in either codec', () => {
  const { first, end } = trimmedFragments(ZERO, ZERO + 10 * FRAGMENT_MS, ZERO + 20 * FRAGMENT_MS);
  // The frame before has sound of the next; AAC is 42 ms late.
  expect([first, end]).toEqual([9, 21]);
  expect(trimmedFragments(ZERO, ZERO + 10 * FRAGMENT_MS + 50, ZERO + 20 * FRAGMENT_MS - 70)).toEqual({
    ...{ first: 10, end: 20 },
  });
});

test('trims that touch are one stretch', () => {
  const edits = { ...NO_EDITS, trims: [trim(30, 40), trim(10, 20), trim(15, 25), trim(25, 30)] };
  expect(cutsOf(edits)).toEqual([{ first: 10, end: 40 }]);
});

test('moments are of the evening, or refused in words', () => {
  const card = (clocks: RoomCard['clocks'], status: RoomCard['status'] = 'live'): RoomCard => ({
    ...{ slug: 'hall', title: 'Hall', hosts: [], status, clocks },
  });
  const now = ZERO + 3_600_000;
  expect(outside(card({ opened: ZERO, firstSpeech: ZERO + 9 }), now, ZERO + 10)).toBeUndefined();
  expect(outside(card({ opened: ZERO, firstSpeech: ZERO + 9 }), now, ZERO - 1)?.refused).toBe(
    'unprocessable',
  );
  expect(outside(card({ opened: ZERO, firstSpeech: ZERO + 9 }), now, now + 60_000)?.refused).toBe(
    'unprocessable',
  );
  expect(outside(card({ opened: ZERO }, 'open'), now, ZERO + 10)?.refused).toBe('wrong-moment');
  const over = card({ opened: ZERO, firstSpeech: ZERO, ended: ZERO + 1000 }, 'ended');
  expect(outside(over, now, ZERO + 120_000)?.refused).toBe('unprocessable');
});

test('each list has a limit, and says so', () => {
  const chapter = (n: number): NotedChapter => ({ id: `${n}`, at: 1000 - n, title: 't' });
  const many = Array.from({ length: 100 }, (_, n) => chapter(n));
  expect(withChapter({ ...NO_EDITS, chapters: many }, chapter(5))).toMatchObject({
    refused: 'too-many-changes',
  });
  const two = withChapter({ ...NO_EDITS, chapters: [chapter(1)] }, chapter(9));
  expect(isRefusal(two) ? [] : two.chapters.map(({ at }) => at)).toEqual([991, 999]);
  const clip = { id: 'c', from: 0, to: 90_000, title: 't', made: 0 };
  expect(withClip(NO_EDITS, { ...clip, to: 90_012 })).toMatchObject({ refused: 'unprocessable' });
  expect(withClip(NO_EDITS, clip)).toMatchObject({ clips: [clip] });
  expect(withClip({ ...NO_EDITS, clips: Array.from({ length: 200 }, () => clip) }, clip)).toMatchObject({
    refused: 'too-many-changes',
  });
  expect(
    withTrim({ ...NO_EDITS, trims: Array.from({ length: 50 }, () => trim(1, 9)) }, trim(1, 9)),
  ).toMatchObject({
    refused: 'too-many-changes',
  });
});

test('the line in the evidence log has length, place, note and hash, and is never longer than a note', () => {
  const words = trimWords({ ...trim(0, 562), note: 'x'.repeat(100) }, 'a'.repeat(64), false);
  expect(words).toContain('3:00 from 2026-11-30T20:00:00Z');
  expect(words).toContain(`sha256 ${'a'.repeat(64)}`);
  expect(words.length).toBeLessThanOrEqual(280);
});
