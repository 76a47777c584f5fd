import type { Archive } from '../../archive/index.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Rendition } from '../../base/media.ts';
import type { Ms } from '../../base/time.ts';
import type { SegmentTag } from '../../keys/segment-tags.ts';
import type { StepJournal } from '../../ladder/index.ts';
import type { Stage } from '../../stage/index.ts';
import type { StandbyLoops } from '../../standby/standby-loops.ts';
import type { Message } from '../../wire/feed.ts';
import type { RoomCard } from '../../wire/room.ts';

/** A room that has a time zero: one that can be opened. */
export type OpenableRoom = RoomCard & { readonly zero: number };

/** What one running room needs from its cell. */
export interface RunningRoomDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly stage: Stage;
  readonly archive: Archive;
  readonly renditions: readonly Rendition[];
  /** Ids that are coded whether somebody hears them or not. */
  readonly always: readonly string[];
  readonly tag: SegmentTag;
  readonly loops: () => StandbyLoops;
  /** Between two writes of the stream; told to listeners. */
  readonly writePeriod: Ms;
  /** HTTP caches in front; told to listeners. */
  readonly caches: readonly string[];
  /** The ladder's evidence. */
  readonly records: StepJournal;
  /** Folder where hosts' music is. */
  readonly musicDir: string;
  /** Folder where the places in line are kept. */
  readonly queueDir: string;
  /** This cell's name, in records. */
  readonly cell: string;
  publish(message: Message): void;
  /** Lets rooms that rested begin again one after the other: their listeners have music meanwhile, and other rooms the processor. */
  inTurn(open: () => Promise<void>): Promise<void>;
  /** Whether somebody hears the room's sound, and it is being made; said again and again. */
  hearing?(on: boolean): void;
}
