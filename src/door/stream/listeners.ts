import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT, type Ms, ms } from '../../base/time.ts';
import type { Delivery } from '../../wire/delivery.ts';
import type { Limits } from '../limits.ts';
import type { Counters, Departure } from '../metrics/counters.ts';
import type { Fault } from '../metrics/faults.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { radioFields } from '../request/radio-fields.ts';
import { type StreamRequest, streamHead } from '../request/stream-query.ts';
import type { Batch } from '../socket/batched-write.ts';
import { descriptor, putAll, waitingIn } from '../socket/direct-write.ts';
import { reset } from '../socket/reset.ts';
import type { Bares } from '../socket/tls-offload.ts';
import type { Records } from '../socket/tls-record-sealer.ts';
import { openTails } from './delayed-endings.ts';
import { beginning } from './first-fragments.ts';
import { Bursts } from './first-write-cache.ts';
import { promote } from './move-to-live.ts';
import { withOggTitle } from './ogg-title.ts';
import { alignedToBlock } from './radio-titles.ts';
import type { Feed } from './rendition-stream.ts';
import { Room, type RoomCount } from './room-streams.ts';
import { type Channel, type ChannelHooks, type Listener, MAX_AHEAD, SLOT_MS } from './write-schedule.ts';

/** Where a stream request is served. */
export interface Placed {
  readonly at: 'live' | 'ring';
  /** Sent again after a dropped connection, it keeps the place at the live edge. */
  readonly seat?: string;
  /** Whose seat it is; when the same holder comes again, the earlier connection is closed. */
  readonly holder?: string;
}

/** What the fan-out needs. */
export interface FanoutDeps {
  readonly clock: Clock;
  readonly origin: DoorOrigin;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly fault: Fault;
  /** Offloads idle, write-only TLS connections; absent: they keep the whole connection. */
  readonly bares?: Pick<Bares, 'lay' | 'fail'> | undefined;
  /** How often a room is written to, and up to which bitrate. */
  delivery(slug: string): Pick<Delivery, 'period' | 'ceiling'>;
  /**
   * Decides where a request that can be served goes; called once per request. `retake` closes the holder's other
   * stream at this door.
   */
  place(slug: string, request: StreamRequest, retake: (holder: string) => boolean): Placed;
  /** Somebody starts or stops listening on a connection. */
  heard?(socket: Socket, change: 1 | -1): void;
  /** The token that the listener sends when it comes back; default none. */
  back?(slug: string, socket: Socket): string;
}

/** All stream listeners of this door. */
export interface Fanout {
  /** Answers a stream request on a raw socket and keeps it served, or says why not. */
  join(socket: Socket, request: StreamRequest): ErrorCode | undefined;
  /** Closes a listener that is too slow, counted by cause. False when the socket is no listener. */
  drop(socket: Socket, cause: Departure): boolean;
  /** True when the socket carries a stream. */
  carries(socket: Socket): boolean;
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
  /**
   * From now on each listener is ended (FIN) after the last fragment of the current segment; at once when nothing is
   * on air.
   */
  drain(deadline: Ms): void;
  /** Resolves when no listener is left. */
  readonly empty: Promise<void>;
}

const NOTHING = Buffer.alloc(0);
const LISTENER = Symbol('listener');
type ListeningSocket = Socket & { [LISTENER]?: Listener };

/** How long an ended listener may take to close its side before it is destroyed. */
const FIN_WAIT = 2_000;

