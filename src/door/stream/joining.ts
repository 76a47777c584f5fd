import type { Clock } from '../../base/clock.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import type { Delivery } from '../../wire/delivery.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { Counters } from '../metrics/counters.ts';
import type { DoorOrigin, Joined } from '../origin-port.ts';
import { radioFields } from '../request/radio-fields.ts';
import { type StreamRequest, streamHead } from '../request/stream-query.ts';
import type { Connection } from '../socket/connection.ts';
import { putAll } from '../socket/direct-write.ts';
import { firstFragments } from './first-fragments.ts';
import { Bursts } from './first-write-cache.ts';
import type { ListenerWrites } from './listener-writes.ts';
import { withOggTitle } from './ogg-title.ts';
import { alignedToBlock } from './radio-titles.ts';
import type { Feed } from './rendition-stream.ts';
import type { Slot } from './rendition-switch.ts';
import { RoomStreams } from './room-streams.ts';
import type { ListenerRoster } from './roster.ts';
import { type ChannelHooks, MAX_AHEAD, type StreamConnection } from './write-schedule.ts';

/** Where a stream request is served. */
export interface Placed {
  readonly at: 'live' | 'ring';
  /** Sent again after a dropped connection, it keeps the place at the live edge. */
  readonly seat?: string;
  /** Whose seat it is; when the same holder comes again, the earlier connection is closed. */
  readonly holder?: string;
}

/** Dependencies of joining. */
export interface JoiningDeps {
  readonly clock: Clock;
  readonly origin: DoorOrigin;
  readonly counters: Counters;
  readonly roster: ListenerRoster;
  readonly hooks: ChannelHooks;
  readonly drop: ListenerWrites['drop'];
  /** True where streams over TLS may be offloaded. */
  readonly offloads: boolean;
  /** How often a room is written to, and up to which bitrate. */
  delivery(slug: string): Pick<Delivery, 'period' | 'ceiling'>;
  /**
   * Decides where a request that can be served goes; called once per request. `closeOther` closes the holder's other
   * stream at this door.
   */
  place(slug: string, request: StreamRequest, closeOther: (holder: string) => boolean): Placed;
  /** The token that the listener sends when it comes back; default none. */
  back?(slug: string, connection: Connection): string;
  /** Begins to count what a listener hears; see `DoorAudience.counted`. */
  counted?(listener: StreamConnection, request: StreamRequest): CountedStream;
}

/** The session of a stream, as its head says it. */
export interface CountedStream {
  /** For a player that can keep one. */
  readonly token?: string;
  /** False: it need not prove what it hears. */
  readonly proves?: boolean;
}

/** Fragments in one write of a period. */
export const perWrite = (period: number): number => Math.max(1, Math.round(period / FRAGMENT_MS));

/** What a request for a stream is served from. */
interface Found {
  readonly room: RoomStreams;
  readonly feed: Feed;
  readonly joined: Joined;
}

/** A listener in its place, and where it begins. */
interface Seated extends Found {
  readonly listener: StreamConnection;
  readonly placed: Placed;
  /** True on the delayed stream. */
  readonly delayed: boolean;
  /** Milliseconds from now until it has to have the next fragment. */
  readonly next: number;
  readonly slots: readonly Slot[];
}

const NOTHING = Buffer.alloc(0);

/** How a listener joins: a stream is found, a place in it given, the first bytes written. */
export class Joining {
  readonly #deps: JoiningDeps;
  readonly #bursts = new Bursts();
  #date = { at: Number.NEGATIVE_INFINITY, text: '' };

  constructor(deps: JoiningDeps) {
    this.#deps = deps;
  }

  /** Answers a stream request on a connection and keeps it served, or says why not. */
  join(connection: Connection, request: StreamRequest): ErrorCode | undefined {
    const found = this.#find(request);
    if (typeof found === 'string') {
      this.#deps.counters.joinsRefused += 1;
      return found;
    }
    const seated = this.#seat(connection, request, found);
    this.#enter(seated, request);
    this.#begin(seated, request);
    return undefined;
  }

  #find({ slug, rendition, titles }: StreamRequest): Found | ErrorCode {
    const { roster, origin, hooks } = this.#deps;
    const room = roster.rooms.get(slug) ?? new RoomStreams(slug, { ...hooks, origin });
    const feed = room.open(rendition, this.#deps.delivery(slug).ceiling, titles);
    if (typeof feed === 'string') return feed;
    roster.rooms.set(slug, room);
    const joined = origin.join(slug, feed.splice.source ?? rendition.id, { margin: ms(0) });
    return typeof joined === 'string' ? joined : { room, feed, joined };
  }

