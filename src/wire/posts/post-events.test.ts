import { expect, test } from 'vitest';
import { chance } from '../../../test/chance.ts';
import { MOST_POST_BATCH_BYTES, MOST_POST_EVENTS, readPostEvents } from './post-events.ts';
import { postNumber } from './post-figures.ts';

const MARK = 'mjkq2v8x1c0.abcde.town-hall.AAAAAAAAAAA';
const VIEW = 'AbCdEfGhIjK';
const read = (value: unknown) => readPostEvents(JSON.stringify(value));

test('a batch of a page view is read', () => {
  const batch = {
    v: 1,
    view: VIEW,
    events: [
      ['seen', MARK],
      ['opened', MARK.replace('town-hall', '')],
    ],
  };
  expect(read(batch)).toEqual(batch);
});

test('the longest batch fits', () => {
  const longest = `mjkq2v8x1c0.abcdef.${'r'.repeat(64)}.AAAAAAAAAAA`;
  const events = Array.from({ length: MOST_POST_EVENTS }, () => ['embed-seen', longest]);
  const text = JSON.stringify({ v: 1, view: VIEW, events });
  expect(text.length).toBeLessThanOrEqual(MOST_POST_BATCH_BYTES);
  expect(readPostEvents(text)?.events.length).toBe(MOST_POST_EVENTS);
});

test.each([
  ['another version', { v: 2, view: VIEW, events: [['seen', MARK]] }],
  ['no view', { v: 1, events: [['seen', MARK]] }],
  ['a view of another length', { v: 1, view: `${VIEW}1`, events: [['seen', MARK]] }],
  ['something else beside it', { v: 1, view: VIEW, events: [['seen', MARK]], more: 1 }],
  ['no events', { v: 1, view: VIEW, events: [] }],
  ['too many', { v: 1, view: VIEW, events: Array.from({ length: 33 }, () => ['seen', MARK]) }],
  ['an unknown event', { v: 1, view: VIEW, events: [['heard', MARK]] }],
  ['a detail', { v: 1, view: VIEW, events: [['seen', MARK, 'x']] }],
  ['no mark', { v: 1, view: VIEW, events: [['seen', 'mjkq2v8x1c0']] }],
  ['nothing', null],
  ['a list', []],
  ['a number', 7],
])('of a batch with %s nothing counts', (_, value) => expect(read(value)).toBeUndefined());

test('what is no JSON, or too long, is no batch', () => {
  const text = JSON.stringify({ v: 1, view: VIEW, events: [['seen', MARK]] });
  expect(readPostEvents(`${text}${' '.repeat(MOST_POST_BATCH_BYTES)}`)).toBeUndefined();
  const random = chance(7);
  for (let i = 0; i < text.length; i += 1) {
    expect(readPostEvents(text.slice(0, i))).toBeUndefined();
    const at = Math.floor(random() * text.length);
    const byte = String.fromCharCode(32 + Math.floor(random() * 90));
    // Nothing is thrown, whatever it says.
    readPostEvents(text.slice(0, at) + byte + text.slice(at + 1));
  }
});

test('ids of posts are numbers in base 36', () => {
  expect(postNumber('zz')).toBe(1_295);
  for (const none of ['', '0', '01', 'A', 'zzzzzzzzzzz1', 'zzzzzzzzzzz', '__proto__', '-1'])
    expect(postNumber(none)).toBeUndefined();
});
