import { expect, test } from 'vitest';
import { ShrinkingDelay } from './shrinking-delay.ts';

/** Plays `seconds` of sound that is loud where `loud` says so; returns what was heard and what was left out. */
function play(loud: (at: number) => boolean, seconds: number, delay: number) {
  const catching = new ShrinkingDelay(delay);
  const missed: number[] = [];
  let heardUntil = -delay;
  let caughtUp: number | undefined;
  for (let now = 0; now < seconds; now += 0.02) {
    catching.heard(now, loud(now) ? -20 : -80);
    const { delay: next } = catching.step(now);
    const to = now - next;
    // What lies between the last sound and this one was played a little faster, or left out.
    if (to - heardUntil > 0.05)
      for (let at = heardUntil; at < to; at += 0.01) if (at > 0 && loud(at)) missed.push(at);
    heardUntil = to;
    if (next === 0) caughtUp ??= now;
  }
  return { missed, caughtUp };
}

test('speech with pauses is caught up with within seconds, and no word is left out', () => {
  const speech = (at: number): boolean => at % 2 < 1.4;
  const { missed, caughtUp } = play(speech, 30, 1.5);
  expect(missed).toEqual([]);
  expect(caughtUp).toBeLessThan(10);
});

test('speech without a pause is played a little faster', () => {
  const { missed, caughtUp } = play(() => true, 60, 1.5);
  expect(missed).toEqual([]);
  expect(caughtUp).toBeGreaterThan(30);
  expect(caughtUp).toBeLessThan(45);
});

test('silence is caught up with at once', () => {
  expect(play(() => false, 10, 1.5).caughtUp).toBeLessThan(1.7);
});
