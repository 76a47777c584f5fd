import { fragmentFrames, wholeFragments } from '../../media/boxes.ts';
import type { RecordingPort } from '../recording.ts';
import { withGain } from './aac-gain.ts';
import { growingPiece } from './growing-file.ts';
import { BYTES_PER_SIZE } from './m4a.ts';
import { piecePart } from './piece-part.ts';
import type { FilePlan } from './replay-maker.ts';

/** Frame sizes that are read at a time. */
const SIZES_AT_ONCE = 16_384;

/** The bytes `from` (inclusive) to `to` (exclusive) of a planned file, a piece at a time, `steps` louder. */
export async function* fileBytes(
  port: RecordingPort,
  slug: string,
  plan: FilePlan,
  steps: number,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const { before, after, frames, offsets } = plan;
  const afterAt = before.length + frames.count * BYTES_PER_SIZE;
  if (from < before.length) yield cut(before, 0, from, to);
  if (from < afterAt && to > before.length)
    yield* tableBytes(port, slug, plan, Math.max(from, before.length), Math.min(to, afterAt));
  const soundAt = offsets[0] ?? afterAt;
  if (from < soundAt && to > afterAt) yield cut(after, afterAt, from, to);
  for (let index = pieceAt(offsets, from); index < plan.firsts.length; index++) {
    const [begin = 0, end = 0] = [offsets[index], offsets[index + 1]];
    if (begin >= to) return;
    if (end <= from || end === begin) continue;
    const part = await piecePart(port, slug, plan, index, from - begin, to - begin);
    if (part) {
      yield cut(
        planned(plan, part.bytes, part.fragmentsBefore, steps, index),
        begin + part.bytesBefore,
        from,
        to,
      );
      continue;
    }
    const bytes = planned(plan, await pieceFile(port, slug, plan, index), 0, steps, index);
    // The declared length was promised already: a piece that vanished must break the connection, not shift the rest.
    if (bytes.length !== end - begin)
      throw new Error(`${slug}: piece ${plan.firsts[index]} is not what it was`);
    yield cut(bytes, begin, from, to);
  }
}

/** The part of `bytes`, which stand at `at` in the file, that a range has. */
function cut(bytes: Uint8Array, at: number, from: number, to: number): Buffer {
  const part = bytes.subarray(Math.max(0, from - at), Math.min(bytes.length, to - at));
  return Buffer.from(part.buffer, part.byteOffset, part.length);
}

/** The piece in which a place of the file lies; the first one for a place before the sound. */
function pieceAt(offsets: Float64Array, place: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((offsets[middle + 1] ?? 0) > place) high = middle;
    else low = middle + 1;
  }
  return low;
}

const pieceFile = async (
  port: RecordingPort,
  slug: string,
  { rendition, firsts, counts }: FilePlan,
  index: number,
): Promise<Buffer> =>
  (await port.read(slug, rendition, { first: firsts[index] ?? 0, count: counts[index] ?? 0 })) ??
  Buffer.alloc(0);

/** Fragments of piece `index`, `before` of which are left out, as they stand in the planned file, `steps` louder. */
function planned(
  { layout, start, fragmentsBefore }: FilePlan,
  bytes: Buffer,
  before: number,
  steps: number,
  index: number,
): Buffer {
  if (layout === 'growing') return growingPiece(bytes, start, (fragmentsBefore[index] ?? 0) + before, steps);
  const frames = wholeFragments(bytes)
    .filter(({ seq }) => seq >= start)
    .flatMap((place) => fragmentFrames(bytes.subarray(place.start, place.end)));
  return Buffer.concat(steps === 0 ? frames : frames.map((frame) => withGain(frame, steps)));
}

/** The table of frame sizes, out of the index: two bytes there, four here. */
async function* tableBytes(
  port: RecordingPort,
  slug: string,
  { before, frames, rendition }: FilePlan,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const place = (byte: number): number => (byte - before.length) / BYTES_PER_SIZE;
  const last = Math.ceil(place(to));
  for (let first = Math.floor(place(from)); first < last; first += SIZES_AT_ONCE) {
    const count = Math.min(SIZES_AT_ONCE, last - first);
    const sizes = frames.inline
      ? frames.inline.subarray(first * 2, (first + count) * 2)
      : await port.frameSizes?.(slug, rendition, frames.from + first, count);
    if (sizes?.length !== count * 2) throw new Error(`${slug}: the index of ${rendition} is not what it was`);
    const table = Buffer.allocUnsafe(count * BYTES_PER_SIZE);
    for (let index = 0; index < count; index++)
      table.writeUInt32BE(
        ((sizes[index * 2] ?? 0) << 8) | (sizes[index * 2 + 1] ?? 0),
        index * BYTES_PER_SIZE,
      );
    yield cut(table, before.length + first * BYTES_PER_SIZE, from, to);
  }
}
