import { SLOT_S } from '../../wire/session-record.ts';

const SLOT_MS = SLOT_S * 1000;
/** Pages that one door keeps apart; beyond it new ones are not counted. */
const MOST_PAGES = 500_000;

/** The pages of one room: by the slot with whose beginning their sign expires. */
interface RoomPages {
  readonly until: Map<number, Set<string>>;
  /** Pages that were open at the end of the newest whole slot. */
  count: number;
}

/**
 * The pages that are open on rooms. A page says for how many slots of 10 s it will be open before it says so again, and
 * it is counted at the end of each of them. So the numbers of several doors can be added: a page whose next sign comes
 * to another door is counted by one of them in each slot.
 */
export class OpenPages {
  readonly #rooms = new Map<string, RoomPages>();
  /** The running slot. */
  #slot = 0;
  #known = 0;
  /** Signs of pages that were not counted, because there are too many. */
  uncounted = 0;

  /** A page of a room is open at `wall` (ms), and says so again within `slots`. */
  take(slug: string, key: string, slots: number, wall: number): void {
    this.#turn(wall);
    let room = this.#rooms.get(slug);
    const until = this.#slot + slots;
    for (const pages of room?.until.values() ?? []) if (pages.delete(key)) this.#known -= 1;
    if (this.#known >= MOST_PAGES) {
      this.uncounted += 1;
      return;
    }
    if (!room) {
      room = { until: new Map(), count: 0 };
      this.#rooms.set(slug, room);
    }
    let pages = room.until.get(until);
    if (!pages) {
      pages = new Set();
      room.until.set(until, pages);
    }
    pages.add(key);
    this.#known += 1;
  }

  /** How many pages were open on each room at the end of the newest whole slot; a room without any is told once. */
  *counts(wall: number): Iterable<readonly [slug: string, pages: number]> {
    this.#turn(wall);
    for (const [slug, { until, count }] of this.#rooms) {
      yield [slug, count];
      if (count === 0 && until.size === 0) this.#rooms.delete(slug);
    }
  }

  /** Counts at the end of a slot, before anything of the next one is taken. A clock that was set back is waited for. */
  #turn(wall: number): void {
    const slot = Math.floor(wall / SLOT_MS);
    if (slot <= this.#slot) return;
    this.#slot = slot;
    for (const room of this.#rooms.values()) {
      room.count = 0;
      for (const [until, pages] of room.until) {
        // Its last slot has ended, and it was open then.
        if (until >= slot) room.count += pages.size;
        if (until > slot) continue;
        this.#known -= pages.size;
        room.until.delete(until);
      }
    }
  }
}
