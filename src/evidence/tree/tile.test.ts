import { expect, test } from 'vitest';
import { GrowingTree, HASH_BYTES, leafHash } from './merkle.ts';
import { consistencyProof, inclusionProof, rootOf, verifyConsistency, verifyInclusion } from './proofs.ts';
import { hashesAt, openTileReader, parseTilePath, type TileName, tileFile, tilePath } from './tile.ts';

test('paths are written as C2SP tlog-tiles writes them', () => {
  expect(tilePath({ level: 0, index: 1234067, width: 256 })).toBe('tile/0/x001/x234/067');
  expect(tilePath({ level: 'entries', index: 5, width: 12 })).toBe('tile/entries/005.p/12');
  expect(tilePath({ level: 2, index: 1000, width: 1 })).toBe('tile/2/x001/000.p/1');
  expect(tileFile({ level: 0, index: 0 })).toBe('tile/0/000');
  for (const index of [0, 1, 999, 1000, 999_999, 1_000_000, 123_456_789_012])
    for (const level of [0, 7, 63, 'entries'] as const)
      for (const width of [1, 9, 255, 256])
        expect(parseTilePath(tilePath({ level, index, width }))).toEqual({ level, index, width });
});

test('a tile has one path, and nothing else names one', () => {
  for (const path of [
    ...['tile/0/0', 'tile/0/00', 'tile/0/0000', 'tile/00/000', 'tile/64/000', 'tile/99/000', 'tile/-1/000'],
    ...['tile/0/000.p/0', 'tile/0/000.p/256', 'tile/0/000.p/07', 'tile/0/000.p/', 'tile/0/x000/000'],
    ...['tile/0/000/', '/tile/0/000', 'tile/0/000.p/1/', 'tile/0/001/234', 'tile/0/x001/x234', 'tile/0/'],
    ...['tile/data/000', 'tile/entries/', 'tile/0/x000/x001/002', '', 'tile/0/000\n', 'tile/0/../000'],
  ])
    expect([path, parseTilePath(path)]).toEqual([path, undefined]);
});

test('a tree of 70,000 has the tiles that the specification counts', () => {
  const tiles = (level: number): [full: number, partial: number] => {
    const count = hashesAt(level, 70_000);
    return [Math.floor(count / 256), count % 256];
  };
  expect([tiles(0), tiles(1), tiles(2)]).toEqual([
    [273, 112],
    [1, 17],
    [0, 1],
  ]);
});

/** A tree whose tiles are in memory. */
function grow(size: number) {
  const tree = new GrowingTree();
  const rows = new Map<number, Buffer[]>();
  const roots = new Map<number, Buffer>();
  for (let n = 0; n < size; n++) {
    tree.append(leafHash(Buffer.from(`entry ${n}`)), (level, _index, hash) => {
      if (level % 8 === 0) rows.set(level / 8, [...(rows.get(level / 8) ?? []), hash]);
    });
    roots.set(n + 1, tree.root());
  }
  const asked: string[] = [];
  const read = async ({ level, index, width }: TileName & { level: number }): Promise<Buffer> => {
    asked.push(`${level}/${index}.${width}`);
    return Buffer.concat(rows.get(level)?.slice(index * 256, index * 256 + width) ?? []);
  };
  return { read, roots, asked };
}

test('proofs are made from tiles, and each tile is read once', async () => {
  const { read, roots, asked } = grow(1_000);
  for (const size of [1, 255, 256, 257, 700, 1_000]) {
    asked.length = 0;
    const reader = openTileReader(size, read);
    const root = roots.get(size) as Buffer;
    expect(await rootOf(reader, 0, size)).toEqual(root);
    for (const index of [0, 1, 128, 254, 255, 256, 500, 699, 999].filter((n) => n < size)) {
      const proof = await inclusionProof(reader, index, size);
      expect(verifyInclusion(leafHash(Buffer.from(`entry ${index}`)), index, size, proof, root)).toBe(true);
    }
    for (const from of [1, 2, 200, 256, 257, 512, 699].filter((n) => n <= size)) {
      const proof = await consistencyProof(reader, from, size);
      expect(verifyConsistency(from, size, proof, roots.get(from) as Buffer, root)).toBe(true);
    }
    expect(new Set(asked).size).toBe(asked.length);
    // Only tiles that a tree of this size has.
    for (const one of asked) {
      const [, level = 0, index = 0, width = 0] = (/(\d+)\/(\d+)\.(\d+)/.exec(one) ?? []).map(Number);
      expect(index * 256 + width).toBeLessThanOrEqual(hashesAt(level, size));
    }
  }
});

test('a tile that is too short is no tile, and is read again', async () => {
  const { read } = grow(300);
  let broken = true;
  const reader = openTileReader(300, async (tile) => {
    const bytes = await read(tile);
    return broken ? bytes.subarray(0, bytes.length - HASH_BYTES) : bytes;
  });
  await expect(reader.node(0, 3)).rejects.toThrow(RangeError);
  broken = false;
  expect(await reader.node(0, 3)).toEqual(leafHash(Buffer.from('entry 3')));
  await expect(reader.node(0, 300)).rejects.toThrow(RangeError);
  await expect(reader.node(8, 1)).rejects.toThrow(RangeError);
});
