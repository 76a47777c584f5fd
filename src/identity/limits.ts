import { AsyncLocalStorage } from 'node:async_hooks';
import { networkOf } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';
import { openPace, paceHeaders } from '../http/index.ts';

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
  /**
   * Answers a request, and tells in its headers how many attempts this network has left. What was tried from elsewhere
   * is told to nobody.
   */
  telling(answer: () => Promise<Response> | undefined): Promise<Response> | undefined;
}

/** Opens the counting of attempts. */
export function openLimits(clock: Clock): AttemptLimits {
  const notes = new AsyncLocalStorage<Map<string, unknown>>();
  const open = (what: Attempt) => {
    const of = ([size, every]: readonly [number, number]) => openPace(clock, `${what}s`, size, every);
    const { network, pair, account, all } = SIZES[what];
    return { network: of(network), pair: of(pair), account: of(account), all: of(all) };
  };
  const kinds = { secret: open('secret'), mail: open('mail') };
  return {
    take(what, from, about) {
      const { network, pair, account, all } = kinds[what];
      const net = networkOf(from);
      const named =
        about === ''
          ? undefined
          : () => pair.take(undefined, `${net} ${about}`) ?? account.take(undefined, about);
      return network.take(notes.getStore(), net) ?? named?.() ?? all.take(undefined, 'all');
    },
    telling: (answer) =>
      notes.run(new Map(), () => {
        const kept = notes.getStore();
        return answer()?.then((response) => {
          const headers = kept ? paceHeaders(kept) : [];
          for (const [name, value] of headers) response.headers.set(name, value);
          return response;
        });
      }),
  };
}
