import { expect, test } from 'vitest';
import { Paces } from './paces.ts';

test('a pace is kept while its holder asks, however many others come; the longest unseen is forgotten', () => {
  const paces = new Paces(8);
  let allowed = 0;
  for (let i = 0; i < 2_000; i += 1) {
    if (paces.allows(1, 20)) allowed += 1;
    paces.allows(1_000 + i, 20);
  }
  expect(allowed).toBeGreaterThan(200);
  expect(allowed).toBeLessThan(400);
  paces.turn(60);
  expect(paces.allows(1, 20)).toBe(true);
});
