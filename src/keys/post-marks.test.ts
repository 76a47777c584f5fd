import { expect, test } from 'vitest';
import { isMark } from '../wire/posts/post-events.ts';
import { openPostMarks } from './post-marks.ts';

const marks = openPostMarks(Buffer.alloc(32, 7));
const NOW = Date.UTC(2026, 11, 1, 20, 30);
const HOUR = 3_600_000;

test('a mark says which post there is, and the room whose card it carries', () => {
  const mark = marks.make({ post: 'mjkq2v8x1c0', room: 'town-hall' }, NOW);
  expect(isMark(mark)).toBe(true);
  expect(marks.read(mark, NOW)).toEqual({ post: 'mjkq2v8x1c0', room: 'town-hall' });
  const plain = marks.make({ post: '1' }, NOW);
  expect(isMark(plain)).toBe(true);
  expect(marks.read(plain, NOW)).toEqual({ post: '1' });
});

test('it counts for two days, and not from tomorrow', () => {
  const mark = marks.make({ post: 'a1' }, NOW);
  expect(marks.read(mark, NOW + 48 * HOUR)).toEqual({ post: 'a1' });
  expect(marks.read(mark, NOW + 49 * HOUR)).toBeUndefined();
  expect(marks.read(mark, NOW - 2 * HOUR)).toBeUndefined();
});

test('neither another server nor any changed letter makes a mark', () => {
  const mark = marks.make({ post: 'mjkq2v8x1c0', room: 'hall' }, NOW);
  expect(openPostMarks(Buffer.alloc(32, 8)).read(mark, NOW)).toBeUndefined();
  for (let at = 0; at < mark.length; at += 1) {
    const other = mark.slice(0, at) + (mark[at] === '1' ? '2' : '1') + mark.slice(at + 1);
    // The last letter of base64 holds two bits of nothing.
    if (at < mark.length - 1) expect(marks.read(other, NOW), other).toBeUndefined();
  }
  for (const none of ['', '.', '...', 'a.b', mark.slice(1), `${mark}0`, 'x'.repeat(5_000)])
    expect(marks.read(none, NOW)).toBeUndefined();
});
