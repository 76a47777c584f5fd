/** The recording: the segments of the program, written to disk as they are completed, and read back for the replay. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Fragment, Init, PcmBlock, Segment } from '../base/media.ts';
import type { Mark } from '../wire/mark.ts';
import type { RecordingGap } from '../wire/room.ts';
import { diskFiles, type Files } from './files.ts';
import { type RecordedProgram, Recorder } from './recorder.ts';

export type { Piece, Recording } from '../wire/recording.ts';
export { type EditsBook, openEditsBook } from './edits-file.ts';
export type { Files, OpenFile } from './files.ts';
export { type Keeper, type KeptRoom, openKeeper } from './keeper.ts';
export { markOf, type Original, originalOf } from './original.ts';
export { type ArchiveReader, openReader } from './reader.ts';
export type { RecordedProgram } from './recorder.ts';
export { type CountedRecording, countRecordings } from './recording-size.ts';

/** Dependencies of the archive. */
export interface ArchiveDeps {
  /** The folder of all recordings; one folder per room inside. */
  readonly dir: string;
  readonly log: Log;
  readonly clock: Clock;
  /** Ids of the renditions to keep. Only fragmented MP4 can be kept; others are ignored. */
  readonly renditions: readonly string[];
  /**
   * Called when a piece of a segment is on the disk and can be read. Only tests use it: they kill the process after it.
   */
  closed?(segment: Segment, slug: string): void;
  /** Called when a gap in a recording is over; until then the gap is in `gaps`. */
  gap(slug: string, gap: RecordingGap): void;
  /** Called with the number of lines about events or gaps that are lost for good. */
  onLost?(file: 'marks' | 'gaps', lines: number): void;
  /** The file system; default: the machine's. */
  readonly files?: Files;
}

/** The writing end of the archive, one per cell. */
export interface Archive extends AsyncDisposable {
  /**
   * Starts or continues a room's recording. Everything after this call is kept, even before it resolves. It never
   * rejects: with a failing disk the recording has a gap.
   */
  begin(slug: string, program: RecordedProgram): Promise<void>;
  /** Keeps a rendition's init segment. Unknown rooms and renditions are ignored. */
  init(slug: string, init: Init): void;
  /** Queues one fragment (at most 8 MB per room wait) and returns at once. */
  fragment(slug: string, fragment: Fragment): void;
  /** Measures 20 ms of the mixed sound; its loudness is stored with the recording. */
  block(slug: string, block: PcmBlock): void;
  /** Stores a line about an event: who spoke, when it went live. */
  mark(slug: string, mark: Mark): void;
  /** Publishes the running pieces and resolves when everything is on the disk. */
  end(slug: string): Promise<void>;
  /** All gaps so far, the current one last. */
  gaps(slug: string): RecordingGap[];
  /** False while fragments are being lost. */
  healthy(slug: string): boolean;
}

/** Opens the archive; closing it ends every recording in order. */
export async function open(deps: ArchiveDeps): Promise<Archive> {
  const recorders = new Map<string, Recorder>();
  const end = async (slug: string): Promise<void> => {
    const recorder = recorders.get(slug);
    recorders.delete(slug);
    await recorder?.end();
  };
  return {
    async begin(slug, program) {
      const before = recorders.get(slug)?.end();
      const kept = program.renditions.filter((r) => r.container === 'fmp4' && deps.renditions.includes(r.id));
      const recorder = new Recorder({
        dir: deps.dir,
        files: deps.files ?? diskFiles,
        log: deps.log,
        clock: deps.clock,
        slug,
        program: { ...program, renditions: kept },
        closed: (segment) => deps.closed?.(segment, slug),
        gap: (gap) => deps.gap(slug, gap),
        onLost: (file, lines) => deps.onLost?.(file, lines),
      });
      recorders.set(slug, recorder);
      await recorder.begin(before);
    },
    init: (slug, init) => recorders.get(slug)?.init(init),
    fragment: (slug, fragment) => recorders.get(slug)?.fragment(fragment),
    block: (slug, block) => recorders.get(slug)?.block(block),
    mark: (slug, mark) => recorders.get(slug)?.mark(mark),
    end,
    gaps: (slug) => recorders.get(slug)?.gaps ?? [],
    healthy: (slug) => recorders.get(slug)?.healthy ?? true,
    async [Symbol.asyncDispose]() {
      await Promise.all([...recorders.keys()].map(end));
    },
  };
}
