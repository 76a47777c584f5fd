/** The folder of the raw log: minute files as they were written, and those that were made compact since. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeCompact } from './compact-file.ts';
import { type RawBlock, readBlocks } from './raw-file.ts';

const NAME = /^\d{8}T\d{4}Z-\d+\.(?:raw|compact)$/;
const RAW = '.raw';
const COMPACT = '.compact';

/** `20261201T2030Z`: the minute, in UTC. */
export const minuteName = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replaceAll(/[-:]/g, '')}Z`;

/** The name of the compact file that stands for a raw one. */
export const compactName = (raw: string): string => `${raw.slice(0, -RAW.length)}${COMPACT}`;
/** True for a file as it was written. */
export const isRaw = (name: string): boolean => name.endsWith(RAW);

/** The order of two names: by minute, then by number. */
export function byAge(a: string, b: string): number {
  const [minuteA = '', numberA = ''] = a.split('-');
  const [minuteB = '', numberB = ''] = b.split('-');
  if (minuteA !== minuteB) return minuteA < minuteB ? -1 : 1;
  return Number.parseInt(numberA, 10) - Number.parseInt(numberB, 10);
}

/** The names of all files in a folder, oldest first; of a minute there may be both kinds. */
export const allFiles = async (dir: string): Promise<string[]> => {
  const names = await readdir(dir).catch(() => [] as string[]);
  return names.filter((name) => NAME.test(name)).toSorted(byAge);
};

/** The files that hold all records once, oldest first: until a raw file is removed it stands for itself. */
export const rawFiles = async (dir: string): Promise<string[]> => {
  const names = await allFiles(dir);
  const raw = new Set(names.filter(isRaw).map(compactName));
  return names.filter((name) => isRaw(name) || !raw.has(name));
};

/** The blocks of a file from `rawFiles`, also when it was made compact meanwhile. Throws what the disk says. */
export async function* readRaw(dir: string, name: string, from = 0): AsyncGenerator<RawBlock> {
  if (isRaw(name)) {
    try {
      return yield* readBlocks(join(dir, name), from);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  yield* decodeCompact(await readFile(join(dir, isRaw(name) ? compactName(name) : name)));
}
