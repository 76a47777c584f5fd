import { expect, test } from 'vitest';
import { openInFlight } from './in-flight.ts';

test('one network has a share of the requests in flight, and gives it back when they are over', () => {
  const inFlight = openInFlight();
  const loud = Array.from({ length: 100 }, () => inFlight.begin('203.0.113'));
  expect(loud.filter(Boolean)).toHaveLength(24);
  expect(inFlight.begin('198.51.100')).toBeDefined();
  loud[0]?.[Symbol.dispose]();
  loud[0]?.[Symbol.dispose]();
  expect([inFlight.begin('203.0.113'), inFlight.begin('203.0.113')].filter(Boolean)).toHaveLength(1);
});

test('all networks together have a limit, unknown ones included', () => {
  const inFlight = openInFlight();
  const all = Array.from({ length: 300 }, () => inFlight.begin(undefined));
  expect(all.filter(Boolean)).toHaveLength(256);
  expect(inFlight.begin('203.0.113')).toBeUndefined();
  for (const one of all) one?.[Symbol.dispose]();
  expect(inFlight.begin('203.0.113')).toBeDefined();
});
