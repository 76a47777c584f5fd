import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { RoomSteering } from '../../ladder/index.ts';
import { openQueue, type Queue, type QueueTold } from '../../queue/index.ts';
import { holdsNewcomers } from '../../wire/delivery.ts';
import type { Presence } from '../../wire/feed.ts';
import type { TicketCounts } from '../../wire/queue.ts';
import type { RoomCard } from '../../wire/room.ts';
import { type Demand, openDemand } from './demand.ts';
import type { RunningRoomDeps } from './running-room-deps.ts';

/**
 * What doors report about one room, and what follows from it: wanted renditions, the level of the ladder, the line.
 */
export class RoomGovernor implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #deps: RunningRoomDeps;
  readonly #slug: string;
  readonly #queue: Queue;
  readonly #demand: Demand;
  readonly steering: RoomSteering;

  private constructor(deps: RunningRoomDeps, slug: string, queue: Queue, log: Log) {
    this.#deps = deps;
    this.#slug = slug;
    this.#queue = queue;
    this.#log = log;
    this.#clock = deps.clock;
    this.#demand = openDemand(deps.clock);
    const wall = deps.clock.wall();
    this.steering = new RoomSteering({ period: deps.writePeriod, caches: deps.caches, wall });
  }

  /** Opens it with the line that is on disk. Disposing keeps it there. */
  static async open(deps: RunningRoomDeps, slug: string, log: Log): Promise<RoomGovernor> {
    const { clock, queueDir: dir } = deps;
    const queue = await openQueue({
      ...{ dir, slug, clock, log: deps.log.part('queue') },
      onLost: deps.lostEntries.of('queue'),
    });
    return new RoomGovernor(deps, slug, queue, log);
  }

  /** Ids of the renditions that doors want. */
  wanted(): string[] {
    return this.#demand.now();
  }

  /** True while somebody is listening, or is about to. */
  heard(): boolean {
    return this.#demand.now().length > 0 || this.steering.streams(this.#clock.now()) > 0;
  }

  /** Receives a door's newest report; true when it wants a rendition that nobody wanted before. */
  presence(said: Presence): boolean {
    this.steering.hear(said, this.#clock.now());
    return said.wanted !== undefined && this.#demand.hear(said.wanted);
  }

  /** Receives a door's count of the tickets it gave out. */
  tickets(door: string, counted: TicketCounts): void {
    this.#queue.take(door, counted);
  }

  /** The line as last published; undefined before it ever moved. */
  get line(): QueueTold | undefined {
    return this.#queue.told;
  }

  /** Follows the doors' highest wish, one level at a time. Call once a second. */
  steer(): void {
    const clock = this.#clock;
    const turn = this.steering.turn(clock.now(), clock.wall());
    if (!turn) return;
    const { wishes, ...step } = turn;
    const { records, cell } = this.#deps;
    records.write({ at: clock.wall(), slug: this.#slug, by: cell, ...step, values: wishes });
    this.#log.info(
      { slug: this.#slug, ...turn },
      turn.to > turn.from
        ? 'the room goes up a level of the ladder: listeners hear it later or at a lower bitrate'
        : 'the room goes down a level of the ladder',
    );
  }

  /** Moves the line. Returns what doors must be told, if anything. Call once a second, after `steer`. */
  moveLine(card: RoomCard): QueueTold | undefined {
    const now = this.#clock.now();
    const doors = new Map(
      [...this.steering.fresh(now)].map(({ door, streams, live = streams }) => [
        door,
        { live, delayed: streams - live },
      ]),
    );
    return this.#queue.second({
      ...{ streams: doors, cap: card.cap, scheduled: card.clocks.scheduled, begun: card.status === 'live' },
      ...{ holding: holdsNewcomers(this.steering.delivery(now)), spare: this.steering.spare(now) },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#queue[Symbol.asyncDispose]();
  }
}
