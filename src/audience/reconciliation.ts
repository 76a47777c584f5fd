import type { Reconciliation } from '../wire/numbers.ts';

/** Largest relative difference at which two counts of the same thing agree. Source: IAB, Podcast Measurement 2.3. */
export const AGREES = 0.05;
/** Relative difference above which a range replaces the headline figure. */
export const DIFFERS = 0.15;
/** So few sessions may differ in any case: one of ten is no finding. */
const FEW = 2;

/**
 * Compares the server's count with the count of proofs. `s` and `c` cover sessions that can send proofs; `silent` are
 * sessions that cannot, for which there is only the server's count.
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
