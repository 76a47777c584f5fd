import { afterEach, expect, test, vi } from 'vitest';
import { fieldOf, localeOf, wholeOf, zoneOf } from './times.ts';

afterEach(() => void vi.unstubAllGlobals());
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
