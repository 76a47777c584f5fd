import type { Rendition } from '../base/media.ts';
import type { Mark } from './mark.ts';
import type { RecordingGap } from './room.ts';

/** A run of fragments in one file; sixteen of them unless the program began, broke or ended within the segment. */
export interface Piece {
  /** Sequence number of its first fragment. */
  readonly first: number;
  /** How many fragments, without a hole. */
  readonly count: number;
  /** Length of its file; absent where no index tells. */
  readonly bytes?: number;
  /** Coded frames in it, and their bytes without any box; absent where no index tells. */
  readonly frames?: number;
  readonly sound?: number;
}

/** Pieces in order; a list of 30 days has half a million. An array is one. */
export interface Pieces extends Iterable<Piece> {
  readonly length: number;
  at(index: number): Piece | undefined;
}

/** Who took a recording away: a host, the operator, or one of the settings recordingsKeep and recordingsQuota; `unknown` when its folder is simply gone. */
export type RemovedBy = 'host' | 'operator' | 'age' | 'quota' | 'unknown';

/** What stays of a recording that was removed. */
export interface Removed {
  /** Wall-clock ms. */
  readonly at: number;
  readonly by: RemovedBy;
}

/** What is told of a room's recording, beside the sound itself. */
export interface RecordingNote {
  /** Length of the replay. */
  readonly seconds: number;
  /** On the disk; absent where nobody counted. */
  readonly bytes?: number;
  /** When it will be removed, wall-clock ms, and which setting wants it so; absent while nothing threatens it. */
  readonly goesAt?: number;
  readonly goesBy?: 'age' | 'quota';
  /** Wall-clock ms; absent while it is there. */
  readonly removedAt?: number;
  readonly removedBy?: RemovedBy;
}

/** How loud a recording is, from the replay's beginning on. */
export interface RecordingLoudness {
  /** LUFS as played on two loudspeakers; absent for silence. */
  readonly lufs?: number;
  /** Largest sample in dBFS. */
  readonly peak: number;
  /** Seconds that were measured. */
  readonly seconds: number;
}

/** What is on the disk of one room at this moment. */
export interface Recording {
  readonly title: string;
  /** Wall-clock ms at which fragment 0 began. */
  readonly zero: number;
  readonly renditions: readonly Rendition[];
  /** Finished pieces per rendition, in order. */
  readonly pieces: ReadonlyMap<string, Pieces>;
  readonly gaps: readonly RecordingGap[];
  readonly marks: readonly Mark[];
  /** Present once it was measured. */
  readonly loudness?: RecordingLoudness;
  /** Present when the sound was removed: then there are no pieces. */
  readonly removed?: Removed;
}
