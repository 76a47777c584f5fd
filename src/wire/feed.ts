/** What travels on the bus between processes: cells and the site publish, doors and cells subscribe. */
import type { Rendition } from '../base/media.ts';
import type { Clocks, RoomCard, RoomState } from './room.ts';

/**
 * One message: a typed head and raw bytes.
 *
 * From a studio cell: `program` first for each room, then `init` and `standby` per rendition, then `fragment`s
 * in order of `seq`, `state` about once a second, `clocks` when one is set, `end`.
 * From the site: `rooms`. From a door, upstream to a cell: `presence`.
 */
export type Head =
  | { readonly kind: 'rooms'; readonly rooms: readonly RoomCard[] }
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
  | { readonly kind: 'state'; readonly slug: string; readonly state: RoomState }
  | { readonly kind: 'clocks'; readonly slug: string; readonly clocks: Clocks }
  /** The program is over; `last` is the last fragment there will ever be. */
  | { readonly kind: 'end'; readonly slug: string; readonly last: number }
  /** Streams one door serves for a room right now; absolute, about once a second. */
  | { readonly kind: 'presence'; readonly slug: string; readonly door: string; readonly streams: number };

/** A message on the bus. */
export interface Message {
  readonly head: Head;
  readonly body: Uint8Array;
}

/** No bytes. */
export const EMPTY = new Uint8Array(0);
