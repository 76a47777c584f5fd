import type { ErrorCode } from '../../base/errors.ts';
import type { Rendition } from '../../base/media.ts';
import { ms } from '../../base/time.ts';
import { DELAY_MS } from '../../wire/delivery.ts';
import type { Presence } from '../../wire/feed.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { radioTitle } from '../request/radio-fields.ts';
import { bestWithin, familyOf } from './bitrate-ceiling.ts';
import { TitleBlocks } from './radio-titles.ts';
import { Feed, KEPT_FRAGMENTS } from './rendition-stream.ts';
import type { Slot } from './rendition-switch.ts';
import { StateNews } from './state-news.ts';
import type { Channel, ChannelHooks, StreamConnection } from './write-schedule.ts';

/** What a door counts for one room. */
export type RoomCount = Required<Pick<Presence, 'streams' | 'live' | 'wanted'>>;

/** A rendition is wanted until nobody has heard it for this long. */
const WANTED_MS = 60_000;

/** A room as this door sends it: a feed for each rendition that somebody asked for. */
export class RoomStreams {
  readonly slug: string;
  /** Delayed listeners who did not ask for the delayed stream, longest wait first. */
  readonly waits = new Set<StreamConnection>();
  /** Who has which seat, and whose seat each has: the live listeners of a room with a line. */
  readonly #seats = new Map<string, StreamConnection>();
  readonly #holders = new Map<StreamConnection, string>();
  readonly #feeds = new Map<string, Feed>();
  readonly #hooks: ChannelHooks & { origin: DoorOrigin };
  /** When each rendition was last needed. */
  readonly #wanted = new Map<string, number>();
  readonly #news = new StateNews();
  #newest = -1;

  constructor(slug: string, hooks: ChannelHooks & { origin: DoorOrigin }) {
    this.slug = slug;
    this.#hooks = hooks;
  }

  /** Every feed. */
  get feeds(): Feed[] {
    return [...this.#feeds.values()];
  }

  /** A live listener has the seat of this holder from now on. */
  seat(listener: StreamConnection, holder: string): void {
    this.#seats.set(holder, listener);
    this.#holders.set(listener, holder);
  }

  /** Whoever has a holder's seat. */
  inSeat(holder: string): StreamConnection | undefined {
    return this.#seats.get(holder);
  }

  /** A listener has left; a seat that somebody else has by now stays theirs. */
  leave(listener: StreamConnection): void {
    this.waits.delete(listener);
    const holder = this.#holders.get(listener);
    if (holder === undefined) return;
    this.#holders.delete(listener);
    if (this.#seats.get(holder) === listener) this.#seats.delete(holder);
  }

  /** True for the first fragment of each slot of the time grid. */
  reach(seq: number): boolean {
    if (seq <= this.#newest) return false;
    this.#newest = seq;
    this.#news.look(this.#hooks.origin.state(this.slug), seq);
    return true;
  }

  /** Applies a ceiling and a write period to everyone; false when nobody has been here for a minute. */
  steer(ceiling: number | undefined, perWrite: number, now: number): boolean {
    for (const [id, feed] of this.#feeds) {
      feed.steer(ceiling, perWrite, now);
      if (feed.size === 0) this.#feeds.delete(id);
      else this.#want(feed, now);
    }
    for (const [id, at] of this.#wanted) if (now - at > WANTED_MS) this.#wanted.delete(id);
    return this.#feeds.size > 0 || this.#wanted.size > 0;
  }

  /** Receives a fragment. */
  take(rendition: string, seq: number, bytes: Buffer, now: number): void {
    for (const feed of this.#feeds.values()) feed.take(rendition, seq, bytes, now);
  }

  /**
   * The feed of a rendition, opened if nobody hears it yet; or why it cannot be. `titled`: with titles between the
   * sound.
   */
  open(wanted: Rendition, ceiling: number | undefined, titled = false): Feed | ErrorCode {
    const key = titled ? `${wanted.id} titled` : wanted.id;
    const known = this.#feeds.get(key);
    if (known) return known;
    const { origin } = this.#hooks;
    // Whoever comes before the first fragment is told as well.
    if (this.#newest < 0) this.#news.look(origin.state(this.slug), this.#newest);
    const best = bestWithin(wanted, ceiling);
    let refusal: ErrorCode | undefined;
    // The wanted rendition may not be encoded yet: then use another one of its family.
    for (const { id } of new Set([best, wanted, ...familyOf(wanted)])) {
      const joined = origin.join(this.slug, id, { margin: ms(DELAY_MS + 2 * 5_120) });
      if (typeof joined === 'string') {
        refusal ??= joined;
        continue;
      }
      const hooks = {
        row: this.#hooks.row,
        write: this.#hooks.write,
        flush: this.#hooks.flush,
        wake: this.#hooks.wake,
        gone: this.#hooks.gone,
        news: this.#news,
        since: (rendition: string, seq: number) => this.#since(rendition, seq),
      };
      const feed = new Feed(this.slug, wanted, hooks, titled ? this.#titles() : undefined);
      feed.splice.target = best.id;
      feed.begin(id, joined.fragments.slice(-KEPT_FRAGMENTS));
      this.#feeds.set(key, feed);
      return feed;
    }
    return refusal ?? 'not-found';
  }

  /** The feed whose delayed stream this channel is. */
  feedOf(channel: Channel): Feed | undefined {
    for (const feed of this.#feeds.values()) if (feed.isDelayed(channel)) return feed;
    return undefined;
  }

  /** What is reported to the cell. */
  count(streams: number, now: number): RoomCount {
    for (const feed of this.#feeds.values()) if (feed.size > 0) this.#want(feed, now);
    const wanted = [...this.#wanted].filter(([, at]) => now - at <= WANTED_MS).map(([id]) => id);
    return { streams, live: streams - this.delayedSize, wanted };
  }

  /** Listeners on the delayed stream. */
  get delayedSize(): number {
    let sum = 0;
    for (const feed of this.#feeds.values()) sum += feed.delayedSize;
    return sum;
  }

  #titles(): TitleBlocks {
    return new TitleBlocks(() => {
      const card = this.#hooks.origin.card(this.slug);
      return card ? radioTitle(card) : '';
    });
  }

  #want(feed: Feed, now: number): void {
    this.#wanted.set(feed.splice.target, now);
    if (feed.splice.source !== undefined) this.#wanted.set(feed.splice.source, now);
  }

  /** What the origin holds of a rendition from a fragment on. */
  #since(rendition: string, seq: number): readonly Slot[] {
    const joined = this.#hooks.origin.join(this.slug, rendition, { at: seq });
    return typeof joined === 'string' ? [] : joined.fragments;
  }
}
