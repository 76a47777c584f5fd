import type { Rendition } from '../base/media.ts';
import type { Mark } from './mark.ts';

/** A hole in the recording. */
export interface RecordingGap {
  readonly from: number;
  readonly seconds: number;
  readonly reason: 'disk-full' | 'disk-error' | 'studio-restart' | 'studio-busy';
}

/** A run of fragments in one file: sixteen, unless the program began, broke or ended within the segment. */
export interface Piece {
  /** Sequence number of its first fragment. */
  readonly first: number;
  /** Number of fragments, without a gap. */
  readonly count: number;
  /** Length of its file; absent without an index. */
  readonly bytes?: number;
  /** Coded frames in it, and their bytes without boxes; absent without an index. */
  readonly frames?: number;
  readonly sound?: number;
}

/** Pieces in order; a recording of 30 days has half a million. An array is one implementation. */
export interface Pieces extends Iterable<Piece> {
  readonly length: number;
  at(index: number): Piece | undefined;
}

/**
 * Who removed a recording: a host, the operator, or one of the settings recordingsKeep and recordingsQuota; `unknown`
 * when its folder is missing.
 */
export type RemovedBy = 'host' | 'operator' | 'age' | 'quota' | 'unknown';

/** What remains of a removed recording. */
export interface Removed {
  /** Wall-clock ms. */
  readonly at: number;
  readonly by: RemovedBy;
}

/** Facts about a room's recording, beside the sound itself. */
export interface RecordingNote {
  /** Length of the replay. */
  readonly seconds: number;
  /** Size on the disk; absent where it was not counted. */
  readonly bytes?: number;
  /** When it will be removed, wall-clock ms, and by which setting; absent while no removal is planned. */
  readonly goesAt?: number;
  readonly goesBy?: 'age' | 'quota';
  /** Wall-clock ms; absent while the recording exists. */
  readonly removedAt?: number;
  readonly removedBy?: RemovedBy;
}

/** A recording as one file that can be downloaded; what is absent is not known yet. */
export interface RecordedFile {
  readonly seconds?: number;
  /** Length of the file. */
  readonly bytes?: number;
  /** True where it has chapters. */
  readonly chapters?: boolean;
  /** Who spoke, as the recording names them, in the order in which they began. */
  readonly speakers?: readonly string[];
  /** Its clips, on the timeline of the file. */
  readonly clips?: readonly { readonly at: number; readonly seconds: number; readonly title: string }[];
}

/** The loudness of a recording, from the beginning of the replay on. */
export interface RecordingLoudness {
  /** LUFS when played on two loudspeakers; absent for silence. */
  readonly lufs?: number;
  /** Largest sample in dBFS. */
  readonly peak: number;
  /** Number of seconds measured. */
  readonly seconds: number;
}

/** The files of one room's recording at this moment. */
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
  /** Present when the sound was removed; there are no pieces then. */
  readonly removed?: Removed;
}
