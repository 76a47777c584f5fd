import type { Reconciliation } from '../wire/numbers.ts';

/** Two counts of the same thing that differ by no more than this agree. Source: IAB, Podcast Measurement 2.3. */
export const AGREES = 0.05;
/** Beyond this the range replaces the headline. */
export const DIFFERS = 0.15;
/** So few sessions may differ in any case: one of ten is no finding. */
const FEW = 2;

/**
 * How the server's count and that of the proofs agree. `s` and `c` are of sessions that can prove; `silent` are those
 * that cannot, which stand by the server's word alone.
 */
export function reconcile(s: number, c: number, silent: number): Reconciliation {
  if (s === 0 && c === 0) return silent > 0 ? 'server_only' : 'reconciled';
  if (c === 0 && s > FEW) return 'server_only';
  if (s === 0 && c > FEW) return 'client_only';
  const difference = Math.abs(s - c);
  if (difference <= FEW) return 'reconciled';
  const share = difference / Math.max(s, c);
  return share <= AGREES ? 'reconciled' : share <= DIFFERS ? 'discrepant' : 'range';
}
