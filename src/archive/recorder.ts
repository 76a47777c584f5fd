import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Fragment, Init, PcmBlock, Rendition, Segment } from '../base/media.ts';
import { type EpochMs, FRAGMENT_MS, fragmentStart, type Ms } from '../base/time.ts';
import { JournalFile, readEntries } from '../journal/index.ts';
import type { Mark } from '../wire/mark.ts';
import type { RecordingGap } from '../wire/room.ts';
import { type Files, journalFiles, writeWhole } from './files.ts';
import { paths, type RoomFile } from './layout.ts';
import { LoudnessFile } from './loudness-file.ts';
import { Track } from './track.ts';

/**
 * Limit of bytes of one room that wait for a slow disk. Beyond it fragments are lost to the recording; listeners are
 * never held back.
 */
export const MAX_QUEUED_BYTES = 8 << 20;
/**
 * Limit of marks, and of gaps, that wait in memory while the disk fails. Further ones are dropped, and the next line
 * says how many.
 */
const MAX_WAITING_LINES = 10_000;
/**
 * Limit of the disk space of marks, and of gaps: enough for a month in which somebody starts to speak every ten
 * seconds.
 */
const MAX_LINES_BYTES = 48 << 20;
const RETRY_MS = 1000;

/** The program that is recorded. */
export interface RecordedProgram {
  readonly zero: EpochMs;
  readonly renditions: readonly Rendition[];
  readonly title: string;
}

/** Dependencies of a recorder. */
export interface RecorderDeps {
  readonly dir: string;
  readonly files: Files;
  readonly log: Log;
  readonly clock: Clock;
  readonly slug: string;
  readonly program: RecordedProgram;
  closed(segment: Segment): void;
  gap(gap: RecordingGap): void;
  onLost(file: 'marks' | 'gaps', lines: number): void;
}

interface OpenGap {
  from: number;
  to: number;
  reason: RecordingGap['reason'];
}

