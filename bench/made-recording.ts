/** Synthetic recordings for a measurement: pieces of one sound, linked as often as needed, with their index. */
import { linkSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { indexLine, storedPiece } from '../src/archive/piece-index.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../src/base/time.ts';
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
