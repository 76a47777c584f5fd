import type { Clock } from '../base/clock.ts';
import type { Clocks, RoomCard } from '../wire/room.ts';
import { openOlderRooms, type Sought } from './older-rooms.ts';

/** The cards of rooms as the site reports them, and clocks that cells report before the site does. */
export class RoomCards {
  readonly #cards = new Map<string, RoomCard>();
  readonly #clocks = new Map<string, Clocks>();
  readonly #older: ReturnType<typeof openOlderRooms>;

  /** `older` looks up a room that ended so long ago that the site does not report it. */
  constructor(clock: Clock, older: (slug: string) => Promise<RoomCard | undefined>) {
    this.#older = openOlderRooms(clock, older);
  }

  /** Every room that the site reports. */
  all(): RoomCard[] {
    return [...this.#cards.values()];
  }

  /** A room that the site reports. */
  told(slug: string): RoomCard | undefined {
    return this.#cards.get(slug);
  }

  /** The same, or a room that was looked up recently. */
  get(slug: string): RoomCard | undefined {
    return this.#cards.get(slug) ?? this.#older.card(slug);
  }

  /**
   * Looks up a room that the site does not report; afterwards `get` knows it. Undefined: no lookup is needed.
   */
  seek(slug: string): Promise<Sought> | undefined {
    return this.#cards.has(slug) ? undefined : this.#older.seek(slug);
  }

  /** All clocks of a room that are known, from any source. */
  clocks(card: RoomCard): Clocks {
    return { ...card.clocks, ...this.#clocks.get(card.slug) };
  }

  /** Applies the clocks that a cell reports for a room. */
  strike(slug: string, clocks: Clocks): void {
    this.#clocks.set(slug, { ...this.#clocks.get(slug), ...clocks });
  }

  /** Applies a whole list: rooms that are not in it are gone. */
  replace(list: readonly RoomCard[]): void {
    this.#cards.clear();
    for (const card of list) this.#cards.set(card.slug, card);
    for (const slug of this.#clocks.keys()) if (!this.#cards.has(slug)) this.#clocks.delete(slug);
  }

  /** Takes what has changed. */
  change(changed: readonly RoomCard[], gone: readonly string[]): void {
    for (const slug of gone) {
      this.#cards.delete(slug);
      this.#clocks.delete(slug);
      this.#older.forget(slug);
    }
    for (const card of changed) {
      this.#cards.set(card.slug, card);
      this.#older.forget(card.slug);
    }
  }
}
