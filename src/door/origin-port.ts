import type { ErrorCode } from '../base/errors.ts';
import type { Charge, Reply } from '../base/reply.ts';
import type { Ms } from '../base/time.ts';
import type { RecordedFile } from '../wire/recording.ts';
import type { Clip } from '../wire/replay/edits.ts';
import type { ReplayOutline } from '../wire/replay/outline.ts';
import type { RoomCard, RoomState } from '../wire/room.ts';

/** Where a stream listener begins. */
export interface Joined {
  /** What the decoder needs first; empty for containers that need nothing. */
  readonly init: Uint8Array;
  /** Consecutive fragments up to the newest one; may be empty when the program has only just begun. */
  readonly fragments: readonly { readonly seq: number; readonly bytes: Buffer }[];
  /** Milliseconds until the next fragment is due. */
  readonly untilNext: Ms;
  /** Milliseconds between fragments. */
  readonly period: Ms;
}

/** What the door needs of the origin in the same process. */
export interface DoorOrigin {
  /**
   * Each fragment, once per room and rendition, in order of `seq`, at the instant from which listeners can join with
   * it.
   */
  onFragment(listen: (slug: string, rendition: string, seq: number, bytes: Buffer) => void): void;
  /** The program of a room is over. */
  onEnd(listen: (slug: string) => void): void;
  /** Where a listener begins, or why it cannot. `after` is the last fragment the listener already has. */
  join(
    slug: string,
    rendition: string,
    options: { after?: number; margin?: Ms; at?: number },
  ): Joined | ErrorCode;
  /**
   * Playlists, parts, replay, state; undefined when the path is not the origin's. Expensive work is charged with
   * `charge` before it begins.
   */
  answer(
    path: string,
    query: URLSearchParams,
    headers: Record<string, string | undefined>,
    signal: AbortSignal,
    charge: Charge,
  ): Promise<Reply> | undefined;
  card(slug: string): RoomCard | undefined;
  /** Looks for a room that `card` does not know; afterwards it does when there is one. Undefined: there is no need. */
  seek?(slug: string): Promise<'found' | 'unknown' | 'away'> | undefined;
  cards(): readonly RoomCard[];
  state(slug: string): RoomState | undefined;
  /** The chapters, trims and clips of a room's replay; undefined when there is none, or none in time. */
  outline?(slug: string): Promise<ReplayOutline | undefined>;
  /** A clip of a room; undefined when there is none of this id. */
  clip?(slug: string, id: string): Promise<Clip | undefined>;
  /** The recordings of rooms that are over, as files to download, by room; absent: nothing is known of them. */
  recordedFiles?(cards: readonly RoomCard[]): Promise<ReadonlyMap<string, RecordedFile>>;
}
