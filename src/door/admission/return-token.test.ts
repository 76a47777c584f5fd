import { expect, test } from 'vitest';
import { openReturnTokens } from './return-token.ts';

const HOUR = 3_600_000;
const secret = new Uint8Array(32).fill(5);

test('a return token holds at every door, for a day, in its room and its network, and not with one letter changed', () => {
  let wall = Date.UTC(2026, 10, 22, 20);
  const [door, other] = [openReturnTokens(secret, () => wall), openReturnTokens(secret, () => wall)];
  const proof = door.give('evening', '203.0.113');
  expect(proof).toMatch(/^[\w.~-]{1,256}$/);
  expect(other.holds(proof, 'evening', '203.0.113')).toBe(true);
  expect(other.holds(proof, 'morning', '203.0.113')).toBe(false);
  expect(other.holds(proof, 'evening', '203.0.114')).toBe(false);
  expect(openReturnTokens(new Uint8Array(32), () => wall).holds(proof, 'evening', '203.0.113')).toBe(false);
  for (let i = 0; i < proof.length; i += 1) {
    const altered = `${proof.slice(0, i)}${proof[i] === 'a' ? 'b' : 'a'}${proof.slice(i + 1)}`;
    expect(other.holds(altered, 'evening', '203.0.113'), altered).toBe(false);
  }
  for (const bad of ['', '.', 'zzzzzzzz.', `${proof}a`, 'x'.repeat(1e5)])
    expect(other.holds(bad, 'evening', '203.0.113')).toBe(false);
  wall += 24 * HOUR;
  expect(other.holds(proof, 'evening', '203.0.113')).toBe(true);
  wall += HOUR;
  expect(other.holds(proof, 'evening', '203.0.113')).toBe(false);
});

test('a token that is given again is of the present hour', () => {
  let wall = Date.UTC(2026, 10, 22, 20);
  const door = openReturnTokens(secret, () => wall);
  const first = door.give('evening', '203.0.113');
  expect(door.give('evening', '203.0.113')).toBe(first);
  expect(door.give('evening', '203.0.114')).not.toBe(first);
  wall += HOUR;
  const later = door.give('evening', '203.0.113');
  expect(later).not.toBe(first);
  expect(door.holds(later, 'evening', '203.0.113')).toBe(true);
});
