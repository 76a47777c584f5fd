import { statfsSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';

/** The cache takes 5 MB: it is not made on a disk that recordings may soon need. */
const PLENTY_BYTES = 200e6;

/**
 * The folder in which children keep Node's compiled code, so that a process that died is back in half the time and
 * without Node's compiler. Undefined where this process has such a folder already, which they share, or where the
 * disk has no room.
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
