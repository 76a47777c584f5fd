import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FRAGMENT_MS } from '../base/time.ts';
import type { Removed } from '../wire/recording.ts';
import { NO_EDITS } from '../wire/replay/edits.ts';
import { editsFrom } from './edits-file.ts';
import { diskFiles } from './files.ts';
import { readIndex } from './index-writer.ts';
import { asPiece, isRenditionId, paths } from './layout.ts';
import { isRecordingName } from './reader.ts';

/** The size and age of one recording. */
export interface CountedRecording {
  readonly slug: string;
  readonly bytes: number;
  /** Its length. */
  readonly seconds: number;
  /** Time of the last write to it, wall-clock ms. */
  readonly ended: number;
  readonly removed?: Removed;
  /** Days after the end for which its host wants it kept. */
  readonly keepDays?: number;
}

/** A counted recording, with the stamp that shows whether it has changed since. */
export interface Counted extends Omit<CountedRecording, 'slug'> {
  /** Another one when the files are others. */
  readonly version: string;
}

/**
 * Counts every recording in a folder, for a program beside the server. @throws any error of the disk, except that a
 * missing folder is an empty one.
 */
export async function countRecordings(dir: string): Promise<CountedRecording[]> {
  const found: CountedRecording[] = [];
  for (const slug of (await diskFiles.list(dir)).filter(isRecordingName)) {
    const counted = await count(dir, slug, undefined);
    if (!counted) continue;
    const { version: _, ...told } = counted;
    found.push({ slug, ...told });
  }
  return found;
}

/** The size of a recording; one that has not changed since the last count is not counted again. */
export async function count(
  dir: string,
  slug: string,
  known: Counted | undefined,
): Promise<Counted | undefined> {
  const where = paths(dir, slug);
  const names = await diskFiles.list(where.folder).catch(() => [] as string[]);
  if (!names.includes('room.json') && !names.includes('removed.json')) return undefined;
  const renditions = names.filter((name) => isRenditionId(name) && name !== 'growing');
  const stats = await Promise.all(renditions.map((id) => stat(where.rendition(id)).catch(() => undefined)));
  const edited = await stat(where.edits).catch(() => undefined);
  const version = [
    ...[names.includes('removed.json'), edited?.mtimeMs ?? 0],
    ...stats.map((one) => one?.mtimeMs),
  ].join(' ');
  if (known?.version === version) return known;
  let [bytes, seconds] = [0, 0];
  for (const id of renditions) {
    let fragments = 0;
    const index = await readIndex(diskFiles, where, id);
    for (const piece of index) {
      bytes += piece.bytes + piece.frames * 2 + 20;
      fragments += piece.count;
    }
    // A recording from before there was an index: each file is examined once.
    if (index.length === 0)
      for (const name of await diskFiles.list(where.rendition(id))) {
        bytes += await diskFiles.size(join(where.rendition(id), name));
        fragments += asPiece(name)?.count ?? 0;
      }
    seconds = Math.max(seconds, (fragments * FRAGMENT_MS) / 1000);
  }
  const removed = (await diskFiles.read(where.removed).catch(() => undefined))?.toString();
  const { keepDays } = edited ? editsFrom((await diskFiles.read(where.edits))?.toString() ?? '') : NO_EDITS;
  const newest = Math.max(0, ...stats.map((one) => one?.mtimeMs ?? 0));
  return {
    ...{ version, bytes, seconds: seconds || (known?.seconds ?? 0), ended: newest },
    ...(removed ? { removed: JSON.parse(removed) as Removed } : {}),
    ...(keepDays === undefined ? {} : { keepDays }),
  };
}
