/** Synthetic recordings for a measurement: pieces of one sound, linked as often as needed, with their index. */
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeTone } from '../e2e/tone.ts';
import { indexLine, storedPiece } from '../src/archive/piece-index.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../src/base/time.ts';
import { fragmentFrames } from '../src/media/boxes.ts';
import { ARCHIVED, RENDITIONS } from '../src/wire/renditions.ts';
import { syntheticFragment } from '../test/synthetic.ts';

/** Most file systems limit the names (hard links) of one file to some tens of thousands. */
const NAMES_PER_FILE = 30_000;
/** The table of frames of a longer recording is never read, so it is left as a sparse file. */
const MAX_TABLE_PIECES = 20_000;

/**
 * Writes the pieces of one rendition for this many hours, with their index, to a folder. `frames` are the coded frames
 * of one fragment.
 */
export function makePieces(folder: string, hours: number, frames: readonly Uint8Array[]): void {
  const count = Math.ceil((hours * 3_600_000) / (FRAGMENT_MS * FRAGMENTS_PER_SEGMENT));
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.concat(
    Array.from({ length: FRAGMENTS_PER_SEGMENT }, (_, seq) => syntheticFragment(seq, frames)),
  );
  const { piece, sizes } = storedPiece(0, bytes);
  const records: Buffer[] = [];
  let source = '';
  for (let n = 0; n < count; n++) {
    const first = n * FRAGMENTS_PER_SEGMENT;
    const name = join(folder, `${first}-${FRAGMENTS_PER_SEGMENT}.m4s`);
    if (n % NAMES_PER_FILE === 0) {
      source = name;
      writeFileSync(name, bytes);
    } else linkSync(source, name);
    records.push(indexLine({ ...piece, first }));
  }
  writeFileSync(join(folder, 'pieces.idx'), Buffer.concat(records));
  const table = join(folder, 'frames.idx');
  writeFileSync(
    table,
    Buffer.concat(Array.from({ length: count <= MAX_TABLE_PIECES ? count : 1 }, () => sizes)),
  );
  truncateSync(table, count * sizes.length);
}

const AAC_FRAMES = 15;

/** One hour of a tone for each of these rooms, below `archive`; they share the pieces, which go to `shared`. */
export async function makeHours(
  archive: string,
  shared: string,
  rooms: readonly { readonly slug: string; readonly zero: number }[],
): Promise<void> {
  const { init, fragments } = await encodeTone('aac', 5);
  const frames = fragments.flatMap((fragment) => [...fragmentFrames(fragment)]).slice(20, 20 + AAC_FRAMES);
  makePieces(shared, 1, frames);
  writeFileSync(join(shared, 'init.mp4'), init);
  const renditions = RENDITIONS.filter(({ id }) => ARCHIVED.includes(id));
  for (const { slug, zero } of rooms) {
    const folder = join(archive, slug);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'room.json'), JSON.stringify({ v: 1, slug, title: slug, zero, renditions }));
    writeFileSync(
      join(folder, 'marks.jsonl'),
      `${JSON.stringify({ kind: 'status', status: 'live', at: zero })}\n`,
    );
    const figure = { lufs: -21, peak: -18, seconds: 3600 };
    const state = { bins: [], peak: 0.1, hops: 36_000 };
    writeFileSync(join(folder, 'loudness.json'), `${JSON.stringify({ v: 1, figure, state })}\n`);
    for (const { id } of renditions) symlinkSync(shared, join(folder, id));
  }
}
