/** Failed requests that may be retried, per request received: retries must not be what keeps a process down. */
const SHARE = 0.1;
/** How many retries may be saved up in quiet times; covers the first failures of a restart. */
const MOST = 20;

/** A retry budget: a tenth of the requests may be retried. Spec: SRE book, 21 (retry budgets). */
export class RetryBudget {
  #left = MOST;

  /** Counts a request. */
  earn(): void {
    this.#left = Math.min(MOST, this.#left + SHARE);
  }

  /** True when one more attempt may be made; it is then deducted. */
  spend(): boolean {
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
