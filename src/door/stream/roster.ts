import type { Departure } from '../metrics/counters.ts';
import type { RoomStreams } from './room-streams.ts';
import type { StreamConnection } from './write-schedule.ts';

/** Who hears which room at this door. */
export class ListenerRoster {
  /** The rooms that somebody hears, or has heard within the last minute. */
  readonly rooms = new Map<string, RoomStreams>();
  /** Streams per room. */
  readonly streams = new Map<string, number>();
  readonly #empty = Promise.withResolvers<void>();
  readonly #deps: ListenerRosterDeps;
  #total = 0;
  #draining = false;

  constructor(deps: ListenerRosterDeps) {
    this.#deps = deps;
  }

  /** Somebody begins to listen. */
  enter(listener: StreamConnection): void {
    const { slug } = listener.channel;
    this.streams.set(slug, this.streamsOf(slug) + 1);
    this.#total += 1;
    this.#deps.changed(listener, 1);
  }

  /** Somebody stops listening. Harmless for those who have left before. */
  leave(listener: StreamConnection, cause: Departure): void {
    const { slug } = listener.channel;
    if (!listener.channel.remove(listener)) return;
    this.rooms.get(slug)?.leave(listener);
    this.#deps.departures[cause] += 1;
    this.#deps.changed(listener, -1);
    this.#total -= 1;
    const left = (this.streams.get(slug) ?? 1) - 1;
    if (left > 0) this.streams.set(slug, left);
    else this.streams.delete(slug);
    this.#settle();
  }

  /** Streams of a room now. */
  streamsOf(slug: string): number {
    return this.streams.get(slug) ?? 0;
  }

  /** Streams of a room at the live edge now. */
  live(slug: string): number {
    return this.streamsOf(slug) - (this.rooms.get(slug)?.delayedSize ?? 0);
  }

  /** Nobody who leaves is expected back at this door. */
  drain(): void {
    this.#draining = true;
    this.#settle();
  }

  /** True from `drain` on. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Resolves when nobody is left after `drain`. */
  get empty(): Promise<void> {
    return this.#empty.promise;
  }

  #settle(): void {
    if (this.#draining && this.#total === 0) this.#empty.resolve();
  }
}

/** What a roster reports to. */
export interface ListenerRosterDeps {
  readonly departures: Record<Departure, number>;
  /** Somebody starts or stops listening. */
  changed(listener: StreamConnection, change: 1 | -1): void;
}
