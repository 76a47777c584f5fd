import { expect, test } from 'vitest';
import { openPostMarks } from '../../../keys/post-marks.ts';
import { KnownMarks } from './known-marks.ts';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 11, 1, 20, 30);
const marks = openPostMarks(Buffer.alloc(32, 7));

/** Marks that say how often they were computed. */
function counted(most: number) {
  const asked = { times: 0 };
  const known = new KnownMarks(
    {
      read(mark, wall) {
        asked.times += 1;
        return marks.read(mark, wall);
      },
    },
    most,
  );
  return { asked, known };
}

test('a mark is computed once an hour, and ends when it is too old, though it was known', () => {
  const { asked, known } = counted(64);
  const mark = marks.make({ post: 'hz3k0a9c1x', room: 'hall' }, NOW);
  for (let n = 0; n < 1_000; n += 1)
    expect(known.read(mark, NOW + n)).toMatchObject({ post: 'hz3k0a9c1x', room: 'hall' });
  expect(asked.times).toBe(1);
  for (let hours = 1; hours <= 48; hours += 1) expect(known.read(mark, NOW + hours * HOUR)).toBeDefined();
  expect(asked.times).toBe(49);
  expect(known.read(mark, NOW + 49 * HOUR)).toBeUndefined();
  // A clock that is set back.
  expect(known.read(mark, NOW)).toBeDefined();
});

test('a forged mark is computed each time, and is not kept; nor more than fit', () => {
  const { asked, known } = counted(64);
  for (let n = 0; n < 100; n += 1) expect(known.read('a1.abcde..AAAAAAAAAAA', NOW)).toBeUndefined();
  expect(asked.times).toBe(100);
  const many = Array.from({ length: 1_000 }, (_, n) => marks.make({ post: `1${n.toString(36)}` }, NOW));
  for (const mark of many) expect(known.read(mark, NOW)).toBeDefined();
  asked.times = 0;
  for (const mark of many) expect(known.read(mark, NOW)).toBeDefined();
  expect(asked.times).toBeGreaterThan(900);
});
