import { type Delivery, deliveryAt, LEVELS, type Strain } from '../wire/delivery.ts';
import type { Presence } from '../wire/feed.ts';
import { DESCENT_MS, FRESH_MS } from './thresholds.ts';

/** Settings of a room's steering. */
export interface SteeringSettings {
  /** The configured write period, in ms. */
  readonly period: number;
  /** Base URLs of caches in front. */
  readonly caches: readonly string[];
  /** Wall-clock ms now: since when it is level 0. */
  readonly wall: number;
}

/** A room's published level changed by one. */
export interface LevelChange {
  readonly from: number;
  readonly to: number;
  readonly why: Strain;
  /** What each door wished at that moment, without level 0. */
  readonly wishes: Readonly<Record<string, number>>;
}

/** The most doors that one room remembers: the oldest is forgotten. */
const MAX_DOORS = 1_000;

/**
 * What the doors report about one room, combined by its cell: counts, and the level for everyone. Pure: `now` is the
 * monotonic clock, and `wall` only dates what is published.
 */
export class RoomSteering {
  readonly #settings: SteeringSettings;
  readonly #doors = new Map<string, { said: Presence; at: number }>();
  #level = 0;
  #why: Strain | undefined;
  #since: number;
  #fell = Number.NEGATIVE_INFINITY;

  constructor(settings: SteeringSettings) {
    this.#settings = settings;
    this.#since = settings.wall;
  }

  /** A door's newest report; it replaces what the door said before. */
  hear(said: Presence, now: number) {
    this.#doors.delete(said.door);
    this.#doors.set(said.door, { said, at: now });
    const oldest = this.#doors.size > MAX_DOORS ? this.#doors.keys().next().value : undefined;
    if (oldest !== undefined) this.#doors.delete(oldest);
  }

  /** The doors' reports of the last 5 s. */
  *fresh(now: number): Generator<Presence> {
    for (const { said, at } of this.#doors.values()) if (now - at < FRESH_MS) yield said;
  }

  /** Streams served by all doors, live and delayed: the number of listeners that pages show. */
  streams(now: number): number {
    let sum = 0;
    for (const { streams } of this.fresh(now)) sum += streams;
    return sum;
  }

  /** How many listeners, at all doors, are hearing the recording of the running room. */
  catchingUp(now: number): number {
    let sum = 0;
    for (const { catchingUp = 0 } of this.fresh(now)) sum += catchingUp;
    return sum;
  }

  /** Streams at the live edge. */
  live(now: number): number {
    let sum = 0;
    for (const { streams, live } of this.fresh(now)) sum += live ?? streams;
    return sum;
  }

  /** Streams at the live edge, by door. */
  doors(now: number): Map<string, number> {
    const doors = new Map<string, number>();
    for (const { door, streams, live } of this.fresh(now)) doors.set(door, live ?? streams);
    return doors;
  }

  /** Live places that the doors can give away per second while newcomers queue without a cap. */
  spare(now: number): number {
    let sum = 0;
    for (const { spare } of this.fresh(now)) sum += spare ?? 0;
    return sum;
  }

  /**
   * Follows the doors' highest wish, one level per call upwards, one level in 4 s downwards (the wish of a door that
   * died is dropped at once). Call once a second.
   */
  turn(now: number, wall: number): LevelChange | undefined {
    let wish = 0;
    let why: Strain | undefined;
    const wishes: Record<string, number> = {};
    for (const said of this.fresh(now)) {
      const level = Math.max(0, Math.min(LEVELS.length - 1, Math.trunc(said.level ?? 0)));
      if (level > 0) wishes[said.door] = level;
      if (!(level > wish)) continue;
      wish = level;
      why = said.why;
    }
    const from = this.#level;
    const reason = why ?? this.#why ?? 'wait';
    if (wish > from) this.#level = from + 1;
    else if (wish < from && now - this.#fell >= DESCENT_MS) {
      this.#level = from - 1;
      this.#fell = now;
    } else return undefined;
    this.#why = reason;
    this.#since = wall;
    return { from, to: this.#level, why: reason, wishes };
  }

  /** What listeners are told. When the cap is reached, newcomers are sent to the queue on any level. */
  delivery(now: number, cap?: number): Delivery {
    const { period, caches } = this.#settings;
    const told = deliveryAt(this.#level, {
      ...{ period, since: this.#since },
      ...(this.#why === undefined ? {} : { why: this.#why }),
    });
    const full = cap !== undefined && this.live(now) >= cap && told.newcomers !== 'text';
    return {
      ...told,
      ...(full ? { newcomers: 'queue', why: told.why ?? 'cap' } : {}),
      ...(caches.length > 0 ? { caches } : {}),
      ...(cap === undefined ? {} : { cap }),
    };
  }
}
