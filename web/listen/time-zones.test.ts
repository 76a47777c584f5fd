import { afterEach, expect, test, vi } from 'vitest';
import { english } from '../kit/english.ts';
import { fullTime, whenOf } from './say.ts';

afterEach(() => void vi.unstubAllEnvs());
const at = (text: string): number => Date.parse(text);

test.each([
  ['Europe/Paris', '2026-03-29T00:30:00Z', '01:30', /CET|GMT\+1/],
  ['Europe/Paris', '2026-03-29T01:30:00Z', '03:30', /CEST|GMT\+2/],
  ['Europe/Paris', '2026-10-25T00:30:00Z', '02:30', /CEST|GMT\+2/],
  ['Europe/Paris', '2026-10-25T01:30:00Z', '02:30', /CET|GMT\+1/],
  ['America/New_York', '2026-03-08T06:30:00Z', '01:30', /EST|GMT-5/],
  ['America/New_York', '2026-03-08T07:30:00Z', '03:30', /EDT|GMT-4/],
  ['America/New_York', '2026-11-01T05:30:00Z', '01:30', /EDT|GMT-4/],
  ['America/New_York', '2026-11-01T06:30:00Z', '01:30', /EST|GMT-5/],
])('in %s a start at %s is told as %s, and confirmed with its zone', (name, instant, told, named) => {
  vi.stubEnv('TZ', name);
  expect(whenOf(at(instant), at(instant) - 60_000, english)).toBe(told);
  expect(fullTime(at(instant), english)).toContain(told);
  expect(fullTime(at(instant), english)).toMatch(named);
});

test.each([
  ['Europe/Paris', '2026-03-28T22:30:00Z', '2026-03-29T01:30:00Z', '03:30 on Sunday'],
  ['Europe/Paris', '2026-10-24T21:30:00Z', '2026-10-25T01:30:00Z', '02:30 on Sunday'],
  ['America/New_York', '2026-03-08T04:30:00Z', '2026-03-08T07:30:00Z', '03:30 on Sunday'],
  ['America/New_York', '2026-11-01T03:30:00Z', '2026-11-01T06:30:00Z', '01:30 on Sunday'],
])('in %s, in the night of a change, what is tomorrow is told with its day', (name, now, start, told) => {
  vi.stubEnv('TZ', name);
  expect(whenOf(at(start), at(now), english)).toBe(told);
});
