import { expect, test } from 'vitest';
import { BEAT, Pulse } from './pulse.ts';

test('a running page has missed nothing; one that slept has missed the time between two beats', () => {
  const pulse = new Pulse(0);
  for (let at = 0; at <= 10; at += BEAT) pulse.beat(at);
  expect(pulse.missed(0, 10.2)).toBe(0);
  // The lid was closed for an hour: the first look notices, from the timer or from what has arrived.
  expect(pulse.missed(10, 3_610)).toBeCloseTo(3_599.8);
  pulse.beat(3_610.25);
  expect(pulse.missed(10, 3_610.3)).toBeCloseTo(3_599.8);
  expect(pulse.missed(3_610, 3_611)).toBe(0);
});

test('a hidden page whose timers run once a second still measures a network that stalls', () => {
  const pulse = new Pulse(0);
  for (let at = 0; at <= 6; at++) pulse.beat(at);
  expect(6 - pulse.missed(0, 6)).toBeGreaterThanOrEqual(5);
});
