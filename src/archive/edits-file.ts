import { cutsOf, NO_EDITS, type RecordingEdits } from '../wire/replay/edits.ts';
import { diskFiles, type Files, writeWhole } from './files.ts';
import { paths } from './layout.ts';

/** The edits in a file's text; a file that cannot be read says so, because what was trimmed must not come back. */
export function editsFrom(text: string): RecordingEdits {
  if (text === '') return NO_EDITS;
  return { ...NO_EDITS, ...(JSON.parse(text) as RecordingEdits) };
}

/** The edits of all recordings, written by one process. */
export interface EditsBook {
  of(slug: string): Promise<RecordingEdits>;
  /** Changes them, one change of a room after the other. What `change` throws is thrown, and nothing is written. */
  change(
    slug: string,
    change: (edits: RecordingEdits) => RecordingEdits | Promise<RecordingEdits>,
  ): Promise<RecordingEdits>;
}

/** Opens the edits of the recordings in a folder. The names of rooms must have been checked. */
export function openEditsBook(dir: string, files: Files = diskFiles): EditsBook {
  const last = new Map<string, Promise<unknown>>();
  const of = async (slug: string): Promise<RecordingEdits> =>
    editsFrom((await files.read(paths(dir, slug).edits))?.toString('utf8') ?? '');
  return {
    of,
    change(slug, change) {
      const changed = (last.get(slug) ?? Promise.resolve()).then(async () => {
        const next = await change(await of(slug));
        // Fails now rather than in every door.
        cutsOf(next);
        const where = paths(dir, slug);
        await files.mkdir(where.folder);
        await writeWhole(files, where.edits, Buffer.from(`${JSON.stringify(next)}\n`));
        await files.syncFolder(where.folder);
        return next;
      });
      const settled = changed.catch(() => undefined);
      last.set(slug, settled);
      void settled.then(() => last.get(slug) === settled && last.delete(slug));
      return changed;
    },
  };
}
