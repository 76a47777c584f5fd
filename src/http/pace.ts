import type { MiddlewareHandler } from 'hono';
import { openAllowance } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';

/** Where a request's paces are noted until its answer tells of them: a context of Hono, or a Map. */
export interface PaceNotes {
  get(name: string): unknown;
  set(name: string, value: unknown): unknown;
}

/** How often a caller may do something, told in every answer. */
export interface RequestPace {
  /** Takes one for `key`; the seconds to wait when none is left. Without `c` no answer tells of it. */
  take(c: PaceNotes | undefined, key: string): number | undefined;
}

/** The state of a pace after a request. */
interface Taken {
  readonly policy: string;
  readonly now: string;
}

const TAKEN = 'paces';

/**
 * Opens a pace: `size` at once for each key, and one more every `every` ms. `name` is what the headers call it: letters
 * and hyphens; `most`: keys that are counted one by one.
 */
export function openPace(
  clock: Clock,
  name: string,
  size: number,
  every: number,
  most?: number,
): RequestPace {
  const allowance = openAllowance(clock, size, every, most);
  // Whoever has waited so long has the whole burst again.
  const policy = `"${name}";q=${size};w=${Math.ceil((size * every) / 1000)}`;
  return {
    take(c, key) {
      const wait = allowance.take(key);
      if (!c) return wait;
      const { left, next } = allowance.left(key);
      const taken = (c.get(TAKEN) as Taken[] | undefined) ?? [];
      c.set(TAKEN, [...taken, { policy, now: `"${name}";r=${left};t=${wait ?? next}` }]);
      return wait;
    },
  };
}

/**
 * Adds `RateLimit-Policy` and `RateLimit` to every answer whose request was counted: what is allowed, how many are
 * left (`r`), and in how many seconds there is one more (`t`). Spec: draft-ietf-httpapi-ratelimit-headers-10.
 */
export const tellPaces: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of paceHeaders(c)) c.res.headers.set(name, value);
};

/** The headers that tell of the paces that were noted; none where nothing was counted. */
export function paceHeaders(notes: PaceNotes): readonly (readonly [name: string, value: string])[] {
  const taken = notes.get(TAKEN) as Taken[] | undefined;
  if (!taken) return [];
  return [
    ['ratelimit-policy', taken.map(({ policy }) => policy).join(', ')],
    ['ratelimit', taken.map(({ now }) => now).join(', ')],
  ];
}
