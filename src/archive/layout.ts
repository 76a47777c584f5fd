import { join } from 'node:path';
import type { Rendition } from '../base/media.ts';
import { FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import type { Piece } from '../wire/recording.ts';

/** `room.json`: the facts needed to read a recording. */
export interface RoomFile {
  readonly v: 1;
  readonly slug: string;
  readonly title: string;
  /** Wall-clock ms at which fragment 0 began. */
  readonly zero: number;
  readonly renditions: readonly Rendition[];
}

const PIECE = /^(\d{1,10})-(\d{1,2})\.m4s$/;
const RUNNING = /^(\d{1,10})\.tmp$/;
const RENDITION = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The file name of a finished piece. It holds all that the index needs, so that one rename publishes the piece. */
export const pieceName = (piece: Piece): string => `${piece.first}-${piece.count}.m4s`;
/** The file name of the piece that is being written. */
export const runningName = (first: number): string => `${first}.tmp`;

/** The piece described by a file name, or undefined. */
export function asPiece(name: string): Piece | undefined {
  const match = PIECE.exec(name);
  if (!match) return undefined;
  const piece = { first: Number(match[1]), count: Number(match[2]) };
  return piece.count >= 1 && piece.count <= FRAGMENTS_PER_SEGMENT ? piece : undefined;
}

/** The first sequence number of a piece that was being written, or undefined. */
export const asRunning = (name: string): number | undefined => {
  const match = RUNNING.exec(name);
  return match ? Number(match[1]) : undefined;
};

/** True for a name that cannot leave its folder. */
export const isRenditionId = (id: string): boolean => RENDITION.test(id);

/** The names inside one recording's folder. */
export const paths = (dir: string, slug: string) => {
  const folder = join(dir, slug);
  return {
    folder,
    room: join(folder, 'room.json'),
    marks: join(folder, 'marks.jsonl'),
    gaps: join(folder, 'gaps.jsonl'),
    rendition: (id: string): string => join(folder, id),
    removed: join(folder, 'removed.json'),
    loudness: join(folder, 'loudness.json'),
    edits: join(folder, 'edits.json'),
    growing: join(folder, 'growing'),
    init: (id: string): string => join(folder, id, 'init.mp4'),
    index: (id: string): string => join(folder, id, 'pieces.idx'),
    frames: (id: string): string => join(folder, id, 'frames.idx'),
    piece: (id: string, piece: Piece): string => join(folder, id, pieceName(piece)),
    running: (id: string, first: number): string => join(folder, id, runningName(first)),
  };
};
