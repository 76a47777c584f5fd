/**
 * How many sessions send proofs in a crowd, and what they say of all. Sessions are sampled, never events; which of them
 * prove is in `wire/listening/proof-sample.ts`.
 */

/** Number of sessions below which all are asked for proofs; in larger rooms at least this many are asked. */
export const LEAST_PROVING = 50_000;
/** The smallest share, as a power of two. */
const MOST_HALVINGS = 6;
const CONFIDENCE_95 = 1.96;

/**
 * The share of sessions that should send proofs in a room of a given size: 1, 1/2, 1/4 … 1/64, so that at least `least`
 * do. To keep the share from flapping, it is doubled again only when the room has become a quarter smaller than the
 * size at which it was halved.
 */
export function shareFor(sessions: number, now = 1, least = LEAST_PROVING): number {
  const share = halved(sessions, least);
  return share > now && halved(sessions * (4 / 3), least) === now ? now : share;
}

function halved(sessions: number, least: number): number {
  const halvings = Math.floor(Math.log2(Math.max(1, sessions / least)));
  return 2 ** -Math.min(MOST_HALVINGS, halvings);
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
