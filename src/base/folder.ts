import { chmodSync, existsSync, lstatSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and its missing parents, with one call for each. The recursive option of Node 24 never returns where a
 * file system answers ENOENT for a new name in an existing folder, as /proc does.
 * @throws The system's error, such as EACCES, ENOTDIR or ENOSPC.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      // Another process may have made it at the same time.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** Permission bits that must be off in a private folder: all those of group and others. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Makes a folder that only this user may use, mode 0700, for sockets through which processes trust each other. An
 * existing folder is used only if nobody else can have put anything into it. With `mends`, a folder of ours that others
 * could write to is closed to them instead of refused: use it where those others are trusted with the neighbouring
 * files anyway.
 * @throws with words for the operator when the folder belongs to somebody else, is a link, or is writable for others.
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
