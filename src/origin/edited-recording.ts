/**
 * A recording as its host left it: what was trimmed is not in any list, file or piece that leaves the origin. The
 * pieces on the disk stay as they were written.
 */
import { FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import { wholeFragments } from '../media/boxes.ts';
import { type CutStretch, cutsOf } from '../wire/replay/edits.ts';
import type { Piece, Pieces, RecordingPort } from './recording.ts';

type PieceName = Pick<Piece, 'first' | 'count'>;

/** The pieces without what is cut; a piece that a cut touches becomes what is left of it. */
export function cutPieces(pieces: Iterable<Piece>, cuts: readonly CutStretch[]): Piece[] {
  const kept: Piece[] = [];
  for (const { first, count } of pieces) {
    let from = first;
    const end = first + count;
    for (const cut of cuts) {
      if (cut.end <= from || cut.first >= end) continue;
      if (cut.first > from) kept.push({ first: from, count: cut.first - from });
      from = Math.max(from, cut.end);
    }
    if (from < end) kept.push({ first: from, count: end - from });
  }
  return kept;
}

const touches = ({ first, count }: PieceName, cuts: readonly CutStretch[]): boolean =>
  cuts.some((cut) => cut.first < first + count && cut.end > first);

/** The archive, with the trims of each room applied to everything that it says. */
export function editedRecordings(archive: RecordingPort): RecordingPort {
  const cutsOfRoom = async (slug: string): Promise<readonly CutStretch[]> => {
    const edits = await archive.edits?.(slug);
    return edits ? cutsOf(edits) : [];
  };

  /** Part of a piece on the disk, which begins in the same segment. */
  const partOf = async (
    slug: string,
    rendition: string,
    { first, count }: PieceName,
  ): Promise<Buffer | undefined> => {
    const segment = first - (first % FRAGMENTS_PER_SEGMENT);
    for (let from = segment; from <= first; from++)
      for (let most = segment + FRAGMENTS_PER_SEGMENT - from; from + most >= first + count; most--) {
        const whole = await archive.read(slug, rendition, { first: from, count: most });
        if (!whole) continue;
        const places = wholeFragments(whole).filter(({ seq }) => seq >= first && seq < first + count);
        return places.length === count ? whole.subarray(places[0]?.start, places.at(-1)?.end) : undefined;
      }
    return undefined;
  };

  return {
    ...archive,
    async recording(slug, look) {
      const [recording, cuts] = await Promise.all([archive.recording(slug, look), cutsOfRoom(slug)]);
      if (!recording || cuts.length === 0) return recording;
      const pieces = new Map<string, Pieces>();
      for (const [id, all] of recording.pieces) pieces.set(id, cutPieces(all, cuts));
      // The loudness was that of the whole recording.
      const { loudness: _, ...rest } = recording;
      return { ...rest, pieces };
    },
    async read(slug, rendition, piece) {
      const cuts = await cutsOfRoom(slug);
      if (cuts.length === 0) return archive.read(slug, rendition, piece);
      if (touches(piece, cuts)) return undefined;
      return (await archive.read(slug, rendition, piece)) ?? partOf(slug, rendition, piece);
    },
    // An index knows the pieces as they were written: where something is cut, pieces are read whole.
    async readPart(slug, rendition, piece, from, to) {
      if ((await cutsOfRoom(slug)).length > 0) return undefined;
      return archive.readPart?.(slug, rendition, piece, from, to);
    },
    async frameSizes(slug, rendition, from, count) {
      if ((await cutsOfRoom(slug)).length > 0) return undefined;
      return archive.frameSizes?.(slug, rendition, from, count);
    },
    async keepLoudness(slug, loudness) {
      if ((await cutsOfRoom(slug)).length === 0) await archive.keepLoudness?.(slug, loudness);
    },
  };
}
