import { readFileSync, statSync } from 'node:fs';

/** How often the file is looked at, ms. */
const LOOK_MS = 1_000;

/**
 * Something that the site writes down for the studio. The file is read only when it has changed; while it cannot be
 * read the last one counts, and undefined until there was one.
 */
export function toldFile<T>(
  clock: { now(): number },
  path: string,
  read: (value: unknown) => T,
): () => T | undefined {
  let seen = '';
  let looked = Number.NEGATIVE_INFINITY;
  let told: T | undefined;
  return () => {
    const now = clock.now();
    if (now - looked < LOOK_MS) return told;
    looked = now;
    const found = statSync(path, { throwIfNoEntry: false });
    const state = found ? `${found.mtimeMs} ${found.ino} ${found.size}` : '';
    if (state === seen) return told;
    seen = state;
    if (!found) return told;
    try {
      told = read(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // It is written anew with the next change.
    }
    return told;
  };
}
