import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { type Ms, ms } from '../../base/time.ts';
import type { Limits } from '../limits.ts';
import type { Counters, Departure } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import type { DoorOrigin } from '../origin-port.ts';
import type { StreamRequest } from '../request/stream-query.ts';
import type { Batch } from '../socket/batched-write.ts';
import type { Connection } from '../socket/connection.ts';
import type { TlsOffload } from '../socket/tls-offload.ts';
import { type DelayedEndings, openDelayedEndings } from './delayed-endings.ts';
import { Joining, type JoiningDeps, perWrite } from './joining.ts';
import { type ListenerWrites, openListenerWrites } from './listener-writes.ts';
import { promote } from './move-to-live.ts';
import type { RoomCount } from './room-streams.ts';
import { ListenerRoster } from './roster.ts';
import { openServingClock, type ServingClock } from './serving-clock.ts';
import { type ChannelHooks, StreamConnection } from './write-schedule.ts';

/** Dependencies of the fan-out. */
export interface FanoutDeps extends Pick<JoiningDeps, 'delivery' | 'place' | 'back' | 'counted'> {
  readonly clock: Clock;
  readonly origin: DoorOrigin;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly fault: Fault;
  /** Offloads idle, write-only TLS connections; absent: they keep the whole connection. */
  readonly tlsOffload?: Pick<TlsOffload, 'offload' | 'fail'> | undefined;
  /** Somebody starts or stops listening on a connection. */
  heard?(connection: Connection, change: 1 | -1): void;
  /** A listener leaves; its connection is still there, unless its peer has closed it. */
  left?(listener: StreamConnection): void;
}

/** All stream listeners of this door. */
export interface Fanout {
  /** Answers a stream request on a connection and keeps it served, or says why not. */
  join(connection: Connection, request: StreamRequest): ErrorCode | undefined;
  /** Closes a listener that is too slow, counted by cause. False when the connection carries no stream. */
  drop(connection: Connection, cause: Departure): boolean;
  /** Streams per room now. */
  presence(): ReadonlyMap<string, number>;
  /** Streams of a room at the live edge now. */
  live(slug: string): number;
  /** What this door does for each room that is heard, or was within the last minute. */
  counts(): ReadonlyMap<string, RoomCount>;
  /**
   * Moves the `count` listeners who have waited longest on a room's delayed stream to the live edge, except those who
   * chose it; returns how many it moved.
   */
  promote(slug: string, count: number): number;
  /** Ends every stream of a room: whoever may listen comes in again. */
  evict(slug: string): void;
  /**
   * From now on each listener is ended (FIN) after the last fragment of the current segment; at once when nothing is
   * on air.
   */
  drain(deadline: Ms): void;
  /** Resolves when no listener is left. */
  readonly empty: Promise<void>;
}

/** Opens the fan-out; it listens to the origin from now on. */
export function openFanout(deps: FanoutDeps): Fanout {
  return new StreamFanout(deps);
}

class StreamFanout implements Fanout {
  readonly #deps: FanoutDeps;
  readonly #roster: ListenerRoster;
  readonly #writes: ListenerWrites;
  readonly #hooks: ChannelHooks;
  readonly #servingClock: ServingClock;
  readonly #endings: DelayedEndings;
  readonly #joining: Joining;

