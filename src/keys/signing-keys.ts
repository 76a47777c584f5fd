import { hkdfSync } from 'node:crypto';

/** What the secret of an installation is good for beside signing links, which it does by itself: old links go on. */
export type Purpose = 'listeners who come back' | 'rehearsals';

/** A key for one purpose: whoever gets it has no other, and not the secret. Spec: RFC 5869. */
export const keyFor = (secret: Uint8Array, purpose: Purpose): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `earshot ${purpose} 1`, 32));
