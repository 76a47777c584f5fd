import { expect, test } from 'vitest';
import { timeInZone } from './said-time.ts';
import { allZones } from './time-zone.ts';

const WINTER = Date.UTC(2026, 11, 1, 19);
const SUMMER = Date.UTC(2026, 6, 1, 18);

test.each([
  [WINTER, 'Europe/Paris', 'en', 'Tuesday 1 December at 20:00 (Central European Standard Time)'],
  [SUMMER, 'Europe/Paris', 'en', 'Wednesday 1 July at 20:00 (Central European Summer Time)'],
  [SUMMER, 'Europe/Paris', 'fr', 'mercredi 1 juillet à 20:00 (heure d’été d’Europe centrale)'],
  [WINTER, 'Asia/Kolkata', 'en', 'Wednesday 2 December at 00:30 (India Standard Time)'],
  // By the offset that it has then, not by the one of today.
  [SUMMER, 'Africa/Casablanca', 'en', 'Wednesday 1 July at 19:00 (GMT+01:00, Casablanca)'],
  [WINTER, undefined, 'en', 'Tuesday 1 December at 19:00 UTC'],
  [WINTER, 'UTC', 'fr', 'mardi 1 décembre à 19:00 UTC'],
] as const)('%s in %s, in the language %s', (at, zone, language, said) => {
  expect(timeInZone(at, zone, language).replace(/\u202f|\u00a0/g, ' ')).toBe(said);
});

test('the two hours that clocks show twice are told apart by the name of the zone', () => {
  const first = timeInZone(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Paris', 'en');
  const second = timeInZone(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Paris', 'en');
  expect([first, second]).toEqual([
    'Sunday 25 October at 02:30 (Central European Summer Time)',
    'Sunday 25 October at 02:30 (Central European Standard Time)',
  ]);
});

test('a year and the time of day alone are said where they are wanted', () => {
  expect(timeInZone(WINTER, 'Asia/Tokyo', 'en', 'date')).toBe(
    'Wednesday, 2 December 2026 at 04:00 (Japan Standard Time)',
  );
  expect(timeInZone(WINTER, 'America/St_Johns', 'en', 'clock')).toBe('15:30 (Newfoundland Standard Time)');
});

test('every zone is told in both languages', () => {
  for (const zone of allZones())
    for (const language of ['en', 'fr'] as const)
      expect(timeInZone(WINTER, zone, language), zone).toMatch(/\d\d:\d\d (UTC|\(.{4,60}\))$/);
});
