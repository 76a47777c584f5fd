import { expect, test } from 'vitest';
import { PlayedTime } from './played-time.ts';

test('playing counts, second by second; waiting and pausing do not', () => {
  const played = new PlayedTime();
  played.look(100, 10, true);
  for (let n = 1; n <= 30; n++) played.look(100 + n, 10 + n, true);
  expect(played.take()).toBeCloseTo(30, 6);
  // The element waits for sound: its clock stands still.
  for (let n = 1; n <= 8; n++) played.look(130 + n, 40, true);
  played.look(139, 41, false);
  played.look(200, 41, true);
  played.look(202, 43, true);
  expect(played.take()).toBeCloseTo(1 + 2, 6);
  expect(played.take()).toBe(0);
});

test('a seek is no playing, nor is the time in which a machine slept', () => {
  const played = new PlayedTime();
  played.look(0, 0, true);
  // Forward by an hour, back by two: at most the second in between was played.
  played.look(1, 3600, true);
  played.look(2, 10, true);
  expect(played.take()).toBeLessThanOrEqual(1);
  played.look(3, 11, true);
  played.look(4000, 11.5, true);
  expect(played.take()).toBeCloseTo(1.5, 6);
});

test('a hidden tab is looked at once a minute, and loses nothing', () => {
  const played = new PlayedTime();
  played.look(0, 5, true);
  for (let minute = 1; minute <= 5; minute++) played.look(60 * minute, 5 + 60 * minute, true);
  expect(played.take()).toBeCloseTo(300, 6);
});

test('at double speed the seconds are those of the listener', () => {
  const played = new PlayedTime();
  played.look(0, 0, true, 2);
  for (let n = 1; n <= 10; n++) played.look(n, 2 * n, true, 2);
  expect(played.take()).toBeCloseTo(10, 6);
});
