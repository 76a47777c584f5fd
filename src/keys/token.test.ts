import { expect, test } from 'vitest';
import type { Slug, SpeakerId } from '../base/ids.ts';
import { bearer, openTokenCheck, openTokens } from './token.ts';

const secret = Buffer.alloc(32, 7);
const grant = {
  slug: 'room' as Slug,
  role: 'host' as const,
  speaker: '01890a5d-ac96-774b-bcce-b302099a8057' as SpeakerId,
  name: 'Ana',
};

test('a quick look knows our tokens from altered, expired and foreign ones', async () => {
  const knows = openTokenCheck(secret);
  const token = await openTokens(secret).sign(grant, 60);
  const now = Date.now();
  expect(knows(token, 'room', now)).toBe(true);
  expect(knows(token, 'room', now + 61_000)).toBe(false);
  // Anybody may open a room of their own.
  expect(knows(token, 'other', now)).toBe(false);
  expect(knows(await openTokens(Buffer.alloc(32, 8)).sign(grant), 'room', now)).toBe(false);
  for (const at of [3, token.indexOf('.') + 5, token.length - 5]) {
    const altered = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
    expect(knows(altered, 'room', now)).toBe(false);
  }
  for (const none of ['', 'a.b.c', `${'a'.repeat(2000)}.b.c`, token.slice(0, -1)])
    expect(knows(none, 'room', now)).toBe(false);
});

test('a header made to be expensive to read is as cheap as any other', () => {
  const dear = `Bearer ${'"'.repeat(1_000)}a${' '.repeat(1_000)}a`;
  const began = performance.now();
  for (let look = 0; look < 500; look += 1) expect(bearer(dear)).toBeDefined();
  // Tried from each character it took 2 s.
  expect(performance.now() - began).toBeLessThan(500);
});

test('a token has one spelling: white space in its signature makes it another text', async () => {
  const tokens = openTokens(secret);
  const token = await tokens.sign(grant, 60);
  const operator = await tokens.signOperator(3);
  expect(await tokens.check(token)).toMatchObject({ role: 'host' });
  expect(await tokens.checkOperator(operator)).toBe(3);
  for (const space of ['\t', ' ', '\n']) {
    const spelled = (text: string): string => `${text.slice(0, -9)}${space}${text.slice(-9)}`;
    expect(await tokens.check(spelled(token))).toBe('token-invalid');
    expect(await tokens.checkOperator(spelled(operator))).toBeUndefined();
  }
});
