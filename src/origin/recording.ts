import { type EpochMs, fragmentAt } from '../base/time.ts';
import type { Piece, Pieces, Recording, RecordingLoudness } from '../wire/recording.ts';
import type { RecordingEdits } from '../wire/replay/edits.ts';

export type { Piece, Pieces, Recording } from '../wire/recording.ts';

/** What the origin needs of an archive. Only `version` and single pieces are asked for on the door's own thread. */
export interface RecordingPort {
  /** What is recorded, with work in proportion to it. `over`: nothing is written any more. */
  recording(
    slug: string,
    look?: {
      readonly over?: boolean;
      readonly sizesOf?: string | undefined;
      readonly signal?: AbortSignal | undefined;
    },
  ): Promise<Recording | undefined>;
  /** Changes whenever `recording` may say something else; absent: it never changes. */
  version?(slug: string): Promise<string | undefined>;
  /** What people added to a recording: chapters, clips, trims; absent: nothing. @throws when it cannot be read. */
  edits?(slug: string): Promise<RecordingEdits>;
  /** Changes whenever `edits` may say something else, and costs less; absent: they never change. */
  editsVersion?(slug: string): Promise<string>;
  init(slug: string, rendition: string): Promise<Buffer | undefined>;
  read(slug: string, rendition: string, piece: Pick<Piece, 'first' | 'count'>): Promise<Buffer | undefined>;
  /**
   * The bytes `from` to `to` (exclusive) of a piece; undefined unless all of them are there. Absent: pieces are read
   * whole.
   */
  readPart?(
    slug: string,
    rendition: string,
    piece: Pick<Piece, 'first' | 'count'>,
    from: number,
    to: number,
  ): Promise<Buffer | undefined>;
  /** Sizes (u16, big-endian) of `count` frames of a rendition; undefined where no index has them. */
  frameSizes?(slug: string, rendition: string, from: number, count: number): Promise<Buffer | undefined>;
  /** Keeps how loud a finished recording is, for everyone who reads it. */
  keepLoudness?(slug: string, loudness: RecordingLoudness): Promise<void>;
  /** Notes that somebody reads the file that grows, and tells when that was last noted, wall-clock ms. */
  noteGrowing?(slug: string): Promise<void>;
  growingNoted?(slug: string): Promise<number | undefined>;
}

/** The slot at which the replay begins: when the room first went live; without such a mark, the beginning. */
export function replayStart(recording: Recording): number {
  const live = recording.marks.find((mark) => mark.kind === 'status' && mark.status === 'live');
  if (live?.kind !== 'status') return 0;
  return Math.max(0, fragmentAt(recording.zero as EpochMs, live.at as EpochMs));
}

/** The number of the piece in which the replay begins; the list's length when there is none. */
function firstReplayPiece(pieces: Pieces, start: number): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { first, count } = pieces.at(middle) as Piece;
    if (first + count > start) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The pieces of a rendition from the replay's beginning on, whole pieces only. */
export function* replayPieces(recording: Recording, rendition: string): Generator<Piece> {
  const pieces = recording.pieces.get(rendition);
  if (!pieces) return;
  for (let index = firstReplayPiece(pieces, replayStart(recording)); index < pieces.length; index++)
    yield pieces.at(index) as Piece;
}
