import { expect, test } from 'vitest';
import { load } from './index.ts';

const rehearsal = (text: string) => load({ flags: ['--rehearsal', text], cores: 4 }).rehearsal;

test('no rehearsal is allowed unless the setting says how large', () => {
  expect(load({ cores: 4 }).rehearsal).toBeUndefined();
  expect(rehearsal('no')).toBeUndefined();
  expect(rehearsal('10000')).toEqual({ listeners: 10_000, lasts: 7_200_000, rooms: ['*'] });
  expect(rehearsal('500,30min,hall+club')).toEqual({
    listeners: 500,
    lasts: 1_800_000,
    rooms: ['hall', 'club'],
  });
  expect(rehearsal('500, 2026-12-01T20:00Z')).toEqual({
    listeners: 500,
    until: Date.UTC(2026, 11, 1, 20),
    rooms: ['*'],
  });
});

test.each(['yes', '00', '-5', '5000000000', '10,never!', '10,45d'])(
  '%s is refused with what to write',
  (text) => {
    expect(() => rehearsal(text)).toThrow(/rehearsal = /);
  },
);
