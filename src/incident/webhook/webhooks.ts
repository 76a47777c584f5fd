import { createHash, createHmac } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { ms } from '../../base/time.ts';
import { type PinnedPost, type PostOutcome, pinnedPost } from './pinned-post.ts';

/** What is told of an incident. */
export interface WebhookEvent {
  readonly v: 1;
  readonly event: 'began' | 'over' | 'note' | 'postmortem';
  /** Wall-clock ms. */
  readonly at: number;
  readonly id: string;
  readonly label: string;
  readonly window: { readonly from: number; readonly to?: number };
  readonly rooms: readonly string[];
  /** The five sentences, in English. */
  readonly sentences: readonly string[];
  /** The page; a path where the server knows no address of its own. */
  readonly url: string;
}

/** What sending needs. */
export interface WebhooksDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly urls: readonly string[];
  /** The key of the signature, as people get it: hexadecimal. */
  readonly key: string;
  /** Default: the real one. */
  post?(post: PinnedPost): Promise<PostOutcome>;
}

/** Pauses before an event is sent again, ms; after the last it is given up. */
const AGAIN_MS = [1_000, 5_000, 30_000, 120_000, 600_000] as const;
/** Events that wait for one receiver; the oldest is dropped. */
const MOST_WAITING = 100;

/** The signature of a body: `t=SECONDS,sha256=HEX`, HMAC-SHA-256 of `SECONDS.BODY`. */
export function webhookSignature(key: string, seconds: number, body: string): string {
  return `t=${seconds},sha256=${createHmac('sha256', key).update(`${seconds}.${body}`).digest('hex')}`;
}

/** One receiver: events in order, each until it is taken or given up. */
class Receiver {
  readonly #deps: WebhooksDeps;
  readonly #url: string;
  readonly #waiting: string[] = [];
  #busy = false;
  #failed = 0;
  #pause: Disposable | undefined;
  delivered = 0;
  lost = 0;

  constructor(url: string, deps: WebhooksDeps) {
    this.#url = url;
    this.#deps = deps;
  }

  add(body: string): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#waiting.splice(1, 1);
      this.lost += 1;
    }
    this.#waiting.push(body);
    if (!this.#busy) void this.#next();
  }

  async #next(): Promise<void> {
    const [body] = this.#waiting;
    if (body === undefined) return;
    this.#busy = true;
    const { clock, log, key, post = pinnedPost } = this.#deps;
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'Earshot',
      // The same each time that it is sent: a receiver that took it and answered too late takes it once.
      'earshot-event': createHash('sha256').update(body).digest('hex').slice(0, 32),
      'earshot-signature': webhookSignature(key, Math.floor(clock.wall() / 1_000), body),
    };
    const outcome = await post({ url: this.#url, headers, body });
    const isTaken = 'status' in outcome && outcome.status >= 200 && outcome.status < 300;
    const again = isTaken ? undefined : AGAIN_MS[this.#failed];
    if (again !== undefined) {
      this.#failed += 1;
      this.#pause = clock.after(ms(again), () => void this.#next());
      return;
    }
    if (isTaken) this.delivered += 1;
    else {
      this.lost += 1;
      const { host } = new URL(this.#url);
      const why = 'status' in outcome ? `answered ${outcome.status}` : outcome.refused;
      log.warn(
        { host, why },
        'a webhook did not take news of an incident, and it is given up; the page has it',
      );
    }
    this.#failed = 0;
    this.#waiting.shift();
    this.#busy = false;
    void this.#next();
  }

  [Symbol.dispose](): void {
    this.#pause?.[Symbol.dispose]();
  }
}

/** Sends news of incidents to the receivers of the operator, each by itself; nobody waits for it. */
export class Webhooks implements Disposable {
  readonly #receivers: readonly Receiver[];

  constructor(deps: WebhooksDeps) {
    this.#receivers = deps.urls.map((url) => new Receiver(url, deps));
  }

  /** Tells all receivers. */
  tell(event: WebhookEvent): void {
    const body = JSON.stringify(event);
    for (const one of this.#receivers) one.add(body);
  }

  /** Events that were taken, and those that were given up. */
  get counts(): { readonly delivered: number; readonly lost: number } {
    return this.#receivers.reduce(
      (sum, { delivered, lost }) => ({ delivered: sum.delivered + delivered, lost: sum.lost + lost }),
      { delivered: 0, lost: 0 },
    );
  }

  [Symbol.dispose](): void {
    for (const one of this.#receivers) one[Symbol.dispose]();
  }
}
