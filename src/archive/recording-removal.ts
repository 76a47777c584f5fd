import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Removed, RemovedBy } from '../wire/recording.ts';
import { diskFiles, writeWhole } from './files.ts';
import { isRenditionId, paths } from './layout.ts';
import { isRecordingName } from './reader.ts';

/** Prefix of the name of a folder that is being deleted. */
const GONE = '.gone-';

/** Takes recordings off the disk. */
export class RecordingRemoval {
  readonly #dir: string;
  readonly #clock: Clock;
  readonly #said: (slug: string, removed: Removed) => void;
  #last: Promise<unknown> = Promise.resolve();

  /** `dir`: the folder of all recordings; `said` is called when the word about a removal is on the disk. */
  constructor(dir: string, clock: Clock, said: (slug: string, removed: Removed) => void) {
    this.#dir = dir;
    this.#clock = clock;
    this.#said = said;
  }

  /**
   * Removes the sound and leaves a note about it; false when there is no recording. Removals run one after the other:
   * host, operator and clock may all want the same recording removed.
   */
  sound(slug: string, by: RemovedBy): Promise<boolean> {
    const removed = this.#last.then(() => this.#soundNow(slug, by));
    this.#last = removed.catch(() => undefined);
    return removed;
  }

  /** Takes everything of a room away. */
  async everything(slug: string): Promise<void> {
    await this.#away(paths(this.#dir, slug).folder);
  }

  /** Takes away what a removal left that was interrupted; `name` is of an entry of the folder. */
  async leftover(name: string): Promise<void> {
    if (name.startsWith(GONE)) await rm(join(this.#dir, name), { recursive: true, force: true });
  }

  async #soundNow(slug: string, by: RemovedBy): Promise<boolean> {
    if (!isRecordingName(slug)) return false;
    const where = paths(this.#dir, slug);
    const names = await diskFiles.list(where.folder);
    if (!names.includes('removed.json')) {
      if (!names.includes('room.json')) return false;
      // The note is written first, so that nobody is shown a recording that is half deleted.
      const removed: Removed = { at: this.#clock.wall(), by };
      await writeWhole(diskFiles, where.removed, Buffer.from(`${JSON.stringify(removed)}\n`));
      this.#said(slug, removed);
    }
    for (const name of names)
      if (isRenditionId(name) && name !== 'growing') await this.#away(where.rendition(name));
    await rm(where.growing, { force: true });
    return true;
  }

  /** Renames the folder in one step, then deletes it. */
  async #away(path: string): Promise<void> {
    const gone = join(this.#dir, `${GONE}${randomBytes(6).toString('hex')}`);
    await rename(path, gone).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker.
      if (error.code !== 'ENOENT') throw error;
    });
    await rm(gone, { recursive: true, force: true });
  }
}
