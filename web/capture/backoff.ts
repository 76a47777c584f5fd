import { type Ms, ms } from '../../src/base/time.ts';

/** Longest wait between two tries. */
export const MAX_RETRY_DELAY = ms(8_000);

/**
 * The wait before try `attempt` (0 is the first after a loss): almost none, then 0.25 s doubling to 8 s.
 *
 * Spread by ±50 %, so that not everyone comes back to a restarted studio at once. `atLeast` is the server's Retry-
 * After.
 */
export function retryDelay(attempt: number, atLeast: Ms = ms(0), random: () => number = Math.random): Ms {
  const base = attempt <= 0 ? 60 : Math.min(250 * 2 ** (attempt - 1), MAX_RETRY_DELAY);
  const spread = Math.min(base * (0.5 + random()), MAX_RETRY_DELAY);
  return ms(Math.max(spread, atLeast > 0 ? atLeast * (1 + random() * 0.25) : 0));
}
