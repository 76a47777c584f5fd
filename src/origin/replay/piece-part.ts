/**
 * Of a recorded piece only the fragments that a range needs: an index tells where they are, so that a few bytes cost
 * no more than these.
 */
import { FRAGMENT_TICKS } from '../../base/time.ts';
import { wholeFragments } from '../../media/boxes.ts';
import { segmentAt, TAG_BOX_BYTES } from '../../wire/segment-tag.ts';
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
 * The fragments of piece `index` in which the bytes `from` to `to` (exclusive) lie, counted from where its sound
 * begins in the planned file. Undefined where the index does not tell, or when that is all of them: then the piece is
 * read whole.
 */
export async function piecePart(
  port: RecordingPort,
  slug: string,
  plan: FilePlan,
  index: number,
  from: number,
  to: number,
): Promise<PiecePart | undefined> {
  const { rendition, start, firsts, counts, fragmentsBefore, frames } = plan;
  const piece = { first: firsts[index] ?? 0, count: counts[index] ?? 0 };
  const skipped = Math.min(piece.count, Math.max(0, start - piece.first));
  const firstFrame = frames.from + ((fragmentsBefore[index] ?? 0) - skipped) * FRAMES;
  if (!port.readPart || frames.inline || firstFrame < 0) return undefined;
  const sizes = await port.frameSizes?.(slug, rendition, firstFrame, piece.count * FRAMES);
  if (sizes?.length !== piece.count * FRAMES * SIZE_BYTES) return undefined;
  // Recordings of earlier versions have no tags: what is read says whether the guess was right.
  for (const tagged of [true, false]) {
    const needed = places(plan, index, sizes, { skipped, tagged, from, to });
    if (!needed) continue;
    const bytes = await port.readPart(slug, rendition, piece, needed.at, needed.end);
    if (!bytes || !areFragments(bytes, piece.first + needed.first, needed.count)) continue;
    return { bytes, fragmentsBefore: needed.first - skipped, bytesBefore: needed.bytesBefore };
  }
  return undefined;
}

/** Where these fragments stand in the file of the piece, by the sizes of its frames; undefined when the plan does not agree. */
function places(
  { layout, firsts, counts, offsets }: FilePlan,
  index: number,
  sizes: Buffer,
  asked: { readonly skipped: number; readonly tagged: boolean; readonly from: number; readonly to: number },
) {
  const { skipped, tagged, from, to } = asked;
  const [first = 0, all = 0] = [firsts[index], counts[index]];
  const needed = { first: all, last: -1, at: 0, end: 0, bytesBefore: 0 };
  let planned = 0;
  let at = 0;
  for (let fragment = 0; fragment < all; fragment++) {
    let sound = 0;
    for (let n = 0; n < FRAMES; n++) sound += sizes.readUInt16BE((fragment * FRAMES + n) * SIZE_BYTES);
    const tag = tagged && segmentAt(first + fragment) !== undefined ? TAG_BOX_BYTES : 0;
    const end = at + tag + sound + BOX_BYTES;
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
  return count < 1 || count === all - skipped ? undefined : { ...needed, count };
}

/** Whether these are `count` whole fragments from `first` on and nothing else. */
function areFragments(bytes: Buffer, first: number, count: number): boolean {
  const found = wholeFragments(bytes);
  return (
    found.length === count &&
    found.at(-1)?.end === bytes.length &&
    found.every(({ seq }, n) => seq === first + n)
  );
}
