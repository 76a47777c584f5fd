import { createHmac } from 'node:crypto';
import { linkKey } from '../../src/keys/signing-keys.ts';

/** A host's, speaker's or operator's token as `openTokens` signs it, the same in each run. Spec: RFC 7515, 3.1. */
export function signedLink(secret: Uint8Array, payload: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'HS256' })}.${part({ ...payload, iat: 1_790_000_000, exp: 4_000_000_000 })}`;
  return `${text}.${createHmac('sha256', linkKey(secret)).update(text).digest('base64url')}`;
}
