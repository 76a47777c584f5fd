import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sumOf } from '../tables/session-row.ts';
import { decodeCompact, encodeCompact } from './compact-file.ts';
import { readBlocks } from './raw-file.ts';
import { compactName } from './raw-folder.ts';
import { RawMerge } from './raw-merge.ts';

/** What is to be made compact. */
export interface CompactOrder {
  readonly dir: string;
  /** The name of the raw file. */
  readonly file: string;
}

/** What was made. */
export interface Compacted {
  /** Of the raw file, and of the compact one. */
  readonly raw: { readonly records: number; readonly sha256: string };
  readonly compact: { readonly records: number; readonly sha256: string; readonly bytes: number };
}

/**
 * Writes the compact file beside the raw one, and makes sure that the disk has it and that it says the same.
 * @throws what the disk says; RangeError when the file is too large or what was made is not the same.
 */
export async function compact({ dir, file }: CompactOrder): Promise<Compacted> {
  const merge = new RawMerge();
  for await (const block of readBlocks(join(dir, file))) merge.take(block);
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(dir, file), { highWaterMark: 1 << 20 }), hash);
  const { rows, records, rooms, events, from, to } = merge;
  const bytes = encodeCompact(rows, {
    ...{ from: Number.isFinite(from) ? from : 0, to, raw: records, rooms, events },
  });
  let [expected, found, count] = [0, 0, 0];
  for (const { has, delivered, proven } of rows.minutes.values())
    for (let row = 0; row < rows.count; row++)
      if (has[row] === 1) expected += sumOf(delivered[row] as number) + sumOf(proven[row] as number);
  for (const { words } of decodeCompact(bytes))
    for (let at = 0; at < words.length; at += 8) {
      const [w6, w7] = [words[at + 6] as number, words[at + 7] as number];
      found += sumOf(w6 & 0xff_ffff) + sumOf((w6 >>> 24) | ((w7 & 0xffff) << 8));
      count += 1;
    }
  if (found !== expected) throw new RangeError(`${file} and its compact form do not say the same`);
  await replace(dir, compactName(file), bytes);
  return {
    raw: { records, sha256: hash.digest('hex') },
    compact: {
      records: count,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
    },
  };
}

async function replace(dir: string, name: string, bytes: Buffer): Promise<void> {
  const near = join(dir, `${name}.new`);
  try {
    const handle = await open(near, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(near, join(dir, name));
  } catch (error) {
    await rm(near, { force: true });
    throw error;
  }
  const folder = await open(dir, 'r');
  await folder.sync().finally(() => folder.close());
}
