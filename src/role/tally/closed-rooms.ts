import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Log } from '../../base/log.ts';
import type { MessageHead } from '../../wire/feed.ts';

/**
 * The rooms that are closed to strangers, as the site said last. They are kept on the disk, since the evidence of a
 * room outlives its place in the list of rooms.
 */
export interface ClosedRooms {
  /** Takes what the site says of rooms; anything else is ignored. */
  receive(head: MessageHead): void;
  /** True for a room that is closed to strangers, also long after it is over or removed. */
  has(slug: string): boolean;
  /** Resolves when everything said so far is on the disk, or could not be written. */
  kept(): Promise<void>;
}

/** Reads which rooms are closed. @throws what the disk says, or SyntaxError on a damaged file: none of it is guessed. */
export async function openClosedRooms({
  path,
  log,
}: {
  readonly path: string;
  readonly log: Log;
}): Promise<ClosedRooms> {
  const slugs = new Set<string>(await read(path));
  let writing: Promise<void> = Promise.resolve();
  let waiting = false;
  const write = async (): Promise<void> => {
    waiting = false;
    const near = `${path}.new`;
    await writeFile(near, JSON.stringify([...slugs]), { mode: 0o600 });
    await rename(near, path);
  };
  const save = (): void => {
    if (waiting) return;
    waiting = true;
    writing = writing
      .then(write)
      .catch((error: unknown) =>
        log.error(
          { error: String(error) },
          'the list of private rooms could not be saved: after a restart the evidence of the oldest may be public',
        ),
      );
  };
  return {
    receive(head) {
      if (head.kind !== 'rooms' && head.kind !== 'room-changes') return;
      let changed = false;
      for (const { slug, access } of head.rooms) {
        if ((access === 'private') === slugs.has(slug)) continue;
        if (access === 'private') slugs.add(slug);
        else slugs.delete(slug);
        changed = true;
      }
      if (changed) save();
    },
    has: (slug) => slugs.has(slug),
    kept: () => writing,
  };
}

async function read(path: string): Promise<string[]> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as string[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
