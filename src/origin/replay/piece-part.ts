/** Of a recorded piece only the fragments that a range needs: an index tells where they are, so that a few bytes cost no more than these. */
import { FRAGMENT_TICKS } from '../../base/time.ts';
import { wholeFragments } from '../../media/boxes.ts';
import type { RecordingPort } from '../recording.ts';
import type { FilePlan } from './replay-maker.ts';

/** Samples of one AAC frame, and frames of one fragment. */
const FRAME = 1024;
const FRAMES = FRAGMENT_TICKS / FRAME;
/** Bytes of a fragment beside its frames, as they are recorded: checked, not trusted. */
const BOX_BYTES = 96 + 4 * FRAMES;
const SIZE_BYTES = 2;

/** Some fragments of a piece. */
export interface PiecePart {
  /** As they stand in the piece's file. */
  readonly bytes: Buffer;
  /** Fragments of the planned piece before them, and their bytes in the planned file. */
  readonly fragmentsBefore: number;
  readonly bytesBefore: number;
}

/**
 * The fragments of piece `index` in which the bytes `from` to `to` (exclusive) lie, counted from where its sound begins
 * in the planned file. Undefined where the index does not tell, or when that is all of them: then the piece is read whole.
 */
export async function piecePart(
  port: RecordingPort,
  slug: string,
  { layout, rendition, start, firsts, counts, offsets, fragmentsBefore, frames }: FilePlan,
  index: number,
  from: number,
  to: number,
): Promise<PiecePart | undefined> {
  const piece = { first: firsts[index] ?? 0, count: counts[index] ?? 0 };
  const skipped = Math.min(piece.count, Math.max(0, start - piece.first));
  const firstFrame = frames.from + ((fragmentsBefore[index] ?? 0) - skipped) * FRAMES;
  if (!port.readPart || frames.inline || firstFrame < 0) return undefined;
  const sizes = await port.frameSizes?.(slug, rendition, firstFrame, piece.count * FRAMES);
  if (sizes?.length !== piece.count * FRAMES * SIZE_BYTES) return undefined;
  const needed = { first: piece.count, last: -1, at: 0, end: 0, bytesBefore: 0 };
  let planned = 0;
  let at = 0;
  for (let fragment = 0; fragment < piece.count; fragment++) {
    let sound = 0;
    for (let n = 0; n < FRAMES; n++) sound += sizes.readUInt16BE((fragment * FRAMES + n) * SIZE_BYTES);
    const end = at + sound + BOX_BYTES;
    if (fragment >= skipped) {
      const next = planned + (layout === 'growing' ? end - at : sound);
      if (next > from && planned < to) {
        if (needed.last < 0) Object.assign(needed, { first: fragment, at, bytesBefore: planned });
        Object.assign(needed, { last: fragment, end });
      }
      planned = next;
    }
    at = end;
  }
  const count = needed.last - needed.first + 1;
  if (planned !== (offsets[index + 1] ?? 0) - (offsets[index] ?? 0)) return undefined;
  if (count < 1 || count === piece.count - skipped) return undefined;
  const bytes = await port.readPart(slug, rendition, piece, needed.at, needed.end);
  if (!bytes || !areFragments(bytes, piece.first + needed.first, count)) return undefined;
  return { bytes, fragmentsBefore: needed.first - skipped, bytesBefore: needed.bytesBefore };
}

/** Whether these are `count` whole fragments from `first` on and nothing else. */
function areFragments(bytes: Buffer, first: number, count: number): boolean {
  const places = wholeFragments(bytes);
  return (
    places.length === count &&
    places.at(-1)?.end === bytes.length &&
    places.every(({ seq }, n) => seq === first + n)
  );
}
