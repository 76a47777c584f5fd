import type { Rendition } from '../base/media.ts';
import type { Mark } from './mark.ts';
import type { RecordingGap } from './room.ts';

/** A run of fragments in one file; sixteen of them unless the program began, broke or ended within the segment. */
export interface Piece {
  /** Sequence number of its first fragment. */
  readonly first: number;
  /** How many fragments, without a hole. */
  readonly count: number;
}

/** What is on the disk of one room at this moment. */
export interface Recording {
  readonly title: string;
  /** Wall-clock ms at which fragment 0 began. */
  readonly zero: number;
  readonly renditions: readonly Rendition[];
  /** Finished pieces per rendition, in order. */
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  readonly gaps: readonly RecordingGap[];
  readonly marks: readonly Mark[];
}
