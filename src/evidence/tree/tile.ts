import { HASH_BYTES, nodeHash } from './merkle.ts';
import type { NodeReader } from './proofs.ts';

/** Number of hashes in a full tile, and of entries in a full bundle of entries. Spec: C2SP tlog-tiles, Merkle Tree. */
export const TILE_WIDTH = 256;
/** Levels of the tree that one level of tiles spans. */
const TILE_HEIGHT = 8;
/** Tiles that a reader holds, each with the nodes above its hashes: 16 kB. */
const MOST_HELD = 128;
const HIGHEST_LEVEL = 63;

/** The name of a tile: of hashes at a level, or of entries. */
export interface TileName {
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256. */
  readonly width: number;
}

/** Number of hashes that all tiles of a level hold together, in a tree with `size` leaves. */
export const hashesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/**
 * The path of a tile's file, without the tile's width: a partial tile is the beginning of the full one. Spec: C2SP
 * tlog-tiles.
 */
export function tileFile({ level, index }: Pick<TileName, 'level' | 'index'>): string {
  const steps: string[] = [];
  for (let rest = index, last = true; last || rest > 0; rest = Math.floor(rest / 1000), last = false)
    steps.unshift(`${last ? '' : 'x'}${String(rest % 1000).padStart(3, '0')}`);
  return `tile/${level}/${steps.join('/')}`;
}

/** The path of a tile below the address of its log. Spec: C2SP tlog-tiles, Merkle Tree. */
export const tilePath = (tile: TileName): string =>
  `${tileFile(tile)}${tile.width < TILE_WIDTH ? `.p/${tile.width}` : ''}`;

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Parses the path of a tile; undefined when it does not name one in its one canonical form. */
export function parseTilePath(path: string): TileName | undefined {
  const [, level = '', steps = '', partial] = PATH.exec(path) ?? [];
  const index = Number(steps.replace(/[x/]/g, ''));
  const name: TileName = {
    level: level === 'entries' ? level : Number(level),
    index,
    width: partial === undefined ? TILE_WIDTH : Number(partial),
  };
  if (partial !== undefined && name.width >= TILE_WIDTH) return undefined;
  if (level === '' || (name.level !== 'entries' && name.level > HIGHEST_LEVEL)) return undefined;
  return tilePath(name) === path ? name : undefined;
}

/** Reads the hashes of a tile: `width · 32` bytes. @throws when it cannot be read. */
export type ReadTile = (tile: TileName & { readonly level: number }) => Promise<Buffer>;

/**
 * Opens a reader for the nodes of a tree with `size` leaves. It caches the 128 tiles that were used last. @throws
 * RangeError (from `node`) when a tile is too short.
 */
export function openTileReader(size: number, read: ReadTile): NodeReader {
  /** Of each tile its hashes, then the nodes above, level by level. */
  const held = new Map<string, Promise<readonly Buffer[]>>();

  async function fetchTile(level: number, index: number): Promise<readonly Buffer[]> {
    const width = Math.min(TILE_WIDTH, hashesAt(level, size) - index * TILE_WIDTH);
    if (width <= 0) throw new RangeError(`a tree of ${size} has no tile ${level}/${index}`);
    const bytes = await read({ level, index, width });
    if (bytes.length !== width * HASH_BYTES)
      throw new RangeError(
        `tile ${level}/${index} has ${bytes.length} bytes instead of ${width * HASH_BYTES}`,
      );
    const rows = [bytes];
    for (let row = bytes; row.length >= 2 * HASH_BYTES; ) {
      const next = Buffer.allocUnsafe(Math.floor(row.length / (2 * HASH_BYTES)) * HASH_BYTES);
      for (let at = 0; at < next.length; at += HASH_BYTES)
        next.set(nodeHash(hashIn(row, at * 2), hashIn(row, at * 2 + HASH_BYTES)), at);
      rows.push(next);
      row = next;
    }
    return rows;
  }

  function tile(level: number, index: number): Promise<readonly Buffer[]> {
    const name = `${level}/${index}`;
    const found = held.get(name) ?? fetchTile(level, index);
    held.delete(name);
    held.set(name, found);
    // What failed is read again the next time.
    found.catch(() => held.delete(name));
    if (held.size > MOST_HELD) held.delete(held.keys().next().value as string);
    return found;
  }

  return {
    async node(level, index) {
      const [tileLevel, row] = [Math.floor(level / TILE_HEIGHT), level % TILE_HEIGHT];
      const perTile = TILE_WIDTH / 2 ** row;
      const rows = await tile(tileLevel, Math.floor(index / perTile));
      const hash = hashIn(rows[row] ?? Buffer.alloc(0), (index % perTile) * HASH_BYTES);
      if (hash.length !== HASH_BYTES) throw new RangeError(`a tree of ${size} has no node ${level}/${index}`);
      return hash;
    },
  };
}

const hashIn = (bytes: Buffer, at: number): Buffer => bytes.subarray(at, at + HASH_BYTES);
