import type { Rendition } from '../base/media.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../base/time.ts';
import { RING_MS } from '../wire/delivery.ts';
import { encodeNotice, type Notice } from '../wire/notice.ts';
import { bestWithin, familyOf } from './ceiling.ts';
import { Channel, type ChannelHooks } from './channel.ts';
import { type Slot, Splice } from './splice.ts';

/** The ring is this many fragments behind the live edge, where the program is that old. */
const RING_FRAGMENTS = Math.ceil(RING_MS / FRAGMENT_MS);
/** Of a program that is younger, the ring begins here. */
const LEAST_RING = FRAGMENTS_PER_SEGMENT;
/** Kept so that a place in the ring begins with sound at once: two writes of it. References, not copies. */
export const KEPT_FRAGMENTS = RING_FRAGMENTS + 2 * FRAGMENTS_PER_SEGMENT;
/** A player slows down by at most this much before a longer period. */
const SLOWEST = 0.08;
/** What a player grows its margin by beyond the difference. */
const SPARE_MS = 300;
/** A longer period takes effect after this long for each doubling. */
const DOUBLING_MS = 12_000;

/**
 * How long listeners are told in advance that writes become rarer: time enough to grow the margin by the difference,
 * slowed by less than 8 %. Nought when they become more frequent.
 */
export function noticeMs(from: number, to: number): number {
  if (to <= from) return 0;
  const slowest = ((to - from + SPARE_MS) / SLOWEST) * 1.1 + 1_000;
  return Math.ceil(Math.max(DOUBLING_MS * Math.log2(to / from), slowest));
}

/** Everyone in one room who asked for one rendition: one run of fragments, in channels by write period, and the ring. */
export class Feed {
  readonly slug: string;
  readonly wanted: Rendition;
  /** Live channels by fragments per write. */
  readonly #lanes = new Map<number, Channel>();
  /** The delayed ring; undefined while nobody is in it. */
  ring: Channel | undefined;
  /** How many fragments the ring is behind. */
  ringBy = RING_FRAGMENTS;
  readonly splice: Splice;
  #kept: Slot[] = [];
  readonly #hooks: ChannelHooks;
  #now = 0;

  constructor(
    slug: string,
    wanted: Rendition,
    hooks: ChannelHooks & { since(rendition: string, seq: number): readonly Slot[] },
  ) {
    this.slug = slug;
    this.wanted = wanted;
    this.#hooks = hooks;
    this.splice = new Splice(wanted, familyOf(wanted), {
      send: (slot) => this.#send(slot),
      since: hooks.since,
    });
  }

  /** Begins with what the origin holds. */
  begin(source: string, held: readonly Slot[]): void {
    const last = held.at(-1);
    if (!last) return;
    this.#kept = held.slice(-KEPT_FRAGMENTS);
    this.splice.begin(source, last);
  }

  /** The newest fragment that went out; −1 before the first. */
  get newest(): number {
    return this.splice.newest;
  }

  /** Listeners at the live edge and in the ring. */
  get size(): number {
    let size = this.ring?.size ?? 0;
    for (const lane of this.#lanes.values()) size += lane.size;
    return size;
  }

  /** Takes a fragment of any rendition of the room. */
  take(rendition: string, seq: number, bytes: Buffer, now: number): void {
    this.#now = now;
    this.splice.take(rendition, seq, bytes);
  }

  /** Holds the feed to a ceiling and to a write period: whoever is in another lane is told, and moved when it is time. */
  steer(ceiling: number | undefined, perWrite: number, now: number): void {
    this.splice.target = bestWithin(this.wanted, ceiling).id;
    for (const [period, lane] of this.#lanes) {
      if (period === perWrite) {
        if (!lane.onward) continue;
        lane.stay();
        lane.tell(this.#notice({ period: period * FRAGMENT_MS, in: 0 }));
      } else if (lane.size === 0) this.#lanes.delete(period);
      else this.#move(lane, perWrite, now);
    }
    if (this.ring?.size === 0) this.ring = undefined;
  }

  #move(lane: Channel, perWrite: number, now: number): void {
    if (lane.onward?.perWrite === perWrite) return;
    const period = perWrite * FRAGMENT_MS;
    const old = lane.perWrite * FRAGMENT_MS;
    const wait = noticeMs(old, period);
    if (wait > 0) lane.tell(this.#notice({ period, in: wait }));
    // The last of them hears of it a whole period later than the first.
    const at = wait > 0 ? now + wait + old : now;
    lane.goOn(this.lane(perWrite, now), at, this.#notice({ period, in: 0 }));
  }

  /** The lane of a write period. */
  lane(perWrite: number, now: number): Channel {
    let lane = this.#lanes.get(perWrite);
    if (!lane) {
      const begun = now - ((this.newest + 1) % perWrite) * FRAGMENT_MS;
      lane = new Channel(this.slug, perWrite, this.#hooks, this.newest, begun);
      this.#lanes.set(perWrite, lane);
    }
    return lane;
  }

  /** The delayed ring, one write per segment; opened as far behind as the program is old, at most `RING_MS`. */
  openRing(now: number): Channel {
    if (this.ring) return this.ring;
    const room = this.#kept.length - FRAGMENTS_PER_SEGMENT - 2;
    this.ringBy = Math.max(LEAST_RING, Math.min(RING_FRAGMENTS, room));
    const newest = this.newest < 0 ? -1 : Math.max(-1, this.newest - this.ringBy);
    const begun = now - ((newest + 1) % FRAGMENTS_PER_SEGMENT) * FRAGMENT_MS;
    this.ring = new Channel(this.slug, FRAGMENTS_PER_SEGMENT, this.#hooks, newest, begun);
    return this.ring;
  }

  /** What is kept of the fragments from `first` to `last`. */
  held(first: number, last = this.newest): readonly Slot[] {
    return this.#kept.filter(({ seq }) => seq >= first && seq <= last);
  }

  /** The oldest fragment that is kept. */
  get oldest(): number | undefined {
    return this.#kept[0]?.seq;
  }

  /** A notice as bytes, where the container carries one. */
  #notice(notice: Notice): Buffer | undefined {
    return this.wanted.container === 'fmp4' ? noticeBytes(notice) : undefined;
  }

  /** Every channel with its listeners. */
  *channels(): Generator<Channel> {
    yield* this.#lanes.values();
    if (this.ring) yield this.ring;
  }

  #send(slot: Slot): void {
    const { seq, bytes } = slot;
    this.#kept.push(slot);
    if (this.#kept.length > KEPT_FRAGMENTS) this.#kept.shift();
    for (const lane of [...this.#lanes.values()])
      if (lane.take(seq, bytes, this.#now)) this.#hooks.wake(lane);
    const { ring } = this;
    if (!ring) return;
    for (const old of this.held(ring.newest + 1, seq - this.ringBy))
      if (ring.take(old.seq, old.bytes, this.#now)) this.#hooks.wake(ring);
  }
}

/** A notice as a Buffer. */
export const noticeBytes = (notice: Notice): Buffer => Buffer.from(encodeNotice(notice).buffer);
