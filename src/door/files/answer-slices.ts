import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';

/** A blocking answer is sent to many listeners over this long, so that their next requests are spread as well. */
const SPREAD_MS = 240;
const SLICE_MS = 20;
/** This many are answered at once: a small room does not wait. */
const SLICE_FLOOR = 64;

/** Dependencies of sending in slices. */
export interface SlicesDeps<Waiter> {
  readonly clock: Clock;
  /** Answers one of them; does not throw. */
  answer(waiter: Waiter, bytes: Buffer): void;
  /** Called after each row of answers. */
  flush(): void;
}

interface Release<Waiter> {
  readonly bytes: Buffer;
  readonly waiters: readonly Waiter[];
  readonly size: number;
  at: number;
}

/** Sends an answer to all who have waited for it, a slice at a time. */
export class AnswerSlices<Waiter> {
  readonly #deps: SlicesDeps<Waiter>;
  readonly #releases: Release<Waiter>[] = [];
  #timer: Disposable | undefined;

  constructor(deps: SlicesDeps<Waiter>) {
    this.#deps = deps;
  }

  /** Begins to answer them. */
  release(waiters: readonly Waiter[], bytes: Buffer): void {
    const size = Math.max(SLICE_FLOOR, Math.ceil(waiters.length / (SPREAD_MS / SLICE_MS)));
    this.#releases.push({ bytes, waiters, size, at: 0 });
    this.#timer ??= this.#deps.clock.every(ms(SLICE_MS), () => this.#tick());
    this.#tick();
  }

  #tick(): void {
    for (let i = this.#releases.length - 1; i >= 0; i -= 1) {
      const one = this.#releases[i];
      if (!one) continue;
      const end = Math.min(one.waiters.length, one.at + one.size);
      for (; one.at < end; one.at += 1) {
        const waiter = one.waiters[one.at];
        if (waiter) this.#deps.answer(waiter, one.bytes);
      }
      if (one.at >= one.waiters.length) this.#releases.splice(i, 1);
    }
    this.#deps.flush();
    if (this.#releases.length > 0) return;
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
