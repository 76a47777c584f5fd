import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and whichever are missing above it, one call for each: asked for all at once Node 24 never comes back
 * where a file system answers ENOENT for a new name in a folder that is there, as /proc does.
 * @throws What the system says, such as EACCES, ENOTDIR or ENOSPC.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it just now.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** What others may not do in a private folder: anything. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Makes a folder that this user alone may use, mode 0700, for sockets by which processes trust each other; one that is there is
 * taken when nobody else can have put anything into it. `mends`: a folder of ours that others could write to is closed
 * to them instead of refused, where whoever could is trusted with what is beside it anyway.
 * @throws with words for the operator when it is somebody else's, a link, or open to others.
 */
export function makePrivateFolder(path: string, mends: boolean): void {
  makeFolder(dirname(resolve(path)));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(path);
  if (!found.isDirectory()) throw new Error(`${path} is not a folder: remove it`);
  if (process.getuid && found.uid !== process.getuid())
    throw new Error(
      `the folder ${path} belongs to another user (${found.uid}), who could read what is said here: remove it`,
    );
  if ((found.mode & OTHERS_WRITE) !== 0 && !mends)
    throw new Error(`other users may write to the folder ${path}: remove it`);
  if ((found.mode & OTHERS) !== 0) chmodSync(path, 0o700);
}
