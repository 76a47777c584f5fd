import { expect, test } from 'vitest';
import { type Buffered, wayBack } from './way-back.ts';

const buffered = (...ranges: readonly (readonly [number, number])[]): Buffered => ({
  length: ranges.length,
  start: (i) => ranges[i]?.[0] ?? Number.NaN,
  end: (i) => ranges[i]?.[1] ?? Number.NaN,
});
const WHOLE = buffered([80, 101]);

test('a program that has not got there yet is waited for', () => {
  expect(wayBack(100.5, 100, WHOLE)).toEqual({ by: 'waiting', wait: 0.5 });
});

test('a program that is there is heard at once, also a breath beyond', () => {
  expect(wayBack(100, 100, WHOLE)).toEqual({ by: 'waiting', wait: 0 });
  expect(wayBack(100, 100.09, WHOLE)).toEqual({ by: 'waiting', wait: 0 });
});

test('whoever goes back before they caught up hears what the player still has, not the recording', () => {
  // The stage is as late as the program is, and a third of a second more.
  expect(wayBack(99.73, 100, WHOLE)).toEqual({ by: 'stepping', to: 99.73 });
  expect(wayBack(97.6, 100, WHOLE)).toEqual({ by: 'stepping', to: 97.6 });
});

test('the recording is played from a moment that the player no longer has, or has on the other side of a hole', () => {
  expect(wayBack(99, 100, buffered([99.5, 101]))).toEqual({ by: 'recording' });
  expect(wayBack(99, 100, buffered([80, 99.5], [99.8, 101]))).toEqual({ by: 'recording' });
  expect(wayBack(99, 100, buffered())).toEqual({ by: 'recording' });
});

test('nobody is led further back than the live player lets them stay', () => {
  expect(wayBack(97, 100, WHOLE)).toEqual({ by: 'recording' });
});
