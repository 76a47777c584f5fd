import { expect, test } from 'vitest';
import { rehearsalKey } from '../role/rehearsal.ts';
import { keyFor } from './signing-keys.ts';
import { openTokens } from './token.ts';

test('each purpose has a key of its own, none of which is the secret; links are signed as ever', async () => {
  const secret = new Uint8Array(32).fill(3);
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const keys = [keyFor(secret, 'listeners who come back'), keyFor(secret, 'rehearsals'), secret].map(hex);
  expect(new Set(keys).size).toBe(3);
  expect(hex(keyFor(secret, 'rehearsals'))).toBe(keys[1]);
  expect(Buffer.from(rehearsalKey(secret), 'base64url').toString('hex')).toBe(keys[1]);
  // Made by hand from the raw secret, as every link was.
  const { createHmac } = await import('node:crypto');
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256' })}.${part({ room: 'hall', role: 'host', name: 'A', sub: '0193a5b0-1111-7111-8111-111111111111', iat: 1, exp: 4_000_000_000 })}`;
  const token = `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  expect(await openTokens(secret).check(token, 'hall')).toMatchObject({ role: 'host' });
});
