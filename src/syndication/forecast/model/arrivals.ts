import type { ArrivalStep } from '../../../wire/figures/forecast.ts';

/** Minutes that a curve covers, from the announced start. */
export const FIRST_MINUTE = -30;
/** The minute at which it ends. */
export const LAST_MINUTE = 120;
/** Our own curve counts as so many past rooms. */
const OWN_WEIGHT = 2;
/** Past rooms that count. */
const MOST_ROOMS = 20;

/** The share of a normal distribution below a value. Source: Abramowitz and Stegun, 7.1.26, to 1.5 · 10⁻⁷. */
function normalBelow(value: number): number {
  const x = Math.abs(value) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x);
  return value < 0 ? tail / 2 : 1 - tail / 2;
}

/**
 * When people come while no room has shown it: a fifth in the ten minutes before the announced start, more than half
 * log-normally after it (σ = 1, half of these within three minutes, 95 % within a quarter of an hour), the rest evenly
 * in the hour that follows. It is the crowd of our simulations (docs/ladder.md), without a late beginning.
 * Source: Stouffer, Malmgren and Amaral, arXiv:physics/0605027 (2006), for the log-normal shape.
 */
function usualShare(minute: number): number {
  const before = minute >= -10 && minute < 0 ? 0.2 / 10 : 0;
  const upTo = (at: number): number => (at <= 0 ? 0 : normalBelow(Math.log(at / 2.9)));
  const burst = 0.55 * (upTo(minute + 1) - upTo(minute));
  return before + burst + (minute >= 0 && minute < 60 ? 0.25 / 60 : 0);
}

/** Arrivals of one past room in each minute from its announced start. */
export type PastArrivals = readonly ArrivalStep[];

/** Shares by minute whose sum is 1, from what came before and from what is usual. */
export function arrivalCurve(past: readonly PastArrivals[]): ArrivalStep[] {
  const length = LAST_MINUTE - FIRST_MINUTE;
  const shares = Array.from({ length }, (_, i) => OWN_WEIGHT * usualShare(FIRST_MINUTE + i));
  for (const room of past.slice(-MOST_ROOMS)) {
    const seen = room.filter(
      ([minute, many]) => many > 0 && Number.isFinite(many) && minute >= FIRST_MINUTE && minute < LAST_MINUTE,
    );
    const all = seen.reduce((sum, [, many]) => sum + many, 0);
    for (const [minute, many] of seen) {
      const i = Math.floor(minute) - FIRST_MINUTE;
      shares[i] = (shares[i] ?? 0) + many / all;
    }
  }
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share, i) => [FIRST_MINUTE + i, Math.round((share / sum) * 1e6) / 1e6] as const);
}

/** Most minutes over which a link is sent: later ones would come after the beginning. */
const LONGEST_SPREAD = 30;

/** Over how many minutes people should come instead of one, so that no more than `perSecond` come in a second; 1 to 30. */
export const spreadMinutes = (worst: number, perSecond: number): number =>
  Math.min(LONGEST_SPREAD, Math.max(1, Math.ceil(worst / 60 / Math.max(perSecond, 1e-9))));
