import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { RoomCard } from '../wire/room.ts';

/** Changes are gathered for this long before they are written. */
const GATHER_MS = ms(500);
/** A starting process waits this long for the site before it reads the saved list. */
const PATIENCE_MS = ms(1500);

/** Saves the list of rooms to disk, for doors and cells that start while the site or its database is away. */
export function keepSnapshot(
  deps: { clock: Clock; log: Log; path: string },
  cards: () => readonly RoomCard[],
): { changed(): void } {
  let waiting = false;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const near = `${deps.path}.new`;
    await writeFile(near, JSON.stringify(cards()), { mode: 0o600 });
    await rename(near, deps.path);
  };
  return {
    changed() {
      if (waiting) return;
      waiting = true;
      deps.clock.after(GATHER_MS, () => {
        waiting = false;
        writing = writing
          .then(write)
          .catch((error: unknown) =>
            deps.log.warn({ error: String(error) }, 'the list of rooms could not be saved to disk'),
          );
      });
    },
  };
}

/**
 * Reads the saved list of rooms and passes it to `take`, if the site itself has not reported in time. What the site
 * reports later replaces it.
 */
export function useSnapshot(
  deps: { clock: Clock; log: Log; path: string },
  spoken: () => boolean,
  take: (cards: readonly RoomCard[]) => void,
): Disposable {
  return deps.clock.after(PATIENCE_MS, () => {
    if (spoken()) return;
    readFile(deps.path, 'utf8')
      .then((text) => {
        if (spoken()) return;
        take(JSON.parse(text) as RoomCard[]);
        deps.log.warn({}, 'the site is not answering: continuing with the last known list of rooms');
      })
      .catch((error: NodeJS.ErrnoException) => {
        // Nothing was told before the first start of all.
        if (error.code !== 'ENOENT')
          deps.log.warn(
            { error: String(error) },
            'the saved list of rooms cannot be read: rooms appear when the site answers',
          );
      });
  });
}
