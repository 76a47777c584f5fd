import type { ErrorCode } from '../base/errors.ts';

/** Limit of a music file in bytes: two minutes of what people usually send, even as WAV with one channel. */
export const MAX_MUSIC_BYTES = 8_000_000;
/** How long before its start an announced room accepts music. */
export const MUSIC_LEAD_MS = 24 * 3_600_000;

/** A room's own music. */
export interface RoomMusic {
  readonly seconds: number;
  /** Another one for each music that is sent. */
  readonly edition: string;
  /** A WAV file: 48 kHz, 16-bit, two channels. */
  readonly wav: () => ReadableStream<Uint8Array>;
}

/** The store of hosts' music. */
export interface MusicShelf {
  /**
   * Reads, decodes and stores music in place of what was there; returns its length, or why not. Nothing is read
   * before there is room. `network` is where it comes from: each network has a share of the places.
   */
  put(
    slug: string,
    body: AsyncIterable<Uint8Array>,
    network?: string,
  ): Promise<
    | { readonly seconds: number }
    | { readonly refused: ErrorCode; readonly detail: string; readonly wait?: number }
  >;
  /** A room's stored music: its length, and its sound as a WAV file; undefined while Earshot's own plays. */
  find(slug: string): Promise<RoomMusic | undefined>;
  /** Goes back to Earshot's own music. */
  remove(slug: string): Promise<void>;
  /** Removes the music of every room but these. */
  keep(slugs: ReadonlySet<string>): Promise<void>;
}
