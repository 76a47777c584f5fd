import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Ms } from '../base/time.ts';
import type { ProofSample } from '../wire/listening/proof-sample.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import type { ListenerCount, RoomCard } from '../wire/room.ts';
import type { RecordingPort } from './recording.ts';
import type { ReplayMaker } from './replay/replay-maker.ts';

/** Dependencies of the origin. */
export interface OriginDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Reads recordings; `src/archive` fits. */
  readonly archive: RecordingPort;
  /** Makes lists and plans of recordings outside this thread; default: in it. */
  readonly maker?: ReplayMaker;
  /** Measures the loudness of recordings without a figure, outside this thread; default: `maker`. */
  readonly measurer?: ReplayMaker;
  /** True: slots that do not come in time are filled with standby. */
  readonly holdWhileAway: boolean;
  /** The tag of a segment: what fills in is tagged like what it stands in for. */
  tag(slug: string, segment: number): Uint8Array;
  /**
   * Base addresses of caches in front, without a path; players that can be steered are sent there when the ladder
   * says so.
   */
  readonly caches?: readonly string[];
  /**
   * Asks the site for a room that ended so long ago that the site does not report it by itself; rejects when the site
   * is away.
   */
  older?(slug: string): Promise<RoomCard | undefined>;
  /** How many listen to a room, and all its numbers, as the tally counts them; undefined while it has said nothing. */
  listeners?(slug: string): ListenerCount | undefined;
  /** Which sessions of a room prove what they hear; undefined: all. */
  proofs?(slug: string): ProofSample | undefined;
  numbers?(slug: string): RoomNumbers | undefined;
  /** True: this door gives newcomers of a room no live place. What the room's state says counts as well. */
  queues?(slug: string): boolean;
}

/** Where a stream listener begins. */
export interface StreamStart {
  /** What the decoder needs first; empty for containers that need nothing. */
  readonly init: Uint8Array;
  /** In order of `seq` up to the newest one; may be empty. */
  readonly fragments: readonly { readonly seq: number; readonly bytes: Buffer }[];
  /** Milliseconds until the next fragment is expected, 0 to 320. */
  readonly untilNext: Ms;
  /** Milliseconds between fragments. */
  readonly period: Ms;
}

/**
 * How to join. `after`: the last fragment the listener has. `at`: begin with this one. `margin`: ms beyond one
 * period, default 300.
 */
export interface JoinOptions {
  readonly after?: number;
  readonly margin?: Ms;
  readonly at?: number;
}
