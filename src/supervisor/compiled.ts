import { statfsSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';

/** The cache takes 5 MB: it is not made on a disk that recordings may soon need. */
const PLENTY_BYTES = 200e6;

/** The system as this part asks it; a test replaces it. */
interface Asked {
  /** Where this process keeps compiled code already. */
  kept(): string | undefined;
  /** Free bytes on the disk of a folder. @throws the system's error. */
  free(folder: string): number;
}

const SYSTEM: Asked = {
  kept: getCompileCacheDir,
  free(folder) {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
};

/**
 * The folder in which children keep Node's compiled code, so that a process that died is back in half the time and
 * without Node's compiler. Undefined where this process has such a folder already, which they share, or where the
 * disk has no room.
 */
export function compiledFolder(data: string, folder: string, system: Asked = SYSTEM): string | undefined {
  if (system.kept() !== undefined) return undefined;
  try {
    return system.free(data) > PLENTY_BYTES ? folder : undefined;
  } catch {
    return undefined;
  }
}
