/** What travels on the bus between processes: cells and the site publish, doors and cells subscribe. */
import type { Rendition } from '../base/media.ts';
import type { Strain } from './delivery.ts';
import type { QueueState, TicketTally } from './queue.ts';
import type { Clocks, RoomCard, RoomState } from './room.ts';

/**
 * One message: a typed head and raw bytes.
 *
 * From a studio cell: `program` first for each room, then `init` and `standby` per rendition, then `fragment`s
 * in order of `seq`, `rest` while nobody hears the room, `state` when it changes and every few seconds, `clocks` when one is set, `end`.
 * From the site: `rooms` first, with all of them, then `room-changes`. From a door, upstream to a cell: `presence`, `tickets`. From a cell besides: `queue`.
 */
export type Head =
  | { readonly kind: 'rooms'; readonly rooms: readonly RoomCard[] }
  /** Rooms as they are now, and the addresses of those that are no longer told of. */
  | {
      readonly kind: 'room-changes';
      readonly rooms: readonly RoomCard[];
      readonly gone: readonly string[];
    }
  /** From a cell, again and again until the room's card says so: people whom a host removed. */
  | { readonly kind: 'removed'; readonly slug: string; readonly who: readonly string[] }
  | {
      readonly kind: 'program';
      readonly slug: string;
      readonly zero: number;
      readonly renditions: readonly Rendition[];
    }
  | { readonly kind: 'init'; readonly slug: string; readonly rendition: string }
  /** Body: the loop's fragments, concatenated; `sizes` in bytes. Fragment k of the loop fits any seq by patching. */
  | {
      readonly kind: 'standby';
      readonly slug: string;
      readonly rendition: string;
      readonly sizes: readonly number[];
    }
  | { readonly kind: 'fragment'; readonly slug: string; readonly rendition: string; readonly seq: number }
  /**
   * Nobody hears the room, so its cell makes no sound until a door says that somebody wants some. Doors that are asked
   * meanwhile begin with `standby`. The next `fragment` ends it.
   */
  | { readonly kind: 'rest'; readonly slug: string }
  | { readonly kind: 'state'; readonly slug: string; readonly state: RoomState }
  | { readonly kind: 'clocks'; readonly slug: string; readonly clocks: Clocks }
  /** The program is over; `last` is the last fragment there will ever be. */
  | { readonly kind: 'end'; readonly slug: string; readonly last: number }
  /** What one door does for a room right now; absolute, about once a second. */
  | {
      readonly kind: 'presence';
      readonly slug: string;
      readonly door: string;
      /** Streams it serves, the delayed ring included. */
      readonly streams: number;
      /** Streams it serves at the live edge. */
      readonly live?: number;
      /** Listeners to whom it has just sent recorded sound of the room, which is on. */
      readonly catchingUp?: number;
      /** Renditions somebody hears here, or has asked for within the last minute. */
      readonly wanted?: readonly string[];
      /** The level of the ladder that this door wants by its own signals. */
      readonly level?: number;
      readonly why?: Strain;
      /** Live places it can give per second while newcomers queue by the ladder: its share of what there is room for. */
      readonly spare?: number;
    }
  /** The queue of a room as its cell decides it; see `wire/queue.ts`. Absolute, about once a second while there is one. */
  | {
      readonly kind: 'queue';
      readonly slug: string;
      readonly queue: QueueState;
      /** Streams at the live edge that each door may have for people without a ticket. */
      readonly limits: Readonly<Record<string, number>>;
      /** The last word: the queue is not needed any more. */
      readonly over?: true;
    }
  /** From a door, upstream: tickets it has given out and that have moved up since its last message. */
  | { readonly kind: 'tickets'; readonly slug: string; readonly door: string; readonly tally: TicketTally };

/** What a door says of one room. */
export type Presence = Extract<Head, { kind: 'presence' }>;

/** A message on the bus. */
export interface Message {
  readonly head: Head;
  readonly body: Uint8Array;
}

/** No bytes. */
export const EMPTY = new Uint8Array(0);
