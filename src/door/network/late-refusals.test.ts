import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/clock.ts';
import { openLateRefusals, REFUSAL_PAUSE } from './late-refusals.ts';

const peer = (destroyed = false): Socket => ({ destroyed }) as unknown as Socket;

test('whoever is refused is told a second later, and not at all once they have gone', () => {
  const clock = manualClock();
  const late = openLateRefusals(clock, 10);
  const told: string[] = [];
  const left = { destroyed: false };
  late.later(peer(), () => told.push('stays'));
  late.later(left as unknown as Socket, () => told.push('left'));
  left.destroyed = true;
  clock.advance(REFUSAL_PAUSE - 1);
  expect([told, late.waiting]).toEqual([[], 2]);
  clock.advance(1);
  expect([told, late.waiting]).toEqual([['stays'], 0]);
});

test('the more wait, the longer: about a thousand are refused a second, however many ask again at once', () => {
  // All pauses are whole seconds: what is due then, by second.
  const due: (() => void)[][] = [];
  let now = 0;
  const after = (pause: number, run: () => void): Disposable => {
    const at = now + pause / 1_000;
    due[at] ??= [];
    due[at].push(run);
    return { [Symbol.dispose]() {} };
  };
  const late = openLateRefusals({ after }, 100_000);
  let refused = 0;
  const ask = (): void =>
    late.later(peer(), () => {
      refused += 1;
      ask();
    });
  for (let i = 0; i < 10_000; i += 1) ask();
  for (now = 1; now <= 60; now += 1) {
    if (now === 31) refused = 0;
    for (const run of due[now] ?? []) run();
  }
  expect(refused / 30).toBeGreaterThan(800);
  expect(refused / 30).toBeLessThan(1_300);
});

test('only so many wait; the others are refused at once', () => {
  const late = openLateRefusals(manualClock(), 3);
  let told = 0;
  for (let i = 0; i < 10; i += 1) late.later(peer(), () => (told += 1));
  expect([told, late.waiting]).toEqual([7, 3]);
});
