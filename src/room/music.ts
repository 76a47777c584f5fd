import type { ErrorCode } from '../base/errors.ts';

/** Bytes of a music file at most: a door waits 20 s for a whole request. */
export const MAX_MUSIC_BYTES = 8_000_000;

/** Where the music that hosts send is kept. */
export interface MusicShelf {
  /** Decodes and keeps it in place of what was there; how long it is, or why not. */
  put(
    slug: string,
    bytes: Uint8Array,
  ): Promise<{ readonly seconds: number } | { readonly refused: ErrorCode; readonly detail: string }>;
  /** The house's own music again. */
  remove(slug: string): Promise<void>;
}
