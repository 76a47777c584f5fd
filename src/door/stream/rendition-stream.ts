import type { Rendition } from '../../base/media.ts';
import { FRAGMENT_MS, FRAGMENTS_PER_SEGMENT } from '../../base/time.ts';
import { DELAY_MS } from '../../wire/delivery.ts';
import { encodeNotice, type Notice } from '../../wire/notice.ts';
import { bestWithin, familyOf } from './bitrate-ceiling.ts';
import type { TitleBlocks } from './radio-titles.ts';
import { type Slot, Splice } from './rendition-switch.ts';
import type { StateNews, Told } from './state-news.ts';
import { Channel, type ChannelHooks, MAX_AHEAD } from './write-schedule.ts';

/** How far the delayed stream is behind the live edge, in fragments, once the program is old enough. */
const DELAY_FRAGMENTS = Math.ceil(DELAY_MS / FRAGMENT_MS);
/** The smallest delay, in fragments, with which the delayed stream of a younger program opens. */
const MIN_DELAY = FRAGMENTS_PER_SEGMENT;
/** History needed behind the delayed start: one write (5.12 s) plus the largest default margin (2.6 s, radios). */
const MIN_HISTORY = FRAGMENTS_PER_SEGMENT + 10;
/**
 * Fragments kept so that a listener on the delayed stream begins with sound at once: two writes. References, not
 * copies.
 */
export const KEPT_FRAGMENTS = DELAY_FRAGMENTS + 2 * FRAGMENTS_PER_SEGMENT;
/** A player slows down by at most this much before a longer period. */
const SLOWEST = 0.08;
/** How much more than the difference a player grows its margin. */
const SPARE_MS = 300;
/** A longer period takes effect after this long for each doubling. */
const DOUBLING_MS = 12_000;

/**
 * How long in advance listeners are told that writes become less frequent, in ms: enough time to grow the margin by
 * the difference while playing less than 8 % slower. Zero when they become more frequent.
 */
export function noticeMs(from: number, to: number): number {
  if (to <= from) return 0;
  const slowest = ((to - from + SPARE_MS) / SLOWEST) * 1.1 + 1_000;
  return Math.ceil(Math.max(DOUBLING_MS * Math.log2(to / from), slowest));
}

/**
 * Everyone in a room who asked for the same rendition: one run of fragments, in channels by write period, plus the
 * delayed stream.
 */
export class Feed {
  readonly slug: string;
  readonly wanted: Rendition;
  /** Live channels by fragments per write. */
  readonly #lanes = new Map<number, Channel>();
  /**
   * Listeners assigned to the delayed stream before the program is old enough to have one; served near the live edge,
   * by fragments per write.
   */
  readonly #near = new Map<number, Channel>();
  /** The channel of the delayed stream; undefined while nobody is on it. */
  delayed: Channel | undefined;
  /** How many fragments the delayed stream is behind. */
  delayedBy = DELAY_FRAGMENTS;
  readonly splice: Splice;
  /** Puts titles between the sound, for radios that ask for them. */
  readonly titles: TitleBlocks | undefined;
  #kept: Slot[] = [];
  readonly #hooks: ChannelHooks;
  /** The news of the room, where the container carries them. */
  readonly #news: StateNews | undefined;
  #told: Told = 0;
  #now = 0;

  constructor(
    slug: string,
    wanted: Rendition,
    hooks: ChannelHooks & {
      since(rendition: string, seq: number): readonly Slot[];
      readonly news: StateNews;
    },
    titles?: TitleBlocks,
  ) {
    this.#news = wanted.container === 'fmp4' ? hooks.news : undefined;
    this.#told = hooks.news.version;
    this.titles = titles;
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
    const kept = held.slice(-KEPT_FRAGMENTS);
    this.#kept = this.titles ? kept.map((slot) => this.titles?.take(slot) ?? slot) : kept;
    this.splice.begin(source, last);
  }

  /** The newest fragment that went out; −1 before the first. */
  get newest(): number {
    return this.splice.newest;
  }

