import { afterEach, expect, test, vi } from 'vitest';
import { fieldOf, localeOf, wholeOf, zoneOf } from './times.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});
const AT = Date.UTC(2026, 10, 30, 19, 0);

test('a date is whole: day, date, time and zone, in the language and the region of the reader', () => {
  vi.stubGlobal('navigator', { languages: ['de-DE', 'en-US', 'fr-CA'] });
  expect([localeOf('en'), localeOf('fr')]).toEqual(['en-US', 'fr-CA']);
  vi.stubGlobal('navigator', { languages: ['de-DE'] });
  expect([localeOf('en'), localeOf('fr')]).toEqual(['en-GB', 'fr']);
  for (const part of ['Monday', '30 November 2026', ':00']) expect(wholeOf(AT, 'en')).toContain(part);
  expect(wholeOf(AT, 'fr')).toContain('lundi 30 novembre 2026');
  expect(zoneOf(AT, 'en')).toMatch(/^\S.* \((GMT|UTC)/);
});

test("a time field holds the minute in this device's zone, and returns it", () => {
  expect(new Date(fieldOf(AT)).getTime()).toBe(AT);
});

test.each([
  ['Europe/Paris', '2026-03-29T02:30', '2026-03-29T01:30:00.000Z', '2026-03-29T03:30'],
  ['Europe/Paris', '2026-10-25T03:30', '2026-10-25T02:30:00.000Z', '2026-10-25T03:30'],
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00.000Z', '2026-03-08T03:30'],
  ['America/New_York', '2026-11-01T02:30', '2026-11-01T07:30:00.000Z', '2026-11-01T02:30'],
])(
  'in %s the field %s is %s, and a time that a change of clocks leaves out is the one after it',
  (zone, field, instant, again) => {
    vi.stubEnv('TZ', zone);
    const at = new Date(field).getTime();
    expect(new Date(at).toISOString()).toBe(instant);
    expect(fieldOf(at)).toBe(again);
    expect(wholeOf(at, 'en')).toContain(again.slice(11));
  },
);
