import type { Clock } from '../../base/clock.ts';
import type { Reply } from '../../base/reply.ts';
import { type Ms, ms } from '../../base/time.ts';
import { READ_BY_ALL } from '../../http/index.ts';
import { isStream } from '../answer/send.ts';

/** An answer as sent over the wire, head and body: one buffer for everyone who asks for the same thing. */
export interface CachedResponse {
  readonly bytes: Buffer;
  /** Until when it may be reused without asking again, on the monotonic clock. */
  readonly until: number;
}

/** Answers kept; the oldest is dropped. A minute of parts and segments of a hundred rooms. */
const MAX_CACHED = 4_096;
/** Bytes kept in all; the oldest are dropped. */
const MAX_BYTES = 64 * 1024 * 1024;
/** How long immutable answers are kept. */
const IMMUTABLE = ms(60_000);
/** How long blocking answers are kept: their address names the moment, so late requests still find them. */
const NAMED = ms(2_000);
/** How long all other public answers are kept: far less than the second that their own headers allow. */
const FRESH = ms(100);

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  302: 'Found',
  400: 'Bad Request',
  404: 'Not Found',
  410: 'Gone',
  503: 'Service Unavailable',
};

/** How long an answer may be reused; 0: only for the requests that are waiting for it now. */
function lifetime(reply: Reply, named: boolean): Ms {
  const control = reply.headers['cache-control'] ?? '';
  if (reply.status !== 200 || !control.includes('public')) return ms(0);
  if (control.includes('immutable')) return IMMUTABLE;
  return named ? NAMED : FRESH;
}

/** A Reply with a complete body, as bytes for the wire. Spec: RFC 9112. */
export function wireBytes(reply: Reply, date: string): Buffer {
  if (isStream(reply.body)) throw new TypeError('a streamed body has no bytes yet');
  const body = typeof reply.body === 'string' ? Buffer.from(reply.body) : reply.body;
  let head = `HTTP/1.1 ${reply.status} ${REASONS[reply.status] ?? 'Answer'}\r\n`;
  for (const [name, value] of Object.entries({ ...reply.headers, ...READ_BY_ALL }))
    head += `${name}: ${value}\r\n`;
  head += `date: ${date}\r\nx-content-type-options: nosniff\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}

/** An answer that is being made, and the requests waiting for it. */
export interface PendingAnswer<Waiter> {
  readonly key: string;
  readonly waiters: Set<Waiter>;
  readonly abort: AbortController;
}

/**
 * A response cache with request coalescing: answers ready to be sent, and, for each answer being made, the requests
 * waiting for it.
 */
export class ResponseCache<Waiter> {
  readonly #clock: Clock;
  readonly #kept = new Map<string, CachedResponse>();
  readonly #makings = new Map<string, PendingAnswer<Waiter>>();
  #bytes = 0;
  #date = { at: Number.NEGATIVE_INFINITY, text: '' };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The bytes for an address, if cached and fresh. */
  find(key: string): Buffer | undefined {
    const kept = this.#kept.get(key);
    return kept && kept.until > this.#clock.now() ? kept.bytes : undefined;
  }

  /** Adds a waiter for an address. */
  wait(key: string, waiter: Waiter): { readonly making: PendingAnswer<Waiter>; readonly first: boolean } {
    const known = this.#makings.get(key);
    if (known) {
      known.waiters.add(waiter);
      return { making: known, first: false };
    }
    const making: PendingAnswer<Waiter> = { key, waiters: new Set([waiter]), abort: new AbortController() };
    this.#makings.set(key, making);
    return { making, first: true };
  }

  /** Removes a waiter that has gone; when it was the last one, the answer is abandoned. */
  leave(making: PendingAnswer<Waiter>, waiter: Waiter): void {
    making.waiters.delete(waiter);
    if (making.waiters.size > 0) return;
    this.#forget(making);
    making.abort.abort();
  }

  /** Takes all waiters off the list and returns them. */
  release(making: PendingAnswer<Waiter>): readonly Waiter[] {
    const list = [...making.waiters];
    making.waiters.clear();
    this.#forget(making);
    return list;
  }

  /** Makes an answer's bytes and keeps them as long as they may be reused. `named`: the address names the moment. */
  keep(key: string, reply: Reply, named: boolean): Buffer {
    const now = this.#clock.now();
    if (now - this.#date.at >= 1_000)
      this.#date = { at: now, text: new Date(this.#clock.wall()).toUTCString() };
    const bytes = wireBytes(reply, this.#date.text);
    const life = lifetime(reply, named);
    if (life > 0) {
      this.#drop(key);
      this.#kept.set(key, { bytes, until: now + life });
      this.#bytes += bytes.length;
      while (this.#kept.size > MAX_CACHED || this.#bytes > MAX_BYTES) {
        const oldest = this.#kept.keys().next().value;
        if (oldest === undefined) break;
        this.#drop(oldest);
      }
    }
    return bytes;
  }

  #forget(making: PendingAnswer<Waiter>): void {
    if (this.#makings.get(making.key) === making) this.#makings.delete(making.key);
  }

  #drop(key: string): void {
    const kept = this.#kept.get(key);
    if (!kept) return;
    this.#bytes -= kept.bytes.length;
    this.#kept.delete(key);
  }
}
