/** How a server says that it may be rehearsed. */

/** Where it says so. */
export const CONSENT_PATH = '/.well-known/earshot-rehearsal.json';

/** What an operator allows. Published at `CONSENT_PATH`; without it no crowd comes. */
export interface Consent {
  readonly v: 1;
  /** Wall-clock ms after which it is void. */
  readonly until: number;
  /** Listeners at one time, at most. */
  readonly listeners: number;
  /** Rooms it is for; `["*"]` for all. */
  readonly rooms: readonly string[];
  /** SHA-256 (hex) of the key that whoever rehearses must have. */
  readonly keyHash: string;
}
