import { createPrivateKey, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * Every purpose for which a key is derived from the installation's secret. Whoever gets the key of one cannot make that
 * of another. A name never changes, because it is part of the key: what was signed before an upgrade stays valid.
 */
export const PURPOSES = [
  'listeners who come back',
  'rehearsals',
  'queue ticket',
  'journal heads',
  'claim cards',
  'segment tags',
  'listening sessions',
  'incident webhooks',
  'prefixes seen before',
  'answers kept for repeats',
  'account sessions',
  'private rooms',
  'room guests',
  'feeds',
  'post marks',
  'push messages',
  'reminders',
] as const;
/** One of `PURPOSES`. */
export type Purpose = (typeof PURPOSES)[number];

/** The key for one purpose, 32 bytes. Spec: RFC 5869, without a salt. */
export const keyFor = (secret: Uint8Array, purpose: Purpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `earshot ${purpose} 1`, 32));

/**
 * The key of host, speaker and operator links: the secret itself, the only use of it that is not derived by name. Links
 * that were given out years ago are signed with it and must stay valid.
 */
export const linkKey = (secret: Uint8Array): KeyObject => createSecretKey(secret);

/** What precedes the 32 bytes of an Ed25519 private key in PKCS #8. Spec: RFC 8410, 7. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 private key for one purpose, made from `keyFor`. Spec: RFC 8032, 5.1.5. */
export const signingKeyFor = (secret: Uint8Array, purpose: Purpose): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, keyFor(secret, purpose)]),
    format: 'der',
    type: 'pkcs8',
  });
