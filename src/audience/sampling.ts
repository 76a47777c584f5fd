/** Which sessions send proofs in a crowd, and what they say of all. Sessions are sampled, never events. */

/** Number of sessions below which all are asked for proofs; in larger rooms at least this many are asked. */
export const LEAST_PROVING = 50_000;
/** The smallest share, as a power of two. */
const MOST_HALVINGS = 6;
const CONFIDENCE_95 = 1.96;

/**
 * The share of sessions that should send proofs in a room of a given size: 1, 1/2, 1/4 … 1/64, so that at least
 * `LEAST_PROVING` do. To keep the share from flapping, it is doubled again only when the room has become a quarter
 * smaller than the size at which it was halved.
 */
export function shareFor(sessions: number, now = 1): number {
  const share = halved(sessions);
  return share > now && halved(sessions * (4 / 3)) === now ? now : share;
}

function halved(sessions: number): number {
  const halvings = Math.floor(Math.log2(Math.max(1, sessions / LEAST_PROVING)));
  return 2 ** -Math.min(MOST_HALVINGS, halvings);
}

/**
 * True if a session belongs to the share that sends proofs. It is decided by a hash of id and salt, so that a smaller
 * share is contained in a larger one, and nobody can choose an id that is left out. `share`: 0 to 1.
 */
export function isSampled(low: number, high: number, salt: number, share: number): boolean {
  let h = Math.imul(low ^ salt, 0x9e3779b1) ^ Math.imul(high ^ (salt >>> 7), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a2d97);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32 < share;
}

/** An estimate with its 95 % confidence interval. */
export interface Estimate {
  readonly value: number;
  /** Half of the 95 % interval. */
  readonly error: number;
}

/**
 * Estimates the total from `n` sampled sessions, each of which was kept with probability `share`: n/p ±
 * 1.96·√(n(1−p))/p. Spec: Horvitz and Thompson, A generalization of sampling without replacement (1952), for Bernoulli
 * sampling.
 */
export const estimate = (n: number, share: number): Estimate => ({
  value: n / share,
  error: share >= 1 ? 0 : (CONFIDENCE_95 * Math.sqrt(n * (1 - share))) / share,
});
