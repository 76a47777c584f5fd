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

test('only so many wait; the others are refused at once', () => {
  const late = openLateRefusals(manualClock(), 3);
  let told = 0;
  for (let i = 0; i < 10; i += 1) late.later(peer(), () => (told += 1));
  expect([told, late.waiting]).toEqual([7, 3]);
});