  #seat(connection: Connection, request: StreamRequest, found: Found): Seated {
    const { clock, origin, drop } = this.#deps;
    const { room, feed, joined } = found;
    const now = clock.now();
    const placed = this.#deps.place(request.slug, request, (holder) => {
      const before = room.inSeat(holder);
      if (before) drop(before, 'replaced');
      return before !== undefined;
    });
    const delayed = request.delayed === true || placed.at === 'ring';
    const pace = perWrite(this.#deps.delivery(request.slug).period);
    const here = request.was === 'ring' ? request.after : undefined;
    const channel = delayed ? feed.delayedChannel(pace, now, here) : feed.lane(pace, now);
    const { newest } = channel;
    const tooFar = newest >= 0 && (request.after ?? -1) > newest + MAX_AHEAD;
    const after = tooFar || (!delayed && request.was === 'ring') ? undefined : request.after;
    const listener = channel.add(connection, Math.max(after ?? -1, newest) + 1);
    const next = joined.untilNext + channel.need(listener);
    const wanted = firstFragments(origin, feed, { newest, after, buffered: request.margin + next });
    const slots = feed.titles ? alignedToBlock(wanted, feed.held(0, newest)) : wanted;
    listener.first = slots[0]?.seq ?? listener.next;
    listener.next = (slots.at(-1)?.seq ?? listener.next - 1) + 1;
    return { ...found, listener, placed, delayed, next, slots };
  }

  #enter(
    { room, feed, listener, placed, delayed }: Seated,
    { delayed: chosen, rendition }: StreamRequest,
  ): void {
    const { connection } = listener;
    // A radio with titles in its bytes cannot move to another run of bytes.
    if (delayed && !chosen && !feed.titles) room.waits.add(listener);
    if (!delayed && placed.holder !== undefined) room.seat(listener, placed.holder);
    connection.handTo(listener);
    // Others may not support the key update that this takes: radios have small TLS libraries.
    if (this.#deps.offloads && rendition.container === 'fmp4' && 'encrypted' in connection.socket)
      listener.tls = 'whole';
    this.#deps.counters.joins += 1;
    this.#deps.roster.enter(listener);
  }

  /** Writes the head, what the decoder needs first, and the first fragments. */
  #begin(seated: Seated, request: StreamRequest): void {
    const { feed, joined, listener, slots } = seated;
    const { container } = request.rendition;
    const card = container === 'fmp4' ? undefined : this.#deps.origin.card(request.slug);
    const head = this.#head(seated, request, card);
    // Blocks are counted from the first byte of the body.
    const init = feed.titles
      ? NOTHING
      : container === 'ogg' && card
        ? withOggTitle(joined.init, card)
        : joined.init;
    const state = feed.stateAt(slots);
    const opening = state ? [init, state] : [init];
    const pieces = [Buffer.from(head, 'latin1'), ...this.#bursts.of(listener.channel, opening, slots)];
    putAll(listener, pieces);
    for (const bytes of pieces) this.#deps.counters.bytes += bytes.length;
  }

  #head(seated: Seated, request: StreamRequest, card: RoomCard | undefined): string {
    const { slug, rendition } = request;
    const { feed, listener, placed, delayed, next } = seated;
    const { channel } = listener;
    const fmp4 = rendition.container === 'fmp4';
    const { token: session, proves } = this.#deps.counted?.(listener, request) ?? {};
    const back = fmp4 ? this.#deps.back?.(slug, listener.connection) : undefined;
    return streamHead(rendition, {
      period: ms(channel.perWrite * FRAGMENT_MS),
      next: ms(next),
      date: this.#today(),
      place: delayed ? 'ring' : 'live',
      behind: ms(channel === feed.delayed ? feed.delayedBy * FRAGMENT_MS : 0),
      ...(placed.seat === undefined || delayed ? {} : { seat: placed.seat }),
      ...(back === undefined ? {} : { back }),
      ...(session === undefined ? {} : { session }),
      ...(session !== undefined && proves === false ? { excused: true as const } : {}),
      ...(fmp4 ? {} : { more: radioFields(rendition, card, feed.titles !== undefined) }),
    });
  }

  #today(): string {
    const { clock } = this.#deps;
    const now = clock.now();
    if (now - this.#date.at >= 1000) this.#date = { at: now, text: new Date(clock.wall()).toUTCString() };
    return this.#date.text;
  }
}
