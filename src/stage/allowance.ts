import type { Ms } from '../base/time.ts';

/** A token bucket: how many requests at once, and how many per second after that. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Limit of remembered links; the link with the oldest request is forgotten first. */
const MAX_LINKS = 4_096;

/** Rate limit per link, with one token bucket each. */
export class LinkAllowance {
  readonly #rate: Rate;
  readonly #left = new Map<string, { tokens: number; at: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Counts one request. If it exceeds the limit, returns the seconds until one is allowed again. */
  spend(link: string, now: Ms): number | undefined {
    const { burst, perSecond } = this.#rate;
    const before = this.#left.get(link);
    const tokens = before ? Math.min(burst, before.tokens + ((now - before.at) / 1000) * perSecond) : burst;
    this.#left.delete(link);
    this.#left.set(link, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (this.#left.size > MAX_LINKS) {
      const [oldest] = this.#left.keys();
      if (oldest !== undefined) this.#left.delete(oldest);
    }
    return tokens >= 1 ? undefined : Math.ceil((1 - tokens) / perSecond);
  }
}
