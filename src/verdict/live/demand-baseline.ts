import { THRESHOLDS } from '../thresholds.ts';
import { SLOT_ROOMS } from './request-slot.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Days that say what is usual, and so many that are kept: an incident may be told of for a week after it. */
const DAYS = 28;
const KEPT_DAYS = 36;
/** Rooms of which is known what is usual; those that were busy longest ago go first. */
const MOST_ROOMS = 256;
/** Part of an hour that must be known before it counts, in slots of ten seconds. */
const LEAST_SLOTS = 60;
const SLOTS_PER_HOUR = 360;

/** A day (since 1970, UTC) and requests a second. */
export type DayRate = readonly [day: number, rate: number];

/** What was asked for on other days: in the same hour on the whole server, and in the busiest hour of single rooms. */
export interface DemandBaseline {
  readonly v: 1;
  readonly kind: 'baseline';
  /** Hour of the day, UTC. */
  readonly hour: number;
  /** One pair for each of the last 28 days on which the server ran in that hour, oldest first. */
  readonly server: readonly DayRate[];
  /** The same for rooms, by their hash: their busiest hour of each day. */
  readonly rooms: Readonly<Record<string, readonly DayRate[]>>;
}

/** How the demand of a window stands to what is usual. */
export interface DemandUsual {
  readonly hour: number;
  /** Days that are known, their median in requests a second, and demand as a multiple of it; null with too few days. */
  readonly server: { readonly days: number; readonly rate: number; readonly times: number } | null;
  /** The same for the room that most was asked of. */
  readonly room: {
    readonly key: string;
    readonly days: number;
    readonly rate: number;
    readonly times: number;
  } | null;
}

/** What is saved: our own file, which may be half written. */
interface Saved {
  readonly v: 1;
  readonly hours: readonly (readonly [hour: number, rate: number])[];
  readonly rooms: Readonly<Record<string, readonly DayRate[]>>;
  readonly open: {
    readonly hour: number;
    readonly at: readonly number[];
    readonly sum: number;
    readonly rooms: Readonly<Record<string, number>>;
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
const middle = (pairs: readonly DayRate[]): number =>
  pairs.map(([, rate]) => rate).toSorted((a, b) => a - b)[pairs.length >> 1] ?? 0;

/** Demand of past days by hour, for the server and for rooms: some 100 kB at most, whatever comes. */
export class DemandHistory {
  /** Requests a second of whole hours, by hours since 1970. */
  readonly #hours = new Map<number, number>();
  readonly #rooms = new Map<string, Map<number, number>>();
  #open = { hour: 0, at: new Set<number>(), sum: 0, rooms: new Map<string, number>() };

  /** Counts a slot of a door; one that is late by an hour and more is left out. */
  add(at: number, requests: number, rooms: readonly (readonly [key: string, requests: number])[] = []): void {
    const hour = Math.floor(at / HOUR_MS);
    if (hour > this.#open.hour) this.#close(hour);
    if (hour !== this.#open.hour) return;
    this.#open.at.add(Math.floor(at / 10_000) % SLOTS_PER_HOUR);
    this.#open.sum += requests;
    for (const [key, count] of rooms.slice(0, SLOT_ROOMS)) {
      const known = this.#open.rooms.get(key);
      if (known !== undefined || this.#open.rooms.size < MOST_ROOMS)
        this.#open.rooms.set(key, (known ?? 0) + count);
    }
  }

  #close(next: number): void {
    const { hour, at, sum, rooms } = this.#open;
    if (at.size >= LEAST_SLOTS) {
      const seconds = at.size * 10;
      const day = Math.floor((hour * HOUR_MS) / DAY_MS);
      this.#hours.set(hour, round(sum / seconds));
      for (const [key, count] of rooms) {
        const days = this.#rooms.get(key) ?? new Map<number, number>();
        this.#rooms.delete(key);
        this.#rooms.set(key, days);
        days.set(day, Math.max(days.get(day) ?? 0, round(count / seconds)));
      }
    }
    this.#open = { hour: next, at: new Set(), sum: 0, rooms: new Map() };
    const oldest = next - KEPT_DAYS * 24;
    for (const known of this.#hours.keys()) if (known < oldest) this.#hours.delete(known);
    for (const [key, days] of this.#rooms) {
      for (const day of days.keys()) if (day < oldest / 24) days.delete(day);
      if (days.size === 0 || this.#rooms.size > MOST_ROOMS) this.#rooms.delete(key);
    }
  }

  /** What was usual at an instant (wall-clock ms), by the days before its own: the same whenever it is asked for later. */
  baseline(at: number): DemandBaseline {
    const hour = Math.floor(at / HOUR_MS);
    const today = Math.floor(at / DAY_MS);
    const server: DayRate[] = [];
    for (let back = DAYS; back >= 1; back -= 1) {
      const rate = this.#hours.get(hour - back * 24);
      if (rate !== undefined) server.push([today - back, rate]);
    }
    const rooms: Record<string, DayRate[]> = {};
    for (const key of [...this.#rooms.keys()].sort()) {
      const days = [...(this.#rooms.get(key) ?? [])].filter(([day]) => day < today && day >= today - DAYS);
      if (days.length > 0) rooms[key] = days.toSorted(([a], [b]) => a - b);
    }
    return { v: 1, kind: 'baseline', hour: hour % 24, server, rooms };
  }

  /** What it is restored from. */
  text(): string {
    const { hour, at, sum, rooms } = this.#open;
    const saved: Saved = {
      v: 1,
      hours: [...this.#hours],
      rooms: Object.fromEntries([...this.#rooms].map(([key, days]) => [key, [...days]])),
      open: { hour, at: [...at], sum, rooms: Object.fromEntries(rooms) },
    };
    return JSON.stringify(saved);
  }

  /** Reads what `text` gave; anything else is an empty history. */
  static from(text: string | undefined): DemandHistory {
    const history = new DemandHistory();
    try {
      const { v, hours, rooms, open } = JSON.parse(text ?? '') as Saved;
      if (v !== 1) return history;
      for (const [hour, rate] of hours) history.#hours.set(hour, rate);
      for (const [key, days] of Object.entries(rooms).slice(0, MOST_ROOMS))
        history.#rooms.set(key, new Map(days));
      history.#open = {
        ...{ hour: open.hour, at: new Set(open.at), sum: open.sum },
        rooms: new Map(Object.entries(open.rooms).slice(0, MOST_ROOMS)),
      };
    } catch {
      // None yet, or not whole: what is usual is learnt anew.
    }
    return history;
  }
}

/** How demand stands to a baseline: `rate` requests a second in all, `rooms` by the hash of the room. */
export function usualOf(
  { hour, server, rooms }: DemandBaseline,
  rate: number,
  asked: ReadonlyMap<string, number>,
): DemandUsual {
  const against = (pairs: readonly DayRate[], now: number) => {
    if (pairs.length < THRESHOLDS.baselineDays) return null;
    const usual = middle(pairs);
    return { days: pairs.length, rate: usual, times: round(now / Math.max(usual, 0.1)) };
  };
  const [busiest] = [...asked].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const room = busiest && against(rooms[busiest[0]] ?? [], busiest[1]);
  return {
    hour,
    server: against(server, rate),
    room: busiest && room ? { key: busiest[0], ...room } : null,
  };
}
