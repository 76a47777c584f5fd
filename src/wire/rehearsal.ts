/** How a server declares that it may be rehearsed. */

/** The address at which the consent is published. */
export const CONSENT_PATH = '/.well-known/earshot-rehearsal.json';

/** The operator's permission, published at `CONSENT_PATH`. Without it no rehearsal starts. */
export interface Consent {
  readonly v: 1;
  /** Wall-clock ms at which it expires. */
  readonly until: number;
  /** Limit of simultaneous listeners. */
  readonly listeners: number;
  /** Rooms it applies to; `["*"]` for all. */
  readonly rooms: readonly string[];
  /** SHA-256 (hex) of the key that the person who rehearses must have. */
  readonly keyHash: string;
}
