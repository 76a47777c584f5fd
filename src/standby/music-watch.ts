import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { ms } from '../base/time.ts';
import { musicFromLevelled, type Standby } from '../mixer/index.ts';

/** The file of a room's music, in the mixer's format. */
export const musicFile = (dir: string, slug: string): string => join(dir, `${slug}.pcm`);

/** How often a cell checks for new music, in ms: one `stat`. */
const LOOK_MS = 2000;

/** Reports when a room's music changes: the new music, or undefined for Earshot's own. */
export function watchMusic(
  clock: Clock,
  dir: string,
  slug: string,
  changed: (music: Standby | undefined) => void,
): Disposable {
  let version = '';
  let looking = false;
  const look = async (): Promise<void> => {
    const path = musicFile(dir, slug);
    const found = await stat(path).catch(() => undefined);
    const now = found ? `${found.mtimeMs} ${found.size}` : '';
    if (now === version) return;
    const bytes = found && (await readFile(path));
    version = now;
    changed(bytes && musicFromLevelled(new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length >> 1)));
  };
  const turn = (): void => {
    if (looking) return;
    looking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        looking = false;
      });
  };
  turn();
  return clock.every(ms(LOOK_MS), turn);
}
