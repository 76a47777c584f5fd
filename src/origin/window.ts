import type { Clock } from '../base/clock.ts';
import type { Init, Rendition } from '../base/media.ts';
import { FRAGMENTS_PER_SEGMENT, type Ms } from '../base/time.ts';
import { retime } from '../media/fragment-slot.ts';
import { segmentAt, withTag } from '../wire/segment-tag.ts';

/**
 * Fragments of one rendition kept in memory: 18 segments (92 s). The oldest that the delayed list names begins 61 s
 * behind the live edge, and a player may still fetch it for as long as that list is.
 */
export const WINDOW_FRAGMENTS = 18 * FRAGMENTS_PER_SEGMENT;
/** Limit of fragments that fill a gap, or that a stream listener missed: 46 s. */
export const CATCH_UP_FRAGMENTS = 9 * FRAGMENTS_PER_SEGMENT;

/** Requests waiting for one fragment, with one timer for all. */
interface Waiting {
  readonly waiters: Set<(came: boolean) => void>;
  readonly settle: (came: boolean) => void;
  readonly timer: Disposable;
}

/**
 * The newest fragments of one rendition, real or standby, in order of `seq`; and requests that wait for the next.
 */
export class Window {
  readonly rendition: Rendition;
  init: Uint8Array | undefined;
  /** Sequence number of the oldest held fragment; undefined before the first. */
  first: number | undefined;
  /** Sequence number of the newest fragment; undefined before the first. */
  last: number | undefined;
  #loop: readonly Uint8Array[] = [];
  readonly #held = new Map<number, Buffer>();
  /**
   * Held fragments that stand in for missing ones; another door, or this one a moment later, may have the real ones.
   */
  readonly #substitutes = new Set<number>();
  readonly #waiting = new Map<number, Waiting>();
  #over = false;

  readonly #tag: (segment: number) => Uint8Array;

  /** `tag`: the tag of a segment, for what fills in. */
  constructor(rendition: Rendition, tag: (segment: number) => Uint8Array) {
    this.rendition = rendition;
    this.#tag = tag;
  }

  /** Keeps the bytes a decoder needs. */
  begin(init: Init): void {
    this.init = Buffer.from(init.bytes);
  }

  /** Keeps the loop that fills gaps; `sizes` cut `body` into fragments. */
  setLoop(body: Uint8Array, sizes: readonly number[]): void {
    let at = 0;
    this.#loop = sizes.map((size) => {
      at += size;
      return Buffer.from(body.subarray(at - size, at));
    });
  }

  /** True when gaps of this rendition can be filled. */
  get hasLoop(): boolean {
    return this.#loop.length > 0;
  }

  /** The standby fragment for a slot; the loop is bound to the grid, so a long absence is continuous music. */
  standby(seq: number): Buffer | undefined {
    const bytes = this.#loop[seq % this.#loop.length];
    if (!bytes) return undefined;
    const fragment = retime(this.rendition.container, bytes, seq);
    const segment = this.rendition.container === 'fmp4' ? segmentAt(seq) : undefined;
    return segment === undefined ? fragment : Buffer.from(withTag(this.#tag(segment), fragment).buffer);
  }

  /** The bytes of a held fragment. */
  at(seq: number): Buffer | undefined {
    return this.#held.get(seq);
  }

  /**
   * Adds the newest fragment; `seq` must be greater than `last`. `substitute`: it is not this rendition's own.
   */
  put(seq: number, bytes: Buffer, substitute = false): void {
    if (this.last !== undefined && seq - this.last >= WINDOW_FRAGMENTS) {
      this.#held.clear();
      this.#substitutes.clear();
      this.first = seq;
    }
    this.#held.set(seq, bytes);
    if (substitute) this.#substitutes.add(seq);
    this.first ??= seq;
    this.last = seq;
    for (const oldest = seq - WINDOW_FRAGMENTS + 1; this.first < oldest; this.first++) {
      this.#held.delete(this.first);
      this.#substitutes.delete(this.first);
    }
    for (const [wanted, waiting] of this.#waiting) if (wanted <= seq) waiting.settle(true);
  }

  /** Forgets all fragments: what comes next belongs to another time. */
  clear(): void {
    this.#held.clear();
    this.#substitutes.clear();
    this.first = undefined;
    this.last = undefined;
  }

  /** True when one of a run of fragments is a substitute: the bytes behind its address may change. */
  substituted(first: number, count: number): boolean {
    if (this.#substitutes.size === 0) return false;
    for (let seq = first; seq < first + count; seq++) if (this.#substitutes.has(seq)) return true;
    return false;
  }

  /** The bytes of a run of fragments joined, or undefined when one of them is not held. */
  joined(first: number, count: number): Buffer | undefined {
    const parts: Buffer[] = [];
    for (let seq = first; seq < first + count; seq++) {
      const bytes = this.#held.get(seq);
      if (!bytes) return undefined;
      parts.push(bytes);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Resolves true when fragment `seq` has come; false at `limit`, at the end, or when `signal` aborts. */
  ready(seq: number, clock: Clock, limit: Ms, signal?: AbortSignal): Promise<boolean> {
    if (this.last !== undefined && this.last >= seq) return Promise.resolve(true);
    if (this.#over || signal?.aborted) return Promise.resolve(false);
    const waiting = this.#waiting.get(seq) ?? this.#await(seq, clock, limit);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const left = (): void => {
      waiting.waiters.delete(done);
      if (waiting.waiters.size === 0) waiting.settle(false);
      resolve(false);
    };
    const done = (came: boolean): void => {
      signal?.removeEventListener('abort', left);
      resolve(came);
    };
    signal?.addEventListener('abort', left, { once: true });
    waiting.waiters.add(done);
    return promise;
  }

  /** Number of requests waiting for something that does not exist yet. */
  get waiting(): number {
    let sum = 0;
    for (const { waiters } of this.#waiting.values()) sum += waiters.size;
    return sum;
  }

  #await(seq: number, clock: Clock, limit: Ms): Waiting {
    const waiters = new Set<(came: boolean) => void>();
    const settle = (came: boolean): void => {
      waiting.timer[Symbol.dispose]();
      if (this.#waiting.get(seq) === waiting) this.#waiting.delete(seq);
      for (const tell of waiters) tell(came);
      waiters.clear();
    };
    const waiting = { waiters, settle, timer: clock.after(limit, () => settle(false)) };
    this.#waiting.set(seq, waiting);
    return waiting;
  }

  /** Nothing more will come: waiting requests are told. */
  end(): void {
    this.#over = true;
    for (const waiting of [...this.#waiting.values()]) waiting.settle(false);
  }
}
