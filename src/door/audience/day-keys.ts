import { DAY_MS, type DayKey, type KeyedAct, writeDayKeys } from '../../wire/listening/day-keys.ts';

/** As long as other records are kept for a tally that was away, ms. */
const KEPT_MS = 180_000;
/** Bytes kept for it; the oldest are dropped. */
const MOST_KEPT = 32_000_000;

/** Keys of one day and act. */
export interface KeyBatch {
  readonly act: KeyedAct;
  /** Days since 1970, UTC. */
  readonly day: number;
  /** Slugs that the entries name by number. */
  readonly rooms: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Pending {
  readonly act: KeyedAct;
  readonly day: number;
  readonly rooms: Map<string, number>;
  readonly keys: DayKey[];
}

/** Collects listener keys that have to be told, and keeps what was told in the last three minutes. */
export class DayKeyBatches {
  #pending = new Map<string, Pending>();
  #kept: { readonly at: number; readonly batch: KeyBatch }[] = [];
  #bytes = 0;

  /** A key did something in a room at `wall` (ms). */
  add(act: KeyedAct, slug: string, key: Omit<DayKey, 'room'>, wall: number): void {
    const day = Math.floor(wall / DAY_MS);
    const name = `${act} ${day}`;
    let pending = this.#pending.get(name);
    if (!pending) {
      pending = { act, day, rooms: new Map(), keys: [] };
      this.#pending.set(name, pending);
    }
    let room = pending.rooms.get(slug);
    if (room === undefined) {
      room = pending.rooms.size;
      pending.rooms.set(slug, room);
    }
    pending.keys.push({ ...key, room });
  }

  /** What has come since this was asked last; with `again` also what was told in the last three minutes. */
  take(now: number, again: boolean): readonly KeyBatch[] {
    const fresh = [...this.#pending.values()].map(
      ({ act, day, rooms, keys }): KeyBatch => ({
        ...{ act, day, rooms: [...rooms.keys()], bytes: writeDayKeys(keys) },
      }),
    );
    this.#pending = new Map();
    for (const batch of fresh) {
      this.#kept.push({ at: now, batch });
      this.#bytes += batch.bytes.length;
    }
    while (this.#kept[0] && (now - this.#kept[0].at > KEPT_MS || this.#bytes > MOST_KEPT))
      this.#bytes -= this.#kept.shift()?.batch.bytes.length ?? 0;
    return again ? this.#kept.map(({ batch }) => batch) : fresh;
  }
}
