import type { ErrorCode } from '../base/errors.ts';

/** Bytes of a music file at most: two minutes of what people send, also as WAV of one channel. */
export const MAX_MUSIC_BYTES = 8_000_000;
/** A room that is announced takes music so long before its start. */
export const MUSIC_LEAD_MS = 24 * 3_600_000;

/** A room's own music. */
export interface RoomMusic {
  readonly seconds: number;
  /** A WAV file: 48 kHz, 16-bit, two channels. */
  readonly wav: () => ReadableStream<Uint8Array>;
}

/** Where the music that hosts send is kept. */
export interface MusicShelf {
  /**
   * Reads, decodes and keeps it in place of what was there; how long it is, or why not. Nothing is read before there is
   * room. `network` is where it comes from: one network has a part of the places.
   */
  put(
    slug: string,
    body: AsyncIterable<Uint8Array>,
    network?: string,
  ): Promise<
    | { readonly seconds: number }
    | { readonly refused: ErrorCode; readonly detail: string; readonly wait?: number }
  >;
  /** What is kept for a room: its length, and its sound as a WAV file; undefined while the house's plays. */
  find(slug: string): Promise<RoomMusic | undefined>;
  /** The house's own music again. */
  remove(slug: string): Promise<void>;
  /** Removes the music of every room but these. */
  keep(slugs: ReadonlySet<string>): Promise<void>;
}
