import { randomBytes } from 'node:crypto';
import { readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metric } from '../base/metrics.ts';
import { FRAGMENT_MS, ms } from '../base/time.ts';
import type { RecordingNote, Removed, RemovedBy } from '../wire/recording.ts';
import { openClockWatch } from './clock-watch.ts';
import { diskFiles, writeWhole } from './files.ts';
import { readIndex } from './index-writer.ts';
import { asPiece, isRenditionId, paths } from './layout.ts';
import { isRecordingName } from './reader.ts';

/** How often recordings are counted. */
const SWEEP_MS = ms(60_000);
/** From this share of the quota on, the oldest recordings are announced as going to be removed. */
const WARN_SHARE = 0.8;
/** Period over which growth is measured. */
const GROWTH_MS = 3_600_000;
/**
 * A studio may still be writing the end of a recording that is being removed, so it is checked again after these times.
 */
const AGAIN_MS = [ms(2_000), ms(15_000)];
/** It is also checked in each count until then, if no note about the removal is left. */
const FORGET_MS = 600_000;
/** Prefix of the name of a folder that is being deleted. */
const GONE = '.gone-';

/** The keeper's view of a room. */
export interface KeptRoom {
  readonly running: boolean;
  /** Wall-clock ms. */
  readonly ended?: number | undefined;
  /** True for a room that is never recorded: recordings that an older version made of it are removed. */
  readonly neverKept?: boolean;
}

/** What the keeper needs. */
export interface KeeperDeps {
  /** The folder of all recordings. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** How long a recording is kept after the end of its room, ms; undefined: for ever. */
  readonly keep: number | undefined;
  /** Limit of bytes of all recordings together; undefined: no limit. */
  readonly quota: number | undefined;
  /** Undefined for a room that is no longer known, which counts as over. */
  room(slug: string): KeptRoom | undefined;
}

/** Counts recordings and removes expired ones. Running rooms are never touched. */
export interface Keeper extends Disposable {
  /** The facts about a room's recording as of the last count; undefined without a recording. */
  note(slug: string): RecordingNote | undefined;
  /** Removes the sound and leaves a note about it; false when there is no sound. */
  remove(slug: string, by: RemovedBy): Promise<boolean>;
  /** Removes everything, including the note: for a room that is itself removed. */
  forget(slug: string): Promise<void>;
  /** Counts now, and removes expired recordings. */
  sweep(): Promise<void>;
  metrics(): Metric[];
}

/** Size and age of one recording. */
export interface CountedRecording {
  readonly slug: string;
  readonly bytes: number;
  /** Its length. */
  readonly seconds: number;
  /** Time of the last write to it, wall-clock ms. */
  readonly ended: number;
  readonly removed?: Removed;
}

