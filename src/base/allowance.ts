import type { Clock } from './clock.ts';

/** Keys that are counted individually, unless it is said otherwise; further ones share one allowance. */
const MOST_KEYS = 4_096;
const OTHERS = '';
/** Places of those whose allowance is full again are looked for so often at most, ms. */
const SWEEP_MS = 1_000;

/** A token bucket: allows a burst, and then a slow rate. */
export interface StartAllowance {
  /** Takes one for `key`; returns the seconds to wait when none is left. */
  take(key: string): number | undefined;
  /** How many are left for `key`, and the seconds until there is one more (0: all are there). */
  left(key: string): { readonly left: number; readonly next: number };
  /** Keys whose allowance is not full: for tests. */
  readonly size: number;
}

/** Opens a token bucket per key: `size` tokens, with one more every `every` ms. */
export function openAllowance(clock: Clock, size: number, every: number, most = MOST_KEYS): StartAllowance {
  /**
   * When each key's allowance will be full again, on the monotonic clock: one number describes a whole bucket.
   */
  const whole = new Map<string, number>();
  let swept = Number.NEGATIVE_INFINITY;
  const sweep = (now: number): void => {
    swept = now;
    for (const [key, at] of whole) if (at <= now) whole.delete(key);
  };
  /** All places are taken: a stranger with many addresses does not make each request look through all of them. */
  const isFull = (now: number, wanted: string): boolean => {
    if (whole.size < most || whole.has(wanted)) return false;
    if (now - swept >= Math.min(every, SWEEP_MS)) sweep(now);
    return whole.size >= most;
  };
  return {
    take(wanted) {
      const now = clock.now() as number;
      const key = isFull(now, wanted) ? OTHERS : wanted;
      const at = Math.max(now, whole.get(key) ?? 0) + every;
      const over = at - now - size * every;
      if (over > 0) return Math.ceil(over / 1000);
      whole.set(key, at);
      return undefined;
    },
    left(key) {
      const now = clock.now() as number;
      const at = whole.get(key) ?? (whole.size >= most ? (whole.get(OTHERS) ?? 0) : 0);
      const used = Math.max(0, at - now);
      const left = Math.max(0, Math.floor(size - used / every + 1e-9));
      return { left, next: used === 0 ? 0 : Math.ceil((used - (size - left - 1) * every) / 1000) };
    },
    get size() {
      sweep(clock.now());
      return whole.size;
    },
  };
}

/**
 * The network of an address: an IPv4 address itself, or the first 48 bits of an IPv6 address (one household or
 * business).
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0');
  return [...left, ...zeros, ...right]
    .slice(0, 3)
    .map((part) => Number.parseInt(part, 16).toString(16))
    .join(':');
}