  constructor(deps: FanoutDeps) {
    this.#deps = deps;
    const { clock, origin, limits, counters, batch, tlsOffload } = deps;
    const roster = new ListenerRoster({
      departures: counters.departures,
      changed(listener, change) {
        deps.heard?.(listener.connection, change);
        if (change < 0) deps.left?.(listener);
      },
    });
    const writes = openListenerWrites({ ...deps, tlsOffload, roster });
    const servingClock = openServingClock(deps);
    const hooks: ChannelHooks = {
      row: limits.row,
      write: writes.write,
      flush: batch.flush,
      wake: servingClock.wake,
      gone: writes.gone,
    };
    this.#joining = new Joining({
      ...{ clock, origin, counters, roster, hooks, drop: writes.drop, offloads: tlsOffload !== undefined },
      delivery: (slug) => deps.delivery(slug),
      place: (slug, request, closeOther) => deps.place(slug, request, closeOther),
      ...(deps.back ? { back: deps.back } : {}),
      ...(deps.counted ? { counted: deps.counted } : {}),
    });
    this.#endings = openDelayedEndings({
      clock,
      wake: servingClock.wake,
      finish: (one) => writes.finish(one, 'ended'),
    });
    this.#roster = roster;
    this.#writes = writes;
    this.#hooks = hooks;
    this.#servingClock = servingClock;
    origin.onFragment((slug, rendition, seq, bytes) => this.#take(slug, rendition, seq, bytes));
    origin.onEnd((slug) => this.#end(slug));
  }

  join(connection: Connection, request: StreamRequest): ErrorCode | undefined {
    try {
      return this.#joining.join(connection, request);
    } catch (error) {
      this.#deps.fault(error, `stream of ${request.slug}`);
      return 'internal';
    }
  }

  drop({ handler }: Connection, cause: Departure): boolean {
    if (!(handler instanceof StreamConnection)) return false;
    this.#writes.drop(handler, cause);
    return true;
  }

  presence(): ReadonlyMap<string, number> {
    return this.#roster.streams;
  }

  live(slug: string): number {
    return this.#roster.live(slug);
  }

  counts(): ReadonlyMap<string, RoomCount> {
    const { rooms } = this.#roster;
    const now = this.#deps.clock.now();
    return new Map([...rooms].map(([slug, room]) => [slug, room.count(this.#roster.streamsOf(slug), now)]));
  }

  promote(slug: string, count: number): number {
    const room = this.#roster.rooms.get(slug);
    if (!room) return 0;
    const { clock, origin } = this.#deps;
    const { period } = this.#deps.delivery(slug);
    const { write, flush } = this.#hooks;
    return promote(room, {
      ...{ origin, count, period, write, flush },
      ...{ perWrite: perWrite(period), now: clock.now() },
    });
  }

  evict(slug: string) {
    for (const feed of this.#roster.rooms.get(slug)?.feeds ?? [])
      for (const channel of feed.channels()) {
        channel.flush();
        for (const listener of [...channel.all()]) this.#writes.finish(listener, 'ended');
      }
  }

  drain(deadline: Ms) {
    const { clock } = this.#deps;
    this.#roster.drain();
    clock.after(ms(Math.max(0, deadline - clock.now())), () => {
      const feeds = [...this.#roster.rooms.values()].flatMap((room) => room.feeds);
      for (const channel of [...feeds.flatMap((feed) => [...feed.channels()]), ...this.#endings.channels()]) {
        channel.flush();
        for (const listener of channel.all()) this.#writes.finish(listener, 'drained');
      }
    });
  }

  get empty(): Promise<void> {
    return this.#roster.empty;
  }

  /** A fragment of a rendition goes to everyone in the room who hears it. */
  #take(slug: string, rendition: string, seq: number, bytes: Buffer) {
    const { rooms } = this.#roster;
    const room = rooms.get(slug);
    if (!room) return;
    const now = this.#deps.clock.now();
    // Once per slot of the grid, with the first rendition that arrives.
    if (room.reach(seq)) {
      const { period, ceiling } = this.#deps.delivery(slug);
      if (!room.steer(ceiling, perWrite(period), now)) return void rooms.delete(slug);
    }
    room.take(rendition, seq, bytes, now);
  }

  /** The program of a room is over: the live hear its end now, the delayed at their own time. */
  #end(slug: string) {
    const room = this.#roster.rooms.get(slug);
    this.#roster.rooms.delete(slug);
    for (const feed of room?.feeds ?? []) {
      this.#endings.take(feed);
      for (const channel of feed.channels()) {
        if (channel === feed.delayed) continue;
        channel.flush();
        for (const listener of channel.all()) this.#writes.finish(listener, 'ended');
        this.#servingClock.forget(channel);
      }
    }
  }
}
