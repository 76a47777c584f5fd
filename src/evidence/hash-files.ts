import { dirname, join } from 'node:path';
import type { EvidenceFiles } from './files.ts';
import { HASH_BYTES } from './tree/merkle.ts';
import { type ReadTile, TILE_WIDTH, tileFile } from './tree/tile.ts';

/** The files of hashes, one per tile, computed from the entries. A partial tile is the beginning of its file. */
export class HashFiles {
  readonly #files: EvidenceFiles;
  readonly #dir: string;
  readonly #folders = new Set<string>();

  constructor(files: EvidenceFiles, dir: string) {
    this.#files = files;
    this.#dir = dir;
  }

  /** The file of a tile. */
  path(level: number, index: number): string {
    return join(this.#dir, tileFile({ level, index }));
  }

  /** Writes hashes of a level from the one with this index on. Returns the files that were written to. */
  async write(level: number, first: number, hashes: readonly Buffer[]): Promise<string[]> {
    const written: string[] = [];
    for (let done = 0; done < hashes.length; ) {
      const [number, at] = [Math.floor((first + done) / TILE_WIDTH), (first + done) % TILE_WIDTH];
      const some = hashes.slice(done, done + TILE_WIDTH - at);
      const path = this.path(level, number);
      if (!this.#folders.has(dirname(path))) {
        await this.#files.mkdir(dirname(path));
        this.#folders.clear();
        this.#folders.add(dirname(path));
      }
      const file = await this.#files.open(path);
      try {
        await file.write(Buffer.concat(some), at * HASH_BYTES);
      } finally {
        await file.close();
      }
      written.push(path);
      done += some.length;
    }
    return written;
  }

  /** The hashes of a tile; fewer when its file is shorter. */
  readonly read: ReadTile = ({ level, index, width }) =>
    this.#files.read(this.path(level, index), 0, width * HASH_BYTES);

  /** The hash of the leaf with this index, hexadecimal. @throws RangeError when it is not there. */
  async leaf(index: number): Promise<string> {
    const path = this.path(0, Math.floor(index / TILE_WIDTH));
    const hash = await this.#files.read(path, (index % TILE_WIDTH) * HASH_BYTES, HASH_BYTES);
    if (hash.length !== HASH_BYTES) throw new RangeError(`the hash of entry ${index} is missing`);
    return hash.toString('hex');
  }
}