  /** Listeners, live and delayed. */
  get size(): number {
    let size = this.delayedSize;
    for (const lane of this.#lanes.values()) size += lane.size;
    return size;
  }

  /** Delayed listeners, including those near the live edge while there is no delayed stream yet. */
  get delayedSize(): number {
    let size = this.delayed?.size ?? 0;
    for (const lane of this.#near.values()) size += lane.size;
    return size;
  }

  /** True for the channel of the delayed stream, and for the channels near the live edge that wait for one. */
  isDelayed(channel: Channel): boolean {
    return channel === this.delayed || this.#near.get(channel.perWrite) === channel;
  }

  /** Receives a fragment of any rendition of the room. */
  take(rendition: string, seq: number, bytes: Buffer, now: number): void {
    this.#now = now;
    this.splice.take(rendition, seq, bytes);
  }

  /** Applies a ceiling and a write period: listeners in other channels are notified, and moved when it is time. */
  steer(ceiling: number | undefined, perWrite: number, now: number): void {
    this.splice.target = bestWithin(this.wanted, ceiling).id;
    this.#gather(this.#lanes, perWrite, now);
    // Radios cannot be told to grow their margin: they keep the pace they began with.
    const rare = this.#aged && this.wanted.container === 'fmp4';
    this.#gather(this.#near, rare ? Math.max(FRAGMENTS_PER_SEGMENT, perWrite) : perWrite, now);
    if (this.delayed?.size === 0) this.delayed = undefined;
  }

  /** Moves everyone in `lanes` to the channel of this write period. */
  #gather(lanes: Map<number, Channel>, perWrite: number, now: number): void {
    for (const [period, lane] of lanes) {
      if (period === perWrite) {
        if (!lane.onward) continue;
        lane.stay();
        lane.tell(this.#notice({ period: period * FRAGMENT_MS, in: 0 }));
      } else if (lane.size === 0) lanes.delete(period);
      else this.#move(lanes, lane, perWrite, now);
    }
  }

  #move(lanes: Map<number, Channel>, lane: Channel, perWrite: number, now: number): void {
    if (lane.onward?.perWrite === perWrite) return;
    const period = perWrite * FRAGMENT_MS;
    const old = lane.perWrite * FRAGMENT_MS;
    const wait = noticeMs(old, period);
    if (wait > 0) lane.tell(this.#notice({ period, in: wait }));
    // The last of them is notified a whole period later than the first.
    const at = wait > 0 ? now + wait + old : now;
    lane.goOn(this.#laneOf(lanes, perWrite, now), at, this.#notice({ period, in: 0 }));
  }

  /** The live channel with a write period. */
  lane(perWrite: number, now: number): Channel {
    return this.#laneOf(this.#lanes, perWrite, now);
  }

  #laneOf(lanes: Map<number, Channel>, perWrite: number, now: number): Channel {
    let lane = lanes.get(perWrite);
    if (!lane) {
      const begun = now - ((this.newest + 1) % perWrite) * FRAGMENT_MS;
      lane = new Channel(this.slug, perWrite, this.#hooks, this.newest, begun);
      lanes.set(perWrite, lane);
    }
    return lane;
  }

  /**
   * True when there is enough history for everyone on the delayed stream to begin with sound that lasts until the
   * next write.
   */
  get #aged(): boolean {
    return this.delayed !== undefined || this.#kept.length >= MIN_DELAY + MIN_HISTORY;
  }

  /**
   * The channel of a delayed listener: the delayed stream, unless the program is too young for one, or the listener
   * has already heard more than it has reached (`after`). Those begin near the live edge in writes of `perWrite`, and
   * are notified when writes become less frequent.
   */
  delayedChannel(perWrite: number, now: number, after = -1): Channel {
    const delayed = this.#aged ? this.#openDelayed(now) : undefined;
    const heard = after > (delayed?.newest ?? 0) + MAX_AHEAD && after <= this.newest + MAX_AHEAD;
    return delayed && !heard ? delayed : this.#laneOf(this.#near, perWrite, now);
  }

  /** The delayed stream, one write per segment; it opens as far behind as the program is old, at most `DELAY_MS`. */
  #openDelayed(now: number): Channel {
    if (this.delayed) return this.delayed;
    const room = this.#kept.length - MIN_HISTORY;
    this.delayedBy = Math.max(MIN_DELAY, Math.min(DELAY_FRAGMENTS, room));
    const newest = this.newest < 0 ? -1 : Math.max(-1, this.newest - this.delayedBy);
    const begun = now - ((newest + 1) % FRAGMENTS_PER_SEGMENT) * FRAGMENT_MS;
    this.delayed = new Channel(this.slug, FRAGMENTS_PER_SEGMENT, this.#hooks, newest, begun);
    return this.delayed;
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
    yield* this.#near.values();
    if (this.delayed) yield this.delayed;
  }

  /**
   * The whole state of the room for somebody who begins with these fragments; absent where the container has no
   * boxes.
   */
  stateAt(slots: readonly Slot[]): Buffer | undefined {
    return slots[0]?.state ?? this.#news?.full;
  }

  /** A fragment behind what there is to be told of the room. */
  #withNews({ seq, bytes }: Slot): Slot {
    const news = this.#news;
    if (!news?.full) return { seq, bytes };
    const box = news.since(this.#told);
    this.#told = news.version;
    return { seq, bytes: box ? Buffer.concat([box, bytes]) : bytes, state: news.full };
  }

  #send(raw: Slot): void {
    const slot = this.titles?.take(raw) ?? this.#withNews(raw);
    const { seq, bytes } = slot;
    this.#kept.push(slot);
    if (this.#kept.length > KEPT_FRAGMENTS) this.#kept.shift();
    for (const lane of [...this.#lanes.values(), ...this.#near.values()])
      if (lane.take(seq, bytes, this.#now)) this.#hooks.wake(lane);
    const { delayed } = this;
    if (!delayed) return;
    for (const old of this.held(delayed.newest + 1, seq - this.delayedBy))
      if (delayed.take(old.seq, old.bytes, this.#now)) this.#hooks.wake(delayed);
  }
}

/** A notice as a Buffer. */
export const noticeBytes = (notice: Notice): Buffer => Buffer.from(encodeNotice(notice).buffer);
