import { readdir, statfs } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metric } from '../base/metrics.ts';
import { ms } from '../base/time.ts';
import type { RecordingNote, RemovedBy } from '../wire/recording.ts';
import { type ClockWatch, openClockWatch } from './clock-watch.ts';
import { isRecordingName } from './reader.ts';
import { RecordingRemoval } from './recording-removal.ts';
import { type Counted, type CountedRecording, count } from './recording-size.ts';

/** How often recordings are counted. */
const SWEEP_MS = ms(60_000);
/** From this share of the quota on, the oldest recordings are announced as going to be removed. */
const WARN_SHARE = 0.8;
const UNREADABLE = 'a recording on disk cannot be read, so it is neither counted nor removed';
/** Period over which growth is measured. */
const GROWTH_MS = 3_600_000;
/**
 * A studio may still be writing the end of a recording that is being removed, so it is checked again after these times.
 */
const AGAIN_MS = [ms(2_000), ms(15_000)];
/** It is also checked in each count until then, if no note about the removal is left. */
const FORGET_MS = 600_000;
const DAY_MS = 86_400_000;
/** A recording that is held goes by its age no later than this after its time: nobody who reports can keep it for ever. */
const HELD_DAYS = 60;
/** The keeper's view of a room. */
export interface KeptRoom {
  readonly running: boolean;
  /** True while a report about it is open: it goes by its age only 60 days later, and by the quota after all others. */
  readonly held?: boolean;
  /** Wall-clock ms. */
  readonly ended?: number | undefined;
  /** True for a room that is never recorded: recordings that an older version made of it are removed. */
  readonly neverKept?: boolean;
}

/** Dependencies of the keeper. */
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

