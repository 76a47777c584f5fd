import { networkOf, openAllowance } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';

/** What is tried: each has its own allowance. `secret`: a password or a link. `mail`: something that sends a mail. */
export type Attempt = 'secret' | 'mail';

/**
 * Bursts and pauses, in ms, for one network, for one address from one network, for one address from everywhere, and
 * for all. A whole office behind one address can sign in; a list of passwords cannot be tried, nor one password on a
 * list of addresses.
 */
const SIZES = {
  secret: { network: [30, 3_000], pair: [8, 60_000], account: [60, 30_000], all: [200, 50] },
  mail: { network: [10, 60_000], pair: [3, 300_000], account: [5, 600_000], all: [60, 1_000] },
} as const satisfies Record<Attempt, Record<string, readonly [number, number]>>;

/** Counts attempts on the monotonic clock: a wall clock that jumps frees nobody and locks nobody out. */
export interface AttemptLimits {
  /** The seconds to wait, or undefined when this attempt may be made. Known and unknown addresses count alike. */
  take(what: Attempt, from: string, about: string): number | undefined;
}

/** Opens the counting of attempts. */
export function openLimits(clock: Clock): AttemptLimits {
  const open = (what: Attempt) => {
    const of = ([size, every]: readonly [number, number]) => openAllowance(clock, size, every);
    const { network, pair, account, all } = SIZES[what];
    return { network: of(network), pair: of(pair), account: of(account), all: of(all) };
  };
  const kinds = { secret: open('secret'), mail: open('mail') };
  return {
    take(what, from, about) {
      const { network, pair, account, all } = kinds[what];
      const net = networkOf(from);
      return (
        network.take(net) ??
        (about === '' ? undefined : (pair.take(`${net} ${about}`) ?? account.take(about))) ??
        all.take('all')
      );
    },
  };
}
