import type { Archive } from '../../archive/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Rendition } from '../../base/media.ts';
import type { Ms } from '../../base/time.ts';
import type { Interaction } from '../../interaction/index.ts';
import type { LostEntries } from '../../journal/index.ts';
import type { SegmentTag } from '../../keys/segment-tags.ts';
import type { StepJournal } from '../../ladder/index.ts';
import type { Stage } from '../../stage/index.ts';
import type { StandbyLoops } from '../../standby/standby-loops.ts';
import type { Message } from '../../wire/feed.ts';
import type { QuestionWithdrawal } from '../../wire/interaction/questions.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { RoomMark } from './room-marks.ts';

/** A room with a time zero, without which it cannot be opened. */
export type OpenableRoom = RoomCard & { readonly zero: number };

/** What one running room needs from its cell. */
export interface RunningRoomDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly stage: Pick<Stage, 'openRoom'>;
  /** Reactions, questions and pins; absent: the room has none. */
  readonly interaction?: Pick<Interaction, 'openRoom'>;
  /** Questions of a room that moderators have taken out. */
  withdrawn?(slug: string): ReadonlyMap<string, QuestionWithdrawal> | undefined;
  /** Says, for whoever looks after a crash, that the cell works on this room. */
  readonly mark: RoomMark;
  readonly archive: Archive;
  readonly renditions: readonly Rendition[];
  /** Ids of renditions that are always coded. */
  readonly always: readonly string[];
  readonly tag: SegmentTag;
  readonly loops: () => StandbyLoops;
  /** Time between two writes of the stream; told to listeners. */
  readonly writePeriod: Ms;
  /** HTTP caches in front; told to listeners. */
  readonly caches: readonly string[];
  /** The ladder's evidence. */
  readonly records: StepJournal;
  /** Counts what the journals of this cell lose. */
  readonly lostEntries: LostEntries;
  /** Folder where hosts' music is. */
  readonly musicDir: string;
  /** Folder where the places in line are kept. */
  readonly queueDir: string;
  /** This cell's name, used in journals. */
  readonly cell: string;
  publish(message: Message): void;
  /**
   * Lets rested rooms resume one after the other: their listeners have music in the meantime, and other rooms keep
   * the processor.
   */
  inTurn(open: () => Promise<void>): Promise<void>;
  /** Reports, repeatedly, whether somebody is listening while the sound is being made. */
  hearing?(on: boolean): void;
}