/** When a recording goes by its age, wall-clock ms: after the server's time or its host's, whichever is shorter. */
function goesAt({ ended, keepDays }: CountedRecording, keep: number | undefined): number | undefined {
  const least = Math.min(keep ?? Number.POSITIVE_INFINITY, (keepDays ?? Number.POSITIVE_INFINITY) * DAY_MS);
  return Number.isFinite(least) ? ended + least : undefined;
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

/** Opens the keeper; the first count starts at once. */
export const openKeeper = (deps: KeeperDeps): Keeper => new RecordingKeeper(deps);

class RecordingKeeper implements Keeper {
  readonly #deps: KeeperDeps;
  readonly #removal: RecordingRemoval;
  readonly #watch: ClockWatch;
  readonly #timer: Disposable;
  readonly #counted = new Map<string, Counted>();
  readonly #going = new Map<string, Pick<RecordingNote, 'goesAt' | 'goesBy'>>();
  readonly #warned = new Set<string>();
  /** Rooms that were themselves removed, and until when new files of theirs are removed as well. */
  readonly #forgotten = new Map<string, number>();
  #totals: { at: number; bytes: number }[] = [];
  #free = Number.NaN;
  #removals = 0;
  #sweeping: Promise<void> | undefined;

  constructor(deps: KeeperDeps) {
    const { dir, clock, log } = deps;
    this.#deps = deps;
    this.#watch = openClockWatch({ clock, log });
    this.#removal = new RecordingRemoval(dir, clock, (slug, removed) => {
      const known = this.#counted.get(slug);
      if (known) this.#counted.set(slug, { ...known, version: '', bytes: 0, removed });
      this.#removals++;
      log.info({ slug, by: removed.by }, 'a recording was removed');
    });
    void this.sweep();
    this.#timer = clock.every(SWEEP_MS, () => void this.sweep());
  }

  note(slug: string): RecordingNote | undefined {
    const one = this.#counted.get(slug);
    if (!one) return undefined;
    return {
      ...{ seconds: one.seconds, bytes: one.bytes, ...this.#going.get(slug) },
      ...(one.removed ? { removedAt: one.removed.at, removedBy: one.removed.by } : {}),
    };
  }

  async remove(slug: string, by: RemovedBy): Promise<boolean> {
    const removed = await this.#removal.sound(slug, by);
    if (removed) this.#again();
    return removed;
  }

  async forget(slug: string): Promise<void> {
    await this.#forgetNow(slug);
    this.#again();
  }

  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweepNow()
      .catch((error: unknown) =>
        this.#deps.log.warn(
          { error: String(error) },
          'recordings cannot be counted: until they can, none is removed automatically',
        ),
      )
      .finally(() => {
        this.#sweeping = undefined;
      });
    return this.#sweeping;
  }

  #again(): void {
    for (const delay of AGAIN_MS) this.#deps.clock.after(delay, () => void this.sweep());
  }

  async #forgetNow(slug: string): Promise<void> {
    if (!isRecordingName(slug)) return;
    this.#counted.delete(slug);
    this.#forgotten.set(slug, this.#deps.clock.now() + FORGET_MS);
    await this.#removal.everything(slug);
  }

  async #sweepNow(): Promise<void> {
    const { dir, clock, log } = this.#deps;
    const seen = new Set<string>();
    for (const name of await readdir(dir).catch(() => [] as string[])) {
      await this.#removal.leftover(name);
      if (!isRecordingName(name)) continue;
      // One unreadable recording must not keep the others from being removed.
      await this.#look(name, seen).catch((error: unknown) => {
        log.warn({ slug: name, error: String(error) }, UNREADABLE);
        if (this.#counted.has(name)) seen.add(name);
      });
    }
    for (const slug of this.#counted.keys()) if (!seen.has(slug)) this.#counted.delete(slug);
    for (const slug of this.#warned) if (!seen.has(slug)) this.#warned.delete(slug);
    for (const [slug, until] of this.#forgotten) if (clock.now() > until) this.#forgotten.delete(slug);
    await this.#retire();
    this.#free = await statfs(dir).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => Number.NaN,
    );
    const at = clock.now();
    this.#totals = [...this.#totals.filter((one) => at - one.at <= GROWTH_MS), { at, bytes: this.#total() }];
  }

  async #look(slug: string, seen: Set<string>): Promise<void> {
    const { dir, clock, log } = this.#deps;
    const until = this.#forgotten.get(slug);
    if (until !== undefined && clock.now() <= until && !this.#deps.room(slug))
      return this.#removal.everything(slug);
    this.#forgotten.delete(slug);
    if (this.#deps.room(slug)?.neverKept) {
      log.info(
        { slug },
        'an old recording of the demo room was removed: the demo room is no longer recorded',
      );
      return this.#forgetNow(slug);
    }
    const found = await count(dir, slug, this.#counted.get(slug));
    if (!found) return;
    this.#counted.set(slug, found);
    seen.add(slug);
    // A kill may have left half of it.
    if (found.removed && found.bytes > 0) await this.#removal.sound(slug, found.removed.by);
  }

  #total(): number {
    return [...this.#counted.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Removes the oldest recordings first, and those that are held last; those of running rooms and removed ones are
   * excluded.
   */
  async #retire(): Promise<void> {
    const { clock, keep, quota } = this.#deps;
    this.#going.clear();
    const now = clock.wall();
    const sure = this.#watch.look();
    let bytes = this.#total();
    let promised = bytes;
    const over = [...this.#counted]
      .filter(([slug, one]) => !one.removed && !this.#deps.room(slug)?.running)
      .map(([slug, one]) => {
        const { ended = one.ended, held = false } = this.#deps.room(slug) ?? {};
        return { slug, ...one, ended, held };
      })
      .sort((a, b) => Number(a.held) - Number(b.held) || a.ended - b.ended);
    for (const one of over) {
      const until = goesAt(one, keep);
      const late = one.held ? HELD_DAYS * DAY_MS : 0;
      const old = until !== undefined && sure && now >= until + late;
      const by = old ? 'age' : quota !== undefined && bytes > quota ? 'quota' : undefined;
      if (!by) {
        this.#announce(one, bytes, promised, one.held);
        promised -= one.bytes;
      } else if (await this.#removeOld(one.slug, by)) {
        bytes -= one.bytes;
        promised -= one.bytes;
      }
    }
  }

  /** False when it could not be done. */
  #removeOld(slug: string, by: RemovedBy): Promise<boolean> {
    return this.#removal.sound(slug, by).then(
      () => true,
      (error: unknown) => {
        this.#deps.log.warn({ slug, by, error: String(error) }, UNREADABLE);
        return false;
      },
    );
  }

  /**
   * Says when a recording will go, and why; `promised` is what stays when all that were announced before it are gone.
   */
  #announce(one: CountedRecording, bytes: number, promised: number, held: boolean): void {
    const { keep, quota, log } = this.#deps;
    const { slug } = one;
    if (quota === undefined || promised <= quota * WARN_SHARE) {
      const until = goesAt(one, keep);
      if (until !== undefined && !held) this.#going.set(slug, { goesBy: 'age', goesAt: until });
      return;
    }
    this.#going.set(slug, { goesBy: 'quota' });
    if (!this.#warned.has(slug))
      log.warn(
        { slug, bytes, quota },
        'the space for recordings is nearly full: this one, the oldest, will be removed next. Save a copy, or raise recordingsQuota',
      );
    this.#warned.add(slug);
  }

  #growth(): number {
    const [first, last] = [this.#totals[0], this.#totals.at(-1)];
    if (!first || !last || last.at === first.at) return Number.NaN;
    return Math.max(0, ((last.bytes - first.bytes) / (last.at - first.at)) * 1000);
  }

  metrics(): Metric[] {
    return [
      {
        ...{ name: 'earshot_recordings_bytes', kind: 'gauge', value: this.#total() },
        help: 'Disk space that all recordings take.',
      },
      {
        ...{ name: 'earshot_recordings_free_bytes', kind: 'gauge', value: this.#free },
        help: 'Free space where recordings are written.',
      },
      {
        ...{ name: 'earshot_recordings_growth_bytes_per_second', kind: 'gauge', value: this.#growth() },
        help: 'How fast recordings grew in the last hour.',
      },
      {
        ...{
          name: 'earshot_recordings_full_seconds',
          kind: 'gauge',
          value: this.#free / this.#growth(),
        },
        help: 'Time until the disk is full at this pace; absent while nothing grows.',
      },
      {
        ...{ name: 'earshot_recordings_removed_total', kind: 'counter', value: this.#removals },
        help: 'Recordings removed since the site started, by a person or by a rule.',
      },
    ];
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}
