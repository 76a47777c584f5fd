import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { markedFragment } from '../../test/synthetic.ts';
import { diskFiles, type Files } from './files.ts';
import { IndexWriter, readIndex } from './index-writer.ts';
import { paths } from './layout.ts';
import { storedPiece } from './piece-index.ts';

const RENDITION = 'aac96';

let dir: string;
let where: ReturnType<typeof paths>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'earshot-index-writer-'));
  where = paths(dir, 'room');
  await mkdir(where.rendition(RENDITION), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const bytesOf = (first: number): Uint8Array => markedFragment(RENDITION, first);
/** Writes pieces of one fragment to the disk. */
async function pieces(count: number) {
  const made = Array.from({ length: count }, (_, first) => ({ first, count: 1 }));
  for (const piece of made) await writeFile(where.piece(RENDITION, piece), bytesOf(piece.first));
  return made;
}
const told = async (): Promise<number[]> =>
  [...(await readIndex(diskFiles, where, RENDITION))].map(({ first }) => first);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, first) => first);

test('what could not be written before is there exactly once after the pieces are read again', async () => {
  let full = true;
  const files: Files = {
    ...diskFiles,
    append: (path, text) => (full ? Promise.reject(new Error('ENOSPC')) : diskFiles.append(path, text)),
  };
  const listed = await pieces(3);
  const writer = new IndexWriter(files, where, RENDITION);
  await writer.recover(listed.slice(0, 2));
  await writer.add(storedPiece(2, bytesOf(2)));
  full = false;
  await writer.recover(listed);
  await pieces(4);
  await writer.add(storedPiece(3, bytesOf(3)));
  expect(await told()).toEqual(upTo(4));
});

test('a piece that closes while older ones are still being written is not left out', async () => {
  const listed = await pieces(70);
  let writer: IndexWriter | undefined;
  let came = 70;
  const files: Files = {
    ...diskFiles,
    // One more piece arrives during each write of the older ones.
    append: async (path, text) => {
      if (path === where.index(RENDITION) && came < 74) {
        await writer?.add(storedPiece(came, bytesOf(came)));
        came += 1;
      }
      await diskFiles.append(path, text);
    },
  };
  writer = new IndexWriter(files, where, RENDITION);
  await writer.recover(listed);
  await expect.poll(async () => (await told()).length).toBe(74);
  await writer.add(storedPiece(came, bytesOf(came)));
  expect(await told()).toEqual(upTo(75));
});
