import { createHash } from 'node:crypto';
import { ms } from '../base/time.ts';
import type { Config } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { keyFor } from '../keys/signing-keys.ts';
import type { Consent } from '../wire/rehearsal.ts';
import { paths } from './paths.ts';

/**
 * The key for rehearsals of the installation with this secret: its holder may bring a crowd, and nothing else.
 */
export const rehearsalKey = (secret: Uint8Array): string =>
  Buffer.from(keyFor(secret, 'rehearsals')).toString('base64url');

/** The consent this configuration publishes from now on, or undefined when it allows no rehearsal. */
export function consentOf(config: Config, now: number): Consent | undefined {
  const { rehearsal } = config;
  if (!rehearsal) return undefined;
  const key = rehearsalKey(readSecret(paths(config.data).secret));
  return {
    v: 1,
    until: rehearsal.until ?? now + (rehearsal.lasts ?? ms(0)),
    listeners: rehearsal.listeners,
    rooms: rehearsal.rooms,
    keyHash: createHash('sha256').update(key).digest('hex'),
  };
}
