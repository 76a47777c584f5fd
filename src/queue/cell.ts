import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { QueueState, TicketCounts } from '../wire/queue.ts';
import { Line } from './line.ts';
import { openLineFile } from './line-file.ts';

/** What a room's queue needs in its cell. */
export interface QueueDeps {
  /** Folder for the lines of all rooms; created when missing. */
  readonly dir: string;
  readonly slug: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Called with the number of published states that are lost to the history. */
  onLost?(states: number): void;
}

/** The input for one second of the queue. */
export interface QueueSecond {
  /** Live and delayed streams, by door. */
  readonly streams: ReadonlyMap<string, { readonly live: number; readonly delayed: number }>;
  /** The host's cap on them. */
  readonly cap?: number | undefined;
  /** True while the ladder sends newcomers into the queue, or to the text. */
  readonly holding: boolean;
  /** Live places that the doors can give away per second in the meantime. */
  readonly spare: number;
  /** The announced start, wall-clock ms; absent for a room that opened at once. */
  readonly scheduled?: number | undefined;
  /** True once the stage is on air. */
  readonly begun: boolean;
}

/** What doors are told. */
export interface QueueTold {
  readonly queue: QueueState;
  /** Live streams that each door may have for people without a ticket. */
  readonly limits: Readonly<Record<string, number>>;
  /** True in the last message: the queue is no longer needed. */
  readonly over?: true;
}

/** The queue of one room in the cell that owns it. */
export interface Queue extends AsyncDisposable {
  /** A door's newest count. */
  take(door: string, counted: TicketCounts): void;
  /** Decides one second; undefined while there is no queue. */
  second(now: QueueSecond): QueueTold | undefined;
  /** What doors were told last, for a door that connects now. */
  readonly told: QueueTold | undefined;
}

/** A door that has been silent for this long has no share in free places. */
const DOOR_LIMIT_MS = 5_000;
/** The draw comes before the announced start, so that the winners are there for the first word. */
const DRAW_LEAD_MS = 60_000;
/** A queue that is no longer needed is still published for this long, so that everyone sees that they are called. */
const LINGER_MS = 90_000;

/** Opens the queue of one room, continuing where it was. */
export async function openQueue({ dir, slug, clock, log, onLost }: QueueDeps): Promise<Queue> {
  const file = await openLineFile(dir, slug, log, onLost);
  const line = new Line(slug, file.kept);
  const doors = new Map<string, number>();
  let neededAt = Number.NEGATIVE_INFINITY;
  let told: QueueTold | undefined;
  const reported = new Map<string, string>();
  let dirty = false;
  return {
    take(door, counted) {
      doors.set(door, clock.now());
      const text = JSON.stringify(counted);
      if (reported.get(door) === text) return line.heard(counted.life, clock.now());
      reported.set(door, text);
      dirty = true;
      line.take(counted, clock.now());
    },
    second({ streams, cap, holding, spare, scheduled, begun }) {
      const now = clock.now();
      for (const [door, at] of doors) if (now - at > DOOR_LIMIT_MS) doors.delete(door);
      const each = new Map<string, number>();
      const delayed = new Map<string, number>();
      for (const door of doors.keys()) each.set(door, 0);
      for (const [door, has] of streams) {
        each.set(door, has.live);
        delayed.set(door, has.delayed);
      }
      let sum = 0;
      for (const has of each.values()) sum += has;
      if (!told && cap === undefined && !holding && line.waiting < 1) return undefined;
      const draw = begun || scheduled === undefined ? undefined : scheduled - DRAW_LEAD_MS;
      const changed = line.step({
        ...{ now, wall: clock.wall(), live: sum, holding, spare },
        ...(cap === undefined ? {} : { cap }),
        ...(draw === undefined ? {} : { draw }),
      });
      if (line.needed) neededAt = now;
      else if (now - neededAt > LINGER_MS) {
        file.keep(line.record(), changed ? line.text : undefined);
        told = undefined;
        return { queue: line.state, limits: {}, over: true };
      }
      told = { queue: line.state, limits: line.limits(each, delayed) };
      if (changed || dirty) file.keep(line.record(), changed ? line.text : undefined);
      dirty = false;
      return told;
    },
    get told() {
      return told;
    },
    async [Symbol.asyncDispose]() {
      await file.close();
    },
  };
}
