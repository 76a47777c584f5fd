import type { Clock } from '../base/clock.ts';
import { type EpochMs, fragmentAt } from '../base/time.ts';
import type { Piece, Recording } from '../wire/recording.ts';

export type { Piece, Recording } from '../wire/recording.ts';

/** What the origin needs of an archive. */
export interface RecordingPort {
  recording(slug: string): Promise<Recording | undefined>;
  init(slug: string, rendition: string): Promise<Buffer | undefined>;
  read(slug: string, rendition: string, piece: Piece): Promise<Buffer | undefined>;
}

/** Rooms whose listing of the disk is remembered. */
const MAX_REMEMBERED = 64;
const FRESH_MS = 1000;

interface Known {
  readonly at: number;
  readonly recording: Promise<Recording | undefined>;
}

/** Remembers for a second what is on the disk, so that a crowd costs one look. */
export function remember(
  port: RecordingPort,
  clock: Clock,
): (slug: string) => Promise<Recording | undefined> {
  const known = new Map<string, Known>();
  return (slug) => {
    const old = known.get(slug);
    if (old && clock.now() - old.at < FRESH_MS) return old.recording;
    known.delete(slug);
    const recording = port.recording(slug);
    recording.catch(() => known.delete(slug));
    known.set(slug, { at: clock.now(), recording });
    const oldest = known.keys().next().value;
    if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    return recording;
  };
}

/** The slot at which the replay begins: when the room first went live; without such a mark, the beginning. */
export function replayStart(recording: Recording): number {
  const live = recording.marks.find((mark) => mark.kind === 'status' && mark.status === 'live');
  if (live?.kind !== 'status') return 0;
  return Math.max(0, fragmentAt(recording.zero as EpochMs, live.at as EpochMs));
}

/** The pieces of a rendition from the replay's beginning on, whole pieces only. */
export function replayPieces(recording: Recording, rendition: string): Piece[] {
  const start = replayStart(recording);
  return (recording.pieces.get(rendition) ?? []).filter((piece) => piece.first + piece.count > start);
}
