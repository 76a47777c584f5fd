import type { Clock } from './clock.ts';

/** Keys that are counted individually; further ones share one allowance. */
const MAX_KEYS = 4_096;
const OTHERS = '';

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
export function openAllowance(clock: Clock, size: number, every: number): StartAllowance {
  /**
   * When each key's allowance will be full again, on the monotonic clock: one number describes a whole bucket.
   */
  const whole = new Map<string, number>();
  const sweep = (now: number): void => {
    for (const [key, at] of whole) if (at <= now) whole.delete(key);
  };
  return {
    take(wanted) {
      const now = clock.now() as number;
      if (whole.size >= MAX_KEYS && !whole.has(wanted)) sweep(now);
      const key = whole.size >= MAX_KEYS && !whole.has(wanted) ? OTHERS : wanted;
      const at = Math.max(now, whole.get(key) ?? 0) + every;
      const over = at - now - size * every;
      if (over > 0) return Math.ceil(over / 1000);
      whole.set(key, at);
      return undefined;
    },
    left(key) {
      const now = clock.now() as number;
      const at = whole.get(key) ?? (whole.size >= MAX_KEYS ? (whole.get(OTHERS) ?? 0) : 0);
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
