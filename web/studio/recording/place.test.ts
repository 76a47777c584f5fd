import { expect, test } from 'vitest';
import { placeText, secondsOf } from './place.ts';

test('a place is read as people write it', () => {
  const read = ['5:07', '0:00', '62', '1:02:03', '12:05.5', '12:05,5', ' 3:10 '].map(secondsOf);
  expect(read).toEqual([307, 0, 62, 3_723, 725.5, 725.5, 190]);
});

test('what is no place is told apart', () => {
  expect(['', 'soon', '1:75', '-3', '1:2:3:4', '1:', '1e3'].map(secondsOf)).toEqual(
    Array.from({ length: 7 }, () => undefined),
  );
});

test('a place that was written is read as the same one', () => {
  for (const at of [0, 5, 59.9, 60, 307, 3_599.5, 3_723.4]) expect(secondsOf(placeText(at))).toBe(at);
  expect(placeText(307)).toBe('5:07');
  expect(placeText(59.97)).toBe('1:00');
});