/** Records one room: one queue to the disk, with its gaps and marks. Nothing here throws or rejects. */
export class Recorder {
  readonly #deps: RecorderDeps;
  readonly #paths: ReturnType<typeof paths>;
  readonly #tracks = new Map<string, Track>();
  readonly #loudness: LoudnessFile;
  readonly #inits = new Map<string, Uint8Array>();
  readonly #gaps: RecordingGap[] = [];
  /** True once this run has written a fragment of the first rendition. */
  #begun = false;
  readonly #gapLines: JournalFile;
  readonly #markLines: JournalFile;
  #open: OpenGap | undefined;
  #failing = new Set<string>();
  /**
   * No attempt before these times: one for sound, and one for the lines about it, whose trouble must not cost sound.
   */
  readonly #retryAt: { sound: Ms | undefined; lines: Ms | undefined } = {
    sound: undefined,
    lines: undefined,
  };
  #prepared = false;
  #saidFull = false;
  #ending = false;
  /**
   * True when the recording was removed while its end was being written: nothing more is stored, and this is no error.
   */
  #removed = false;
  #queued = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(deps: RecorderDeps) {
    this.#deps = deps;
    this.#paths = paths(deps.dir, deps.slug);
    this.#loudness = new LoudnessFile(deps.files, this.#paths.loudness);
    const lines = (file: 'marks' | 'gaps'): JournalFile =>
      new JournalFile({
        ...{ path: this.#paths[file], files: journalFiles(deps.files) },
        ...{ maxBytes: MAX_LINES_BYTES, maxWaiting: MAX_WAITING_LINES },
        onLost: (lost) => deps.onLost(file, lost),
      });
    this.#gapLines = lines('gaps');
    this.#markLines = lines('marks');
    for (const { id } of deps.program.renditions)
      this.#tracks.set(id, new Track(deps.files, this.#paths, id, deps.closed));
  }

  /** True while everything that arrives is being written. */
  get healthy(): boolean {
    return this.#open === undefined && this.#failing.size === 0;
  }

  /** All gaps so far, the current one last. */
  get gaps(): RecordingGap[] {
    return this.#open ? [...this.#gaps, asGap(this.#open)] : [...this.#gaps];
  }

  /** Prepares the folder, once `after` is over, and recovers what a killed process left. */
  begin(after?: Promise<void>): Promise<void> {
    return this.#enqueue(0, async () => {
      await after;
      await this.#attempt('room', () => this.#prepare());
    });
  }

  /** Stores a rendition's init segment. */
  init(init: Init): void {
    const track = this.#tracks.get(init.rendition);
    if (!track) return;
    this.#inits.set(init.rendition, init.bytes);
    void this.#enqueue(init.bytes.length, async () => {
      if (this.#prepared) await this.#attempt(init.rendition, () => track.init(init.bytes));
    });
  }

  /** Queues a fragment; one that does not fit into the queue becomes a gap. */
  fragment(fragment: Fragment): void {
    const track = this.#tracks.get(fragment.rendition);
    if (!track) return;
    if (this.#queued + fragment.bytes.length > MAX_QUEUED_BYTES) {
      this.#failing.add(fragment.rendition);
      this.#lose(fragment, 'disk-error');
    } else void this.#enqueue(fragment.bytes.length, () => this.#write(track, fragment));
  }

  /** Measures 20 ms of the recorded sound. Sound that is lost to the recording is not measured either. */
  block(block: PcmBlock): void {
    if (!this.#prepared || !this.healthy || !this.#loudness.push(block)) return;
    void this.#enqueue(0, async () => {
      if (!this.#waits('lines')) await this.#attempt('loudness', () => this.#loudness.note());
    });
  }

  /** Queues a line about an event. */
  mark(mark: Mark): void {
    this.#markLines.add({ ...mark });
    void this.#enqueue(0, async () => {
      if (this.#prepared && this.#retryAt.sound === undefined) await this.#keepLines();
    });
  }

  /** Publishes the running pieces and waits until everything is on the disk. */
  end(): Promise<void> {
    this.#ending = true;
    return this.#enqueue(0, async () => {
      this.#retryAt.sound = undefined;
      for (const track of this.#tracks.values()) {
        await this.#attempt(track.rendition, () => track.close());
        if (this.#prepared) await this.#attempt(track.rendition, () => track.finish());
      }
      this.#closeGap();
      if (this.#removed) return;
      if (this.#prepared) {
        await this.#attempt('marks', () => this.#writeLines());
        const [spoken] = this.#tracks.values();
        const seconds = ((spoken?.fragments ?? 0) * FRAGMENT_MS) / 1000;
        await this.#attempt('loudness', () => this.#loudness.finish(seconds));
      }
      // What somebody removed on purpose is not lost.
      if (!this.#removed) for (const lines of [this.#gapLines, this.#markLines]) lines.abandon();
    });
  }

  #enqueue(bytes: number, job: () => Promise<void>): Promise<void> {
    this.#queued += bytes;
    this.#tail = this.#tail.then(job).finally(() => {
      this.#queued -= bytes;
    });
    return this.#tail;
  }

  async #write(track: Track, fragment: Fragment): Promise<void> {
    if (this.#removed) return;
    if (this.#waits('sound')) {
      this.#failing.add(track.rendition);
      return this.#lose(fragment, this.#open?.reason ?? 'disk-error');
    }
    const before = track.last;
    const written = await this.#attempt(
      track.rendition,
      async () => {
        if (!this.#prepared) await this.#prepare();
        await track.write(fragment);
      },
      fragment,
    );
    if (!written) return;
    this.#failing.delete(track.rendition);
    if (track === this.#tracks.values().next().value && track.last !== before) {
      this.#noteJump(before, fragment.seq);
      this.#begun = true;
    }
    if (this.#open && this.#failing.size === 0) this.#closeGap();
    await this.#keepLines();
  }

  async #keepLines(): Promise<void> {
    if (this.#gapLines.waiting + this.#markLines.waiting === 0 || this.#waits('lines')) return;
    await this.#attempt('marks', () => this.#writeLines());
  }

  #waits(what: 'sound' | 'lines'): boolean {
    const at = this.#retryAt[what];
    return at !== undefined && this.#deps.clock.now() < at;
  }

  /** Without a disk failure a gap is one in the program itself. The first rendition stands for all. */
  #noteJump(before: number | undefined, seq: number): void {
    if (before === undefined || seq <= before + 1 || this.#open) return;
    this.#keepGap({
      from: fragmentStart(this.#deps.program.zero, before + 1),
      seconds: ((seq - before - 1) * FRAGMENT_MS) / 1000,
      // Within one run the program never jumps, unless the machine was too busy to make it.
      reason: this.#begun ? 'studio-busy' : 'studio-restart',
    });
  }

  async #attempt(what: string, job: () => Promise<void>, fragment?: Fragment): Promise<boolean> {
    if (this.#removed) return false;
    const kind = what === 'marks' || what === 'loudness' ? 'lines' : 'sound';
    try {
      await job();
      this.#retryAt[kind] = undefined;
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' && (await this.#isRemoved())) return false;
      const reason = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG' ? 'disk-full' : 'disk-error';
      if (!this.#waits(kind))
        this.#deps.log.error({ slug: this.#deps.slug, what, code, err: String(error) }, FAILED[kind][reason]);
      this.#retryAt[kind] = (this.#deps.clock.now() + RETRY_MS) as Ms;
      await this.#tracks.get(what)?.abandon();
      if (this.#tracks.has(what)) this.#failing.add(what);
      if (fragment) this.#lose(fragment, reason);
      return false;
    }
  }

  /**
   * Whether the keeper has removed the recording. It leaves a note; for a room that is over and itself removed, it
   * leaves nothing.
   */
  async #isRemoved(): Promise<boolean> {
    const names = await this.#deps.files.list(this.#paths.folder).catch(() => ['room.json']);
    if (!names.includes('removed.json') && (names.length > 0 || !this.#ending)) return false;
    this.#removed = true;
    this.#failing.clear();
    this.#open = undefined;
    this.#deps.log.info(
      { slug: this.#deps.slug },
      'the recording was removed while its end was being written',
    );
    return true;
  }

  #lose(fragment: Fragment, reason: RecordingGap['reason']): void {
    const from = fragmentStart(this.#deps.program.zero, fragment.seq);
    const to = from + FRAGMENT_MS;
    if (!this.#open) this.#open = { from, to, reason };
    else {
      this.#open.from = Math.min(this.#open.from, from);
      this.#open.to = Math.max(this.#open.to, to);
    }
  }

  #closeGap(): void {
    if (!this.#open) return;
    const gap = asGap(this.#open);
    this.#open = undefined;
    this.#keepGap(gap);
  }

  #keepGap(gap: RecordingGap): void {
    this.#gaps.push(gap);
    this.#gapLines.add({ ...gap });
    this.#deps.gap(gap);
  }

  async #prepare(): Promise<void> {
    const { files, slug, program } = this.#deps;
    await files.mkdir(this.#paths.folder);
    const room: RoomFile = {
      v: 1,
      slug,
      title: program.title,
      zero: program.zero,
      renditions: program.renditions,
    };
    const bytes = Buffer.from(`${JSON.stringify(room, null, 2)}\n`);
    if (!(await files.read(this.#paths.room))?.equals(bytes))
      await writeWhole(files, this.#paths.room, bytes);
    const before = readEntries<RecordingGap>((await files.read(this.#paths.gaps))?.toString() ?? '');
    for (const track of this.#tracks.values()) await track.recover();
    for (const [id, bytes] of this.#inits) await this.#tracks.get(id)?.init(bytes);
    // Trouble with it must not cost sound: what cannot be measured now is measured later.
    await this.#loudness.recover().catch(() => undefined);
    this.#gaps.unshift(...before);
    this.#prepared = true;
  }

  async #writeLines(): Promise<void> {
    await this.#gapLines.flush();
    await this.#markLines.flush();
    if (this.#saidFull || !(this.#gapLines.full || this.#markLines.full)) return;
    this.#saidFull = true;
    this.#deps.log.warn(
      { slug: this.#deps.slug, megabytes: MAX_LINES_BYTES >> 20 },
      'recording: the list of who spoke when, or of gaps, is full; the sound is recorded as before',
    );
  }
}

/** What a failing disk means, by what could not be written. */
const FAILED = {
  sound: {
    'disk-full': 'the disk is full: the recording has a gap until there is room; listeners are not affected',
    'disk-error': 'the disk fails: the recording has a gap until it works again; listeners are not affected',
  },
  lines: {
    'disk-full':
      'the disk is full: notes about the recording (who spoke when, gaps) wait until there is room',
    'disk-error':
      'the disk fails: notes about the recording (who spoke when, gaps) wait until it works again',
  },
} as const;

const asGap = (gap: OpenGap): RecordingGap => ({
  from: gap.from,
  seconds: Math.round(gap.to - gap.from) / 1000,
  reason: gap.reason,
});
