import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT, type Ms, ms } from '../base/time.ts';
import { Channel, type Listener, MAX_AHEAD, SLOT_MS } from './channel.ts';
import type { Counters, Departure } from './counters.ts';
import type { Fault } from './faults.ts';
import type { Limits } from './limits.ts';
import type { DoorOrigin, Joined } from './origin-port.ts';
import { type StreamRequest, streamHead } from './stream-request.ts';

/** What the fan-out needs. */
export interface FanoutDeps {
  readonly clock: Clock;
  readonly origin: DoorOrigin;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly fault: Fault;
  /** Milliseconds between writes for a room: a multiple of 320. */
  period(slug: string): Ms;
}

/** Everyone who hears anything through this door. */
export interface Fanout {
  /** Answers a stream request on a raw socket and keeps it served, or says why not. */
  join(socket: Socket, request: StreamRequest): ErrorCode | undefined;
  /** Closes a listener that is too slow, counted by cause. False when the socket is no listener. */
  drop(socket: Socket, cause: Departure): boolean;
  /** True when the socket carries a stream. */
  carries(socket: Socket): boolean;
  /** Streams per room now. */
  presence(): ReadonlyMap<string, number>;
  /** From now on each listener is ended (FIN) after the last fragment of the running segment; at once when nothing runs. */
  drain(deadline: Ms): void;
  /** Resolves when no listener is left. */
  readonly empty: Promise<void>;
}

const LISTENER = Symbol('listener');
type ListeningSocket = Socket & { [LISTENER]?: Listener };

/** How long an ended listener may take to close its side before it is destroyed. */
const FIN_WAIT = 2_000;

/** Opens the fan-out; it listens to the origin from now on. */
export function openFanout(deps: FanoutDeps): Fanout {
  const { clock, origin, limits, counters } = deps;
  const channels = new Map<string, Map<string, Channel>>();
  const streams = new Map<string, number>();
  const waiting = new Set<Channel>();
  const bursts = new WeakMap<Channel, { first: number; last: number; bytes: Buffer }>();
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
  const channelOf = (slug: string, rendition: string): Channel => {
    let room = channels.get(slug);
    if (!room) {
      room = new Map();
      channels.set(slug, room);
    }
    let channel = room.get(rendition);
    if (!channel) {
      channel = new Channel(slug, rendition, write);
      room.set(rendition, channel);
    }
    return channel;
  };
  const perWrite = (slug: string): number => Math.max(1, Math.round(deps.period(slug) / FRAGMENT_MS));

  function leave(listener: Listener, cause: Departure) {
    if (!listener.channel.remove(listener)) return;
    counters.departures[cause] += 1;
    total -= 1;
    const left = (streams.get(listener.channel.slug) ?? 1) - 1;
    if (left > 0) streams.set(listener.channel.slug, left);
    else streams.delete(listener.channel.slug);
    if (total === 0 && drainBy !== undefined) empty.resolve();
  }
  function write(listener: Listener, bytes: Buffer, newest: number) {
    const { socket } = listener;
    const queued = socket.writableLength;
    if (queued > 0 && queued + bytes.length > limits.backlog) return void drop(socket, 'backlog');
    counters.writes += 1;
    counters.bytes += bytes.length;
    socket.write(bytes);
    if (drainBy !== undefined && (newest + 1) % FRAGMENTS_PER_SEGMENT === 0) finish(listener, 'drained');
  }
  /** Ends a listener in order: everything written, then FIN. */
  function finish(listener: Listener, cause: Departure) {
    leave(listener, cause);
    const { socket } = listener;
    socket.end();
    clock.after(ms(FIN_WAIT), () => socket.destroy());
  }
  function drop(socket: Socket, cause: Departure): boolean {
    const listener = (socket as ListeningSocket)[LISTENER];
    if (!listener) return false;
    leave(listener, cause);
    // A reset: what waits in the kernel for a reader that does not read is given back at once.
    socket.resetAndDestroy();
    return true;
  }
  function tick() {
    const now = clock.now();
    for (const channel of waiting) {
      if (!channel.serve(now)) waiting.delete(channel);
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
    const channel = channelOf(slug, rendition);
    if (!channel.take(seq, bytes, perWrite(slug), clock.now())) return;
    waiting.add(channel);
    timer ??= clock.every(ms(SLOT_MS), tick);
  });
  origin.onEnd((slug) => {
    for (const channel of channels.get(slug)?.values() ?? []) {
      channel.flush();
      for (const listener of channel.all()) finish(listener, 'ended');
      waiting.delete(channel);
    }
    channels.delete(slug);
  });

  /** Init and first fragments as one Buffer, shared by all who join within the same fragment. */
  function burst(channel: Channel, joined: Joined): Buffer {
    const first = joined.fragments[0]?.seq ?? -1;
    const last = joined.fragments.at(-1)?.seq ?? -1;
    const made = bursts.get(channel);
    if (made && made.first === first && made.last === last) return made.bytes;
    const bytes = Buffer.concat([joined.init, ...joined.fragments.map((fragment) => fragment.bytes)]);
    bursts.set(channel, { first, last, bytes });
    return bytes;
  }

  function admit(socket: Socket, request: StreamRequest): ErrorCode | undefined {
    const { slug, rendition } = request;
    const period = deps.period(slug);
    const newest = channels.get(slug)?.get(rendition.id)?.newest ?? -1;
    const after =
      request.after !== undefined && newest >= 0 && request.after > newest + MAX_AHEAD
        ? undefined
        : request.after;
    const joined = origin.join(slug, rendition.id, {
      ...(after === undefined ? {} : { after }),
      margin: ms(request.margin + Math.max(0, period - FRAGMENT_MS)),
    });
    if (typeof joined === 'string') {
      counters.joinsRefused += 1;
      return joined;
    }
    const channel = channelOf(slug, rendition.id);
    const next = (joined.fragments.at(-1)?.seq ?? Math.max(after ?? -1, newest)) + 1;
    const listener = channel.add(socket, next);
    (socket as ListeningSocket)[LISTENER] = listener;
    socket.on('close', onGone).on('end', onGone).on('error', onError).on('data', onData);
    streams.set(slug, (streams.get(slug) ?? 0) + 1);
    total += 1;
    counters.joins += 1;
    const head = streamHead(rendition, {
      period,
      next: ms(joined.untilNext + channel.delay(listener)),
      date: today(),
    });
    const bytes = burst(channel, joined);
    socket.cork();
    socket.write(head, 'latin1');
    if (bytes.length > 0) socket.write(bytes);
    socket.uncork();
    counters.bytes += bytes.length;
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
    drain(deadline) {
      drainBy = deadline;
      if (total === 0) empty.resolve();
      clock.after(ms(Math.max(0, deadline - clock.now())), () => {
        for (const room of channels.values())
          for (const channel of room.values()) {
            channel.flush();
            for (const listener of channel.all()) finish(listener, 'drained');
          }
      });
    },
    empty: empty.promise,
  };
}
