import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { epochMs, ms } from '../../base/time.ts';
import { openHeldHead } from './held-head.ts';

const note = (size: number): string => `log\n${size}\nhash\n\n— log signature\n`;

test('feeds show one head for an hour, and at once the first of a log that had no entries', () => {
  const clock = manualClock(epochMs(Date.UTC(2026, 11, 1, 20, 10)));
  const { told, head } = openHeldHead(clock);
  expect(head()).toBeUndefined();
  for (const [size, shown] of [
    ['', ''],
    [note(0), note(0)],
    [note(4), note(4)],
    [note(5), note(4)],
  ].map((pair) => pair.map(String))) {
    told(size ?? '');
    expect(head()).toBe(shown);
  }
  clock.advance(ms(50 * 60_000));
  // Until there is a newer one the last is shown.
  expect(head()).toBe(note(4));
  told(note(90));
  told(note(91));
  expect(head()).toBe(note(90));
});
