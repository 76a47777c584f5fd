import { expect, test } from 'vitest';
import { allZones, instantIn, offsetAt, wallClock, zoneNamed } from './time-zone.ts';

test.each([
  ['Europe/Paris', 'Europe/Paris'],
  ['europe/paris', 'Europe/Paris'],
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Asia/Kolkata', 'Asia/Kolkata'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['US/Eastern', 'America/New_York'],
  ['GMT', 'UTC'],
  ['Etc/UTC', 'UTC'],
  ['Etc/GMT+5', 'Etc/GMT+5'],
  // Not zones: offsets, abbreviations of nobody, and what is not even text of one.
  ['+01:00', undefined],
  ['Factory', undefined],
  ['Mars/Olympus', undefined],
  ['', undefined],
  ['Europe/Paris\r\nX:1', undefined],
  ['E'.repeat(100_000), undefined],
])('%s is kept as %s', (given, kept) => {
  expect(zoneNamed(given)).toBe(kept);
});

test('every zone that is listed is kept by the name that the list has', () => {
  const zones = allZones();
  expect(zones[0]).toBe('UTC');
  expect(zones.length).toBeGreaterThan(400);
  expect(new Set(zones).size).toBe(zones.length);
  expect(zones.map(zoneNamed)).toEqual(zones);
});

test.each([
  ['Europe/Paris', '2026-12-01T20:00', '2026-12-01T19:00:00Z'],
  ['Asia/Kathmandu', '2026-12-01T20:00:30', '2026-12-01T14:15:30Z'],
  ['Pacific/Kiritimati', '2026-12-01T20:00', '2026-12-01T06:00:00Z'],
  ['Pacific/Pago_Pago', '2026-12-01T20:00', '2026-12-02T07:00:00Z'],
  // Left out when clocks go forward: as if they had not. Twice there: the first.
  ['Europe/Paris', '2026-03-29T02:30', '2026-03-29T01:30:00Z'],
  ['America/New_York', '2026-03-08T02:30', '2026-03-08T07:30:00Z'],
  ['Europe/Paris', '2026-10-25T02:30', '2026-10-25T00:30:00Z'],
  ['America/New_York', '2026-11-01T01:30', '2026-11-01T05:30:00Z'],
  ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:45:00Z'],
  ['Australia/Lord_Howe', '2026-04-05T01:45', '2026-04-04T14:45:00Z'],
])('clocks in %s show %s at %s', (zone, clock, at) => {
  expect(new Date(instantIn(zone, clock)).toISOString()).toBe(new Date(at).toISOString());
});

test('what clocks show in any zone leads back to the instant, but for an hour that is there twice', () => {
  for (const zone of allZones())
    for (let n = 0; n < 40; n++) {
      const at = Date.UTC(2026, 0, 1) + n * 17_477 * 60_000;
      const back = instantIn(zone, wallClock(zone, at));
      // The first of two: the clocks went back between them.
      if (back !== at) expect(offsetAt(zone, back), `${zone} ${n}`).toBeGreaterThan(offsetAt(zone, at));
    }
});

test('a text that is no time is none', () => {
  expect(instantIn('Europe/Paris', 'tomorrow')).toBeNaN();
});
