import { expect, test } from 'vitest';
import { phaseOf, sessionOf, WINDOW_SEGMENTS } from '../../wire/listening-proof.ts';
import { openSessionTokens } from './session-token.ts';

const DAY = 86_400_000;
let wall = 1_800_000_000_000;
const tokens = openSessionTokens(new Uint8Array(32).fill(5), () => wall);

test('a token is good for its room, for two days, and a renewed one is of the same session', () => {
  const token = tokens.issue('hall', 0);
  const contents = tokens.read(token);
  expect(tokens.check(token, 'hall')).toBeUndefined();
  expect(tokens.check(token, 'yard')).toBe('forged');
  const before = wall;
  wall += 1.5 * DAY;
  const fresh = contents ? tokens.renew('hall', contents) : '';
  wall += DAY;
  expect(tokens.check(token, 'hall')).toBe('expired');
  expect(tokens.check(fresh, 'hall')).toBeUndefined();
  expect(tokens.read(fresh)).toMatchObject({ low: contents?.low, high: contents?.high });
  wall = before;
});

test('whatever letter of a token is changed, it is forged', () => {
  const token = tokens.issue('hall', 0);
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'A' ? 'B' : 'A';
    expect(tokens.check(token.slice(0, at) + other + token.slice(at + 1), 'hall')).toBe('forged');
  }
  for (const text of ['', 'new', `${token}A`, token.slice(1), 'ä'.repeat(32)])
    expect([tokens.check(text, 'hall'), tokens.read(text)]).toEqual(['forged', undefined]);
});

test('another key makes other tokens, and the windows of a session begin with the segment that was named', () => {
  const others = openSessionTokens(new Uint8Array(32).fill(6), () => wall);
  expect(tokens.check(others.issue('hall', 0), 'hall')).toBe('forged');
  for (let segment = -3; segment < 30; segment += 1) {
    const id = sessionOf(tokens.issue('hall', segment)) ?? new Uint8Array();
    expect(phaseOf(id)).toBe(((segment % WINDOW_SEGMENTS) + WINDOW_SEGMENTS) % WINDOW_SEGMENTS);
  }
});
