import { createHmac, createPublicKey, hkdfSync, sign, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { openTickets } from '../queue/ticket.ts';
import { rehearsalKey } from '../role/rehearsal.ts';
import { keyFor, PURPOSES, signingKeyFor } from './signing-keys.ts';
import { openTokenCheck, openTokens } from './token.ts';

const secret = new Uint8Array(32).fill(3);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('two purposes never have the same key, nor do two installations, and no key is the secret itself', () => {
  const other = new Uint8Array(32).fill(4);
  const keys = [...PURPOSES.flatMap((purpose) => [keyFor(secret, purpose), keyFor(other, purpose)]), secret];
  expect(new Set(keys.map(hex)).size).toBe(2 * PURPOSES.length + 1);
  expect(keys.every(({ length }) => length === 32)).toBe(true);
  // The same at each call and in each process.
  for (const purpose of PURPOSES) expect(hex(keyFor(secret, purpose))).toBe(hex(keyFor(secret, purpose)));
});

test('keys are derived by RFC 5869, and are the same in every version', () => {
  // By hand from HMAC: extract with an empty salt, then the first block of expand.
  const pseudorandom = createHmac('sha256', Buffer.alloc(32)).update(secret).digest();
  const byHand = (purpose: string): string =>
    createHmac('sha256', pseudorandom).update(`earshot ${purpose} 1\u0001`).digest('hex');
  for (const purpose of PURPOSES) expect(hex(keyFor(secret, purpose))).toBe(byHand(purpose));
  expect(hex(keyFor(secret, 'rehearsals'))).toBe(
    '56a71186a7830c489e2cbf47de8b9c956c4f40b96d187cd01e4534431c76f507',
  );
  expect(hex(keyFor(secret, 'listeners who come back'))).toBe(
    'dc2c4a4b963f73c735256101b4adb64263ffba3b472cf9c17c723c2b033d274f',
  );
  expect(hex(keyFor(secret, 'queue ticket'))).toBe(
    '2039d166620d70e12748c6ec75eebfcd66868fe86bc576b0a0b481cff9576575',
  );
});

test('links are signed with the secret itself, as every link always was', async () => {
  const claims = {
    ...{ room: 'hall', role: 'host', name: 'A', sub: '0193a5b0-1111-7111-8111-111111111111' },
    ...{ iat: 1, exp: 4_000_000_000 },
  };
  const signed = (value: object): string => {
    const text = `${part({ alg: 'HS256' })}.${part(value)}`;
    return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
  };
  const tokens = openTokens(secret);
  expect(await tokens.check(signed(claims), 'hall')).toMatchObject({ role: 'host' });
  expect(openTokenCheck(secret)(signed(claims), 'hall', Date.now())).toBe(true);
  expect(await tokens.checkOperator(signed({ role: 'operator', gen: 2, iat: 1, exp: 4_000_000_000 }))).toBe(
    2,
  );
  // A key that was given away opens no link.
  const text = `${part({ alg: 'HS256' })}.${part(claims)}`;
  const forged = createHmac('sha256', keyFor(secret, 'rehearsals')).update(text).digest('base64url');
  expect(await tokens.check(`${text}.${forged}`, 'hall')).toBe('token-invalid');
});

test('tickets and rehearsal keys that were given out before this list existed stay valid', () => {
  const old = hkdfSync('sha256', secret, new Uint8Array(0), 'earshot queue ticket 1', 32);
  const text = 'q1.hall.3.77.w.4000000000';
  const mac = createHmac('sha256', Buffer.from(old)).update(text).digest('base64url').slice(0, 22);
  expect(openTickets(secret).check(`${text}.${mac}`, 'hall', Date.now()).kind).toBe('good');
  expect(Buffer.from(rehearsalKey(secret), 'base64url').toString('hex')).toBe(
    hex(keyFor(secret, 'rehearsals')),
  );
});

test('a signing key is an Ed25519 key of its own for each purpose', () => {
  const key = signingKeyFor(secret, 'journal heads');
  expect(key.asymmetricKeyType).toBe('ed25519');
  const seed = Buffer.from(String(key.export({ format: 'jwk' }).d), 'base64url');
  expect(hex(seed)).toBe(hex(keyFor(secret, 'journal heads')));
  const message = Buffer.from('head');
  expect(verify(null, message, createPublicKey(key), sign(null, message, key))).toBe(true);
  const foreign = createPublicKey(signingKeyFor(new Uint8Array(32).fill(4), 'journal heads'));
  expect(verify(null, message, foreign, sign(null, message, key))).toBe(false);
});
