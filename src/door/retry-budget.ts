/** Requests that failed and may be tried again, per request that came: retries must not be what keeps a process down. */
const SHARE = 0.1;
/** Saved up in quiet times at most; the first failures of a restart are covered. */
const MOST = 20;

/** How much may be tried again: a tenth of what is asked. Spec: SRE book, 21 (retry budgets). */
export class RetryBudget {
  #left = MOST;

  /** A request came. */
  earn(): void {
    this.#left = Math.min(MOST, this.#left + SHARE);
  }

  /** True when one more attempt may be made; it is then paid for. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
