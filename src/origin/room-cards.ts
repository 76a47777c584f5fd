import type { Clock } from '../base/clock.ts';
import type { Clocks, RoomCard } from '../wire/room.ts';
import { openOlderRooms, type Sought } from './older-rooms.ts';

/** What the site says of rooms, and what cells know of their clocks before the site does. */
export class RoomCards {
  readonly #cards = new Map<string, RoomCard>();
  readonly #clocks = new Map<string, Clocks>();
  readonly #older: ReturnType<typeof openOlderRooms>;

  /** `older` asks for a room that ended so long ago that it is not told of. */
  constructor(clock: Clock, older: (slug: string) => Promise<RoomCard | undefined>) {
    this.#older = openOlderRooms(clock, older);
  }

  /** Every room that the site tells of. */
  all(): RoomCard[] {
    return [...this.#cards.values()];
  }

  /** A room that the site tells of. */
  told(slug: string): RoomCard | undefined {
    return this.#cards.get(slug);
  }

  /** The same, or one that was asked for lately. */
  get(slug: string): RoomCard | undefined {
    return this.#cards.get(slug) ?? this.#older.card(slug);
  }

  /** Asks for a room that the site does not tell of; afterwards `get` knows it. Undefined: there is no need. */
  seek(slug: string): Promise<Sought> | undefined {
    return this.#cards.has(slug) ? undefined : this.#older.seek(slug);
  }

  /** Every clock of a room that has struck, by anybody's word. */
  clocks(card: RoomCard): Clocks {
    return { ...card.clocks, ...this.#clocks.get(card.slug) };
  }

  /** A cell's word on the clocks of a room. */
  strike(slug: string, clocks: Clocks): void {
    this.#clocks.set(slug, { ...this.#clocks.get(slug), ...clocks });
  }

  /** Takes a whole list: what it does not name is gone. */
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
