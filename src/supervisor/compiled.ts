import { statfsSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';

/** What is kept takes 5 MB: never of a disk on which recordings may soon need them. */
const PLENTY_BYTES = 200e6;

/**
 * The folder in which children keep what Node makes of our files, so that one that has died is back in half the time and
 * without Node's compiler: none where this process has one already, which they share, or where the disk has no room.
 */
export function compiledFolder(data: string, folder: string): string | undefined {
  if (getCompileCacheDir() !== undefined) return undefined;
  try {
    const { bavail, bsize } = statfsSync(data);
    return bavail * bsize > PLENTY_BYTES ? folder : undefined;
  } catch {
    return undefined;
  }
}
