import type { ApiRefusal } from '../api/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { OriginalMark, RecordingEdits } from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';

/** Why an edit was not made. */
export type EditRefusal = ApiRefusal;

/** Somebody with a link of a room. */
export interface RoomMember {
  readonly card: RoomCard;
  readonly role: 'host' | 'co-host' | 'speaker';
  readonly operator: boolean;
  /** Whose link it is; absent for the operator. */
  readonly speaker?: string;
}

/** The untouched recording as one file. */
export interface OriginalFile {
  readonly rendition: string;
  bytes(): AsyncGenerator<Uint8Array>;
}

/** What the edits of recordings need. */
export interface ReplayDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** What people added to recordings; one change of a room after the other. */
  readonly edits: {
    of(slug: string): Promise<RecordingEdits>;
    change(
      slug: string,
      change: (edits: RecordingEdits) => RecordingEdits | Promise<RecordingEdits>,
    ): Promise<RecordingEdits>;
  };
  /** Who holds a link, or why it is none. Rejects while the database is away. */
  memberOf(slug: string, token: string | undefined): Promise<RoomMember | EditRefusal>;
  /** A room that runs or is over; undefined where there is none. */
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** The untouched recording; undefined when there is none. */
  original(slug: string): Promise<OriginalFile | undefined>;
  /** Its hash. */
  mark(original: OriginalFile): Promise<OriginalMark>;
  /** Writes a line into the evidence log, once for each `key`; false when it was not written. */
  witness(slug: string, author: 'host' | 'operator', text: string, key: string): Promise<boolean>;
  /** The card of a clip as PNG. */
  png?(clip: {
    readonly title: string;
    readonly room: string;
    readonly seconds: number;
  }): Uint8Array | undefined;
}