interface Counted extends Omit<CountedRecording, 'slug'> {
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

/** Opens the keeper; the first count starts at once. */
export function openKeeper(deps: KeeperDeps): Keeper {
  const { dir, clock, log, keep, quota } = deps;
  const counted = new Map<string, Counted>();
  const going = new Map<string, Pick<RecordingNote, 'goesAt' | 'goesBy'>>();
  const warned = new Set<string>();
  /** Rooms that were themselves removed, and until when new files of theirs are removed as well. */
  const forgotten = new Map<string, number>();
  let totals: { at: number; bytes: number }[] = [];
  let free = Number.NaN;
  let removals = 0;
  let sweeping: Promise<void> | undefined;
  let removing: Promise<unknown> = Promise.resolve();
  const watch = openClockWatch({ clock, log });

  /** Removals run one after the other: host, operator and clock may all want the same recording removed. */
  const remove = (slug: string, by: RemovedBy): Promise<boolean> => {
    const removed = removing.then(() => removeNow(slug, by));
    removing = removed.catch(() => undefined);
    return removed;
  };
  const removeNow = async (slug: string, by: RemovedBy): Promise<boolean> => {
    if (!isRecordingName(slug)) return false;
    const where = paths(dir, slug);
    const names = await diskFiles.list(where.folder);
    const sound = names.filter((name) => isRenditionId(name) && name !== 'growing');
    if (!names.includes('removed.json')) {
      if (!names.includes('room.json')) return false;
      // The note is written first, so that nobody is shown a recording that is half deleted.
      const removed: Removed = { at: clock.wall(), by };
      await writeWhole(diskFiles, where.removed, Buffer.from(`${JSON.stringify(removed)}\n`));
      const known = counted.get(slug);
      if (known) counted.set(slug, { ...known, version: '', bytes: 0, removed });
      removals++;
      log.info({ slug, by }, 'a recording was removed');
    }
    for (const name of sound) await away(where.rendition(name));
    await rm(where.growing, { force: true });
    return true;
  };
  const again = (): void => {
    for (const delay of AGAIN_MS) clock.after(delay, () => void sweepOnce());
  };

  /** Renames the folder in one step, then deletes it. */
  const away = async (path: string): Promise<void> => {
    const gone = join(dir, `${GONE}${randomBytes(6).toString('hex')}`);
    await rename(path, gone).catch((error: NodeJS.ErrnoException) => {
      // Another process was quicker.
      if (error.code !== 'ENOENT') throw error;
    });
    await rm(gone, { recursive: true, force: true });
  };

  const forget = async (slug: string): Promise<void> => {
    if (!isRecordingName(slug)) return;
    counted.delete(slug);
    forgotten.set(slug, clock.now() + FORGET_MS);
    await away(paths(dir, slug).folder);
  };

  const sweep = async (): Promise<void> => {
    const seen = new Set<string>();
    for (const name of await readdir(dir).catch(() => [] as string[])) {
      if (name.startsWith(GONE)) await rm(join(dir, name), { recursive: true, force: true });
      if (!isRecordingName(name)) continue;
      // One unreadable recording must not keep the others from being removed.
      await look(name, seen).catch((error: unknown) => {
        log.warn(
          { slug: name, error: String(error) },
          'a recording cannot be read on disk, and so is neither counted nor removed',
        );
        if (counted.has(name)) seen.add(name);
      });
    }
    for (const slug of counted.keys()) if (!seen.has(slug)) counted.delete(slug);
    for (const slug of warned) if (!seen.has(slug)) warned.delete(slug);
    for (const [slug, until] of forgotten) if (clock.now() > until) forgotten.delete(slug);
    await retire();
    free = await statfs(dir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.NaN,
    );
    const at = clock.now();
    totals = [...totals.filter((one) => at - one.at <= GROWTH_MS), { at, bytes: total() }];
  };

  const look = async (slug: string, seen: Set<string>): Promise<void> => {
    const until = forgotten.get(slug);
    if (until !== undefined && clock.now() <= until && !deps.room(slug)) return away(paths(dir, slug).folder);
    forgotten.delete(slug);
    if (deps.room(slug)?.neverKept) {
      log.info(
        { slug },
        'an old recording of the demo room was removed: the demo room is no longer recorded',
      );
      return forget(slug);
    }
    const found = await count(dir, slug, counted.get(slug));
    if (!found) return;
    counted.set(slug, found);
    seen.add(slug);
    // A kill may have left half of it.
    if (found.removed && found.bytes > 0) await remove(slug, found.removed.by);
  };

  const total = (): number => [...counted.values()].reduce((sum, { bytes }) => sum + bytes, 0);

  /** Removes the oldest recordings first; those of running rooms and removed ones are excluded. */
  const retire = async (): Promise<void> => {
    going.clear();
    const now = clock.wall();
    const sure = watch.look();
    let bytes = total();
    let promised = bytes;
    const over = [...counted]
      .filter(([slug, one]) => !one.removed && !deps.room(slug)?.running)
      .map(([slug, one]) => ({ slug, ...one, ended: deps.room(slug)?.ended ?? one.ended }))
      .sort((a, b) => a.ended - b.ended);
    for (const one of over) {
      const { slug } = one;
      const by =
        keep !== undefined && sure && now >= one.ended + keep
          ? 'age'
          : quota !== undefined && bytes > quota
            ? 'quota'
            : undefined;
      if (by) {
        const failed = await remove(slug, by).then(
          () => undefined,
          (error: unknown) => String(error),
        );
        if (failed !== undefined) {
          log.warn(
            { slug, by, error: failed },
            'a recording cannot be read on disk, and so is neither counted nor removed',
          );
          continue;
        }
      } else {
        const full = quota !== undefined && promised > quota * WARN_SHARE;
        if (full) going.set(slug, { goesBy: 'quota' });
        else if (keep !== undefined) going.set(slug, { goesBy: 'age', goesAt: one.ended + keep });
        promised -= one.bytes;
        if (full && !warned.has(slug))
          log.warn(
            { slug, bytes, quota },
            'the space for recordings is nearly full: this one, the oldest, will be removed next. Save a copy, or raise recordingsQuota',
          );
        if (full) warned.add(slug);
        continue;
      }
      bytes -= one.bytes;
      promised -= one.bytes;
    }
  };

  const sweepOnce = (): Promise<void> => {
    sweeping ??= sweep()
      .catch((error: unknown) => log.warn({ error: String(error) }, 'recordings cannot be counted'))
      .finally(() => {
        sweeping = undefined;
      });
    return sweeping;
  };
  void sweepOnce();
  const timer = clock.every(SWEEP_MS, () => void sweepOnce());

  const growth = (): number => {
    const [first, last] = [totals[0], totals.at(-1)];
    if (!first || !last || last.at === first.at) return Number.NaN;
    return Math.max(0, ((last.bytes - first.bytes) / (last.at - first.at)) * 1000);
  };

  return {
    note(slug) {
      const one = counted.get(slug);
      if (!one) return undefined;
      return {
        ...{ seconds: one.seconds, bytes: one.bytes, ...going.get(slug) },
        ...(one.removed ? { removedAt: one.removed.at, removedBy: one.removed.by } : {}),
      };
    },
    async remove(slug, by) {
      const removed = await remove(slug, by);
      if (removed) again();
      return removed;
    },
    async forget(slug) {
      await forget(slug);
      again();
    },
    sweep: sweepOnce,
    metrics: () => [
      {
        ...{ name: 'earshot_recordings_bytes', kind: 'gauge', value: total() },
        help: 'Disk space that all recordings take.',
      },
      {
        ...{ name: 'earshot_recordings_free_bytes', kind: 'gauge', value: free },
        help: 'Free space where recordings are written.',
      },
      {
        ...{ name: 'earshot_recordings_growth_bytes_per_second', kind: 'gauge', value: growth() },
        help: 'How fast recordings grew in the last hour.',
      },
      {
        ...{ name: 'earshot_recordings_full_seconds', kind: 'gauge', value: free / growth() },
        help: 'Time until the disk is full at this pace; absent while nothing grows.',
      },
      {
        ...{ name: 'earshot_recordings_removed_total', kind: 'counter', value: removals },
        help: 'Recordings removed since the site started, by a person or by a rule.',
      },
    ],
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

/** The size of a recording; one that has not changed since the last count is not counted again. */
async function count(dir: string, slug: string, known: Counted | undefined): Promise<Counted | undefined> {
  const where = paths(dir, slug);
  const names = await diskFiles.list(where.folder).catch(() => [] as string[]);
  if (!names.includes('room.json') && !names.includes('removed.json')) return undefined;
  const renditions = names.filter((name) => isRenditionId(name) && name !== 'growing');
  const stats = await Promise.all(renditions.map((id) => stat(where.rendition(id)).catch(() => undefined)));
  const version = [names.includes('removed.json'), ...stats.map((one) => one?.mtimeMs)].join(' ');
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
  const newest = Math.max(0, ...stats.map((one) => one?.mtimeMs ?? 0));
  return {
    ...{ version, bytes, seconds: seconds || (known?.seconds ?? 0), ended: newest },
    ...(removed ? { removed: JSON.parse(removed) as Removed } : {}),
  };
}