/** Opens the fan-out; it listens to the origin from now on. */
export function openFanout(deps: FanoutDeps): Fanout {
  const { clock, origin, limits, counters, batch } = deps;
  const rooms = new Map<string, Room>();
  const streams = new Map<string, number>();
  const waiting = new Set<Channel>();
  const bursts = new Bursts();
  const empty = Promise.withResolvers<void>();
  let timer: Disposable | undefined;
  let date = { at: Number.NEGATIVE_INFINITY, text: '' };
  let drainBy: number | undefined;
  let total = 0;

  const today = (): string => {
    const now = clock.now();
    if (now - date.at >= 1000) date = { at: now, text: new Date(clock.wall()).toUTCString() };
    return date.text;
  };
  const perWrite = (period: number): number => Math.max(1, Math.round(period / FRAGMENT_MS));
  const hooks: ChannelHooks = {
    row: limits.row,
    write: writeTo,
    flush: batch.flush,
    wake(channel) {
      waiting.add(channel);
      timer ??= clock.every(ms(SLOT_MS), tick);
    },
  };
  const tails = openTails({ clock, wake: hooks.wake, finish: (listener) => finish(listener, 'ended') });

  function leave(listener: Listener, cause: Departure) {
    const { slug } = listener.channel;
    if (!listener.channel.remove(listener)) return;
    const room = rooms.get(slug);
    room?.waits.delete(listener);
    if (listener.holder !== undefined && room?.holders.get(listener.holder) === listener)
      room.holders.delete(listener.holder);
    counters.departures[cause] += 1;
    deps.heard?.(listener.socket, -1);
    total -= 1;
    const left = (streams.get(slug) ?? 1) - 1;
    if (left > 0) streams.set(slug, left);
    else streams.delete(slug);
    if (total === 0 && drainBy !== undefined) empty.resolve();
  }
  /** A fault in writing to one listener costs only that one: it reconnects and says what it has. */
  function writeTo(listener: Listener, bytes: Buffer, newest: number) {
    try {
      write(listener, bytes, newest);
    } catch (error) {
      deps.fault(error, `a write to a listener of ${listener.channel.slug}`);
      drop(listener.socket, 'fault');
    }
  }
  function write(listener: Listener, bytes: Buffer, newest: number) {
    const { socket } = listener;
    const waiting = waitingIn(listener);
    if (waiting > 0 && waiting + bytes.length > limits.backlog) return void drop(socket, 'backlog');
    if (listener.wrapped && waiting === 0 && !strip(listener)) return;
    counters.writes += 1;
    counters.bytes += bytes.length;
    const sealed = listener.records ? seal(listener, listener.records, bytes) : bytes;
    if (!sealed) return;
    batch.put(listener, sealed);
    if (listener.records?.spent) finish(listener, 'spent');
    else if (drainBy !== undefined && (newest + 1) % FRAGMENTS_PER_SEGMENT === 0) finish(listener, 'drained');
  }
  /** `bytes` as TLS records; undefined when that is no longer possible and the listener had to be closed. */
  function seal(listener: Listener, records: Records, bytes: Buffer): Uint8Array | undefined {
    try {
      return records.seal(bytes, batch.room);
    } catch (error) {
      return void unsealed(listener.socket, error);
    }
  }
  function unsealed(socket: Socket, error: unknown) {
    deps.bares?.fail(error);
    deps.fault(error, 'a stream over TLS');
    drop(socket, 'tls-fault');
  }
  /** Offloads a listener's connection where possible; false when it had to be closed. */
  function strip(listener: Listener): boolean {
    listener.wrapped = false;
    const { socket: secure } = listener;
    try {
      const bare = deps.bares?.lay(secure);
      if (!bare) return true;
      const { socket, records } = bare;
      Object.assign(listener, { socket, records, fd: descriptor(socket), queued: false, brief: true });
      delete (secure as ListeningSocket)[LISTENER];
      attach(socket, listener);
      socket.resume();
      counters.laidBare += 1;
    } catch (error) {
      unsealed(secure, error);
    }
    return listener.slot >= 0;
  }
  function attach(socket: Socket, listener: Listener) {
    (socket as ListeningSocket)[LISTENER] = listener;
    socket.on('close', onGone).on('end', onGone).on('error', onError).on('data', onData);
  }
  /** Ends a listener cleanly: everything written, then FIN. */
  function finish(listener: Listener, cause: Departure) {
    leave(listener, cause);
    batch.flush();
    const { socket, records } = listener;
    try {
      if (records) socket.end(records.close());
      else socket.end();
    } catch (error) {
      deps.bares?.fail(error);
      reset(socket);
    }
    clock.after(ms(FIN_WAIT), () => socket.destroy());
  }
  function drop(socket: Socket, cause: Departure): boolean {
    const listener = (socket as ListeningSocket)[LISTENER];
    if (!listener) return false;
    leave(listener, cause);
    // Gathered writes use a descriptor number that this connection is about to release.
    batch.flush();
    // A reset frees at once what waits in the kernel for a reader that does not read.
    reset(socket);
    return true;
  }
  function tick() {
    const now = clock.now();
    for (const channel of waiting) {
      try {
        if (!channel.serve(now)) waiting.delete(channel);
      } catch (error) {
        // Its slots get their turn again with the next fragment; other rooms continue now.
        deps.fault(error, `the stream of ${channel.slug}`);
      }
      if (channel.late >= 0) counters.lateness.add(channel.late);
    }
    if (waiting.size > 0) return;
    timer?.[Symbol.dispose]();
    timer = undefined;
  }
  function onGone(this: ListeningSocket) {
    const listener = this[LISTENER];
    if (listener) leave(listener, 'left');
    this.destroy();
  }
  function onError() {}
  function onData() {}

  origin.onFragment((slug, rendition, seq, bytes) => {
    const room = rooms.get(slug);
    if (!room) return;
    const now = clock.now();
    // Once per slot of the grid, with the first rendition that arrives.
    if (room.reach(seq)) {
      const { period, ceiling } = deps.delivery(slug);
      if (!room.steer(ceiling, perWrite(period), now)) return void rooms.delete(slug);
    }
    room.take(rendition, seq, bytes, now);
  });
  origin.onEnd((slug) => {
    const room = rooms.get(slug);
    rooms.delete(slug);
    for (const feed of room?.feeds ?? []) {
      tails.take(feed);
      for (const channel of feed.channels()) {
        if (channel === feed.ring) continue;
        channel.flush();
        for (const listener of channel.all()) finish(listener, 'ended');
        waiting.delete(channel);
      }
    }
  });

  /** The feed for a request, or the reason why there is none. */
  function feedOf(request: StreamRequest): { room: Room; feed: Feed } | ErrorCode {
    const { slug, rendition } = request;
    const room = rooms.get(slug) ?? new Room(slug, { ...hooks, origin });
    const feed = room.open(rendition, deps.delivery(slug).ceiling, request.titles);
    if (typeof feed === 'string') return feed;
    rooms.set(slug, room);
    return { room, feed };
  }

  function admit(socket: Socket, request: StreamRequest): ErrorCode | undefined {
    const { slug, rendition } = request;
    const found = feedOf(request);
    const joined =
      typeof found === 'string'
        ? found
        : origin.join(slug, found.feed.splice.source ?? rendition.id, { margin: ms(0) });
    if (typeof found === 'string' || typeof joined === 'string') {
      counters.joinsRefused += 1;
      return joined as ErrorCode;
    }
    const { room, feed } = found;
    const now = clock.now();
    const placed = deps.place(slug, request, (holder) => {
      const before = room.holders.get(holder);
      return before !== undefined && drop(before.socket, 'retaken');
    });
    const ring = request.ring || placed.at === 'ring';
    const pace = perWrite(deps.delivery(slug).period);
    const here = request.was === 'ring' ? request.after : undefined;
    const channel = ring ? feed.delayed(pace, now, here) : feed.lane(pace, now);
    const { newest } = channel;
    const tooFar = newest >= 0 && (request.after ?? -1) > newest + MAX_AHEAD;
    const after = tooFar || (!ring && request.was === 'ring') ? undefined : request.after;
    const listener = channel.add(socket, Math.max(after ?? -1, newest) + 1);
    const next = joined.untilNext + channel.need(listener);
    const wanted = beginning(origin, feed, { newest, after, hand: request.margin + next });
    const slots = feed.titles ? alignedToBlock(wanted, feed.held(0, newest)) : wanted;
    listener.next = (slots.at(-1)?.seq ?? listener.next - 1) + 1;
    // A radio with titles in its bytes cannot move to another run of bytes.
    if (ring && !request.ring && !feed.titles) room.waits.add(listener);
    if (!ring && placed.holder !== undefined) {
      listener.holder = placed.holder;
      room.holders.set(placed.holder, listener);
    }
    attach(socket, listener);
    // Others may not support the key update that this takes: radios have small TLS libraries.
    if (deps.bares && rendition.container === 'fmp4' && 'encrypted' in socket) listener.wrapped = true;
    streams.set(slug, (streams.get(slug) ?? 0) + 1);
    total += 1;
    counters.joins += 1;
    deps.heard?.(socket, 1);
    const back = rendition.container === 'fmp4' ? deps.back?.(slug, socket) : undefined;
    const card = rendition.container === 'fmp4' ? undefined : origin.card(slug);
    const head = streamHead(rendition, {
      period: ms(channel.perWrite * FRAGMENT_MS),
      next: ms(next),
      date: today(),
      place: ring ? 'ring' : 'live',
      behind: ms(channel === feed.ring ? feed.ringBy * FRAGMENT_MS : 0),
      ...(placed.seat === undefined || ring ? {} : { seat: placed.seat }),
      ...(back === undefined ? {} : { back }),
      ...(rendition.container === 'fmp4'
        ? {}
        : { more: radioFields(rendition, card, feed.titles !== undefined) }),
    });
    // Blocks are counted from the first byte of the body.
    const init = feed.titles
      ? NOTHING
      : rendition.container === 'ogg' && card
        ? withOggTitle(joined.init, card)
        : joined.init;
    const pieces = [Buffer.from(head, 'latin1'), ...bursts.of(channel, init, slots)];
    putAll(listener, pieces);
    for (const bytes of pieces) counters.bytes += bytes.length;
    return undefined;
  }

  return {
    join(socket, request) {
      try {
        return admit(socket, request);
      } catch (error) {
        deps.fault(error, `stream of ${request.slug}`);
        return 'internal';
      }
    },
    drop,
    carries: (socket) => (socket as ListeningSocket)[LISTENER] !== undefined,
    presence: () => streams,
    live: (slug) => (streams.get(slug) ?? 0) - (rooms.get(slug)?.ringed ?? 0),
    counts() {
      const now = clock.now();
      return new Map([...rooms].map(([slug, room]) => [slug, room.count(streams.get(slug) ?? 0, now)]));
    },
    promote(slug, count) {
      const room = rooms.get(slug);
      if (!room) return 0;
      const { period } = deps.delivery(slug);
      return promote(room, {
        ...{ origin, count, period, write: writeTo, flush: batch.flush },
        ...{ perWrite: perWrite(period), now: clock.now() },
      });
    },
    drain(deadline) {
      drainBy = deadline;
      if (total === 0) empty.resolve();
      clock.after(ms(Math.max(0, deadline - clock.now())), () => {
        const channels = [...rooms.values()].flatMap((room) =>
          room.feeds.flatMap((feed) => [...feed.channels()]),
        );
        for (const channel of [...channels, ...tails.channels()]) {
          channel.flush();
          for (const listener of channel.all()) finish(listener, 'drained');
        }
      });
    },
    empty: empty.promise,
  };
}
