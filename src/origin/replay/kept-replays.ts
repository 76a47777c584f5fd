import type { ReplayMade } from './replay-maker.ts';

/** What is remembered of all replays together; the longest unused goes first. A plan of 24 hours is 0.4 MB. */
const MAX_KEPT_BYTES = 48 << 20;
/** Counted for anything kept, beside its buffers. */
const ENTRY_BYTES = 1000;

/** What was made from a recording; undefined when there is no recording, or when making it failed. */
export type KeptMade = ReplayMade | undefined | 'failed';

interface Kept {
  readonly version: string;
  readonly made: KeptMade;
  readonly bytes: number;
  readonly freshUntil: number;
}

/** Caches what was made from recordings, up to a number of bytes; the least recently used goes first. */
export class KeptReplays {
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** What is kept, whether it still holds or not. */
  any(key: string): KeptMade {
    return this.#kept.get(key)?.made;
  }

  /** What is kept and still holds; undefined otherwise. It counts as used. */
  good(key: string, version: string, at: number): { readonly made: KeptMade } | undefined {
    const known = this.#kept.get(key);
    if (!known || !holds(known, version, at)) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, known);
    return known;
  }

  keep(key: string, made: KeptMade, version: string, freshUntil: number): void {
    const entry = { version, made, freshUntil, bytes: sizeOf(made) + key.length };
    this.#bytes += entry.bytes - (this.#kept.get(key)?.bytes ?? 0);
    this.#kept.delete(key);
    this.#kept.set(key, entry);
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= MAX_KEPT_BYTES || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes;
    }
  }
}

/**
 * What failed is tried again after its time; what was made holds as long as the recording is the same, or for its
 * time.
 */
const holds = ({ version, made, freshUntil }: Kept, now: string, at: number): boolean =>
  at < freshUntil || (made !== 'failed' && version === now);

function sizeOf(made: KeptMade): number {
  let sum = ENTRY_BYTES;
  if (typeof made !== 'object') return sum;
  for (const value of Object.values(made)) {
    if (ArrayBuffer.isView(value)) sum += value.byteLength;
    if (value && typeof value === 'object' && 'inline' in value && ArrayBuffer.isView(value.inline))
      sum += value.inline.byteLength;
  }
  return sum;
}
