/** Messages on the bus between processes: cells and the site publish, doors and cells subscribe. */
import type { Rendition } from '../base/media.ts';
import type { Strain } from './delivery.ts';
import type { DoorAnswers } from './figures/door-answers.ts';
import type { ToldQuestions } from './interaction/questions.ts';
import type { ReactionCounts } from './interaction/reactions.ts';
import type { KeyedAct } from './listening/day-keys.ts';
import type { AudienceSample, RoomNumbers } from './numbers.ts';
import type { PostCountList } from './posts/post-figures.ts';
import type { QueueState, TicketCounts } from './queue.ts';
import type { Clocks, RoomCard, RoomState } from './room.ts';
import type { RoomEvents } from './room-events.ts';
import type { Ban } from './stage/hands.ts';

/**
 * One message: a typed head and raw bytes.
 *
 * From a studio cell: `program` first for each room, then `init` and `standby` per rendition, then `fragment`s in order
 * of `seq`; `rest` while nobody hears the room; `state` when it changes and every few seconds; `clocks` when one is
 * set; `queue`; `end`. From the site: `rooms` first, with all of them, then `room-changes`. From a door, upstream to a
 * cell: `presence`, `reactions` and `tickets`; upstream to the tally: `sessions`, `events`, `keys`, `networks`, `answers` and
 * `requests`. From the tally:
 * `numbers` of each room, first those it has, then about once a second while they change; `crowded`; and the signed head
 * of its log.
 */
export type MessageHead =
  | { readonly kind: 'rooms'; readonly rooms: readonly RoomCard[] }
  /** The current rooms, and the addresses of rooms that are no longer reported. */
  | {
      readonly kind: 'room-changes';
      readonly rooms: readonly RoomCard[];
      readonly gone: readonly string[];
    }
  /** From a cell, repeated until the room's card confirms it: people whom a host removed. */
  | { readonly kind: 'removed'; readonly slug: string; readonly who: readonly string[] }
  /** From a cell, repeated until the room's card confirms it: whom hosts banned, and which bans they took back. */
  | {
      readonly kind: 'bans';
      readonly slug: string;
      readonly added: readonly Ban[];
      readonly lifted: readonly string[];
    }
  | {
      readonly kind: 'program';
      readonly slug: string;
      readonly zero: number;
      readonly renditions: readonly Rendition[];
    }
  | { readonly kind: 'init'; readonly slug: string; readonly rendition: string }
  /**
   * Body: the loop's fragments, concatenated; `sizes` in bytes. Fragment k of the loop can be moved to any seq by
   * patching.
   */
  | {
      readonly kind: 'standby';
      readonly slug: string;
      readonly rendition: string;
      readonly sizes: readonly number[];
    }
  | { readonly kind: 'fragment'; readonly slug: string; readonly rendition: string; readonly seq: number }
  /**
   * Nobody hears the room, so its cell makes no sound until a door asks for some. A door with a new listener starts
   * with `standby` meanwhile. The next `fragment` ends this state.
   */
  | { readonly kind: 'rest'; readonly slug: string }
  | { readonly kind: 'state'; readonly slug: string; readonly state: RoomState }
  | { readonly kind: 'clocks'; readonly slug: string; readonly clocks: Clocks }
  /** The program is over; `last` is its last fragment. */
  | { readonly kind: 'end'; readonly slug: string; readonly last: number }
  /** What one door is doing for a room; absolute values, about once a second. */
  | {
      readonly kind: 'presence';
      readonly slug: string;
      readonly door: string;
      /** Streams that it serves, including the delayed stream. */
      readonly streams: number;
      /** Streams it serves at the live edge. */
      readonly live?: number;
      /** Listeners that recently received recorded sound of the room while it is running. */
      readonly catchingUp?: number;
      /** Renditions that somebody hears here, or requested within the last minute. */
      readonly wanted?: readonly string[];
      /** The ladder level that this door's own measurements require. */
      readonly level?: number;
      readonly why?: Strain;
      /**
       * Live places per second that it can give while the ladder makes newcomers queue: its share of the free capacity.
       */
      readonly spare?: number;
    }
  /**
   * The queue of a room as decided by its cell; see `wire/queue.ts`. Absolute values, about once a second while there
   * is a queue.
   */
  | {
      readonly kind: 'queue';
      readonly slug: string;
      readonly queue: QueueState;
      /** Limit for each door of streams at the live edge for people without a ticket. */
      readonly limits: Readonly<Record<string, number>>;
      /** The last message: the queue is no longer needed. */
      readonly over?: true;
    }
  /** From a cell, when it has changed, at most once a second: the questions for everybody. */
  | { readonly kind: 'questions'; readonly slug: string; readonly list: ToldQuestions }
  /** From a door, upstream, about once a second while there are any: reactions since its last message. */
  | {
      readonly kind: 'reactions';
      readonly slug: string;
      readonly door: string;
      readonly counts: ReactionCounts;
    }
  /** From a door, upstream: tickets issued and moved up since its last message. */
  | { readonly kind: 'tickets'; readonly slug: string; readonly door: string; readonly counted: TicketCounts }
  /**
   * From a door, upstream to the tally, after each slot of 10 s: the records of the running minute that changed, and of
   * the minute before where a late proof changed one. After a reconnect those of the last three minutes, oldest first.
   * Body: records of `wire/session-record.ts`, whose room is an index of `rooms`; at most `MAX_RECORDS` in a message.
   */
  | {
      readonly kind: 'sessions';
      readonly door: string;
      /**
       * Wall-clock ms at which a slot of the body ended: no record of the door for it comes later, but for late
       * proofs.
       */
      readonly upTo: number;
      readonly rooms: readonly string[];
    }
  /**
   * From a door, upstream to the tally, when they change, about once a second, and all after a reconnect: what it has
   * counted since its process began. A repeat changes nothing.
   */
  | {
      readonly kind: 'events';
      readonly door: string;
      /** Different for each life of the door's process. */
      readonly life: string;
      readonly rooms: Readonly<Record<string, RoomEvents>>;
    }
  /**
   * From a door, upstream to the tally, about once a second while there is anything: what happened to posts since its
   * batch before. After a reconnect those of the last three minutes again, in order; one that was taken changes nothing.
   */
  | {
      readonly kind: 'post-counts';
      readonly door: string;
      /** Different for each life of the door's process. */
      readonly life: string;
      /** From 1, without gaps, in one life. */
      readonly number: number;
      readonly counts: PostCountList;
    }
  /**
   * From a door, upstream to the tally, about once a second: listener keys of a day that did something. After a reconnect
   * those of the last three minutes again. Body: entries of `wire/listening/day-keys.ts`, whose room is an index of `rooms`.
   */
  | {
      readonly kind: 'keys';
      readonly act: KeyedAct;
      readonly door: string;
      /** Days since 1970, UTC. */
      readonly day: number;
      readonly rooms: readonly string[];
    }
  /** From a door, upstream to the tally, every few seconds: what it has done for people since its process began. */
  | {
      readonly kind: 'answers';
      readonly door: string;
      readonly life: string;
      readonly answers: DoorAnswers;
    }
  /**
   * From a door, upstream to the tally, after each slot of 10 s, and those of the last three minutes again after a
   * reconnect: who asked it for what, by hashes. Body: JSON, a part of a slot (`verdict/live/request-slot.ts`). A repeat
   * changes nothing.
   */
  | { readonly kind: 'requests'; readonly door: string }
  /** From the tally: the newest signed head of the evidence log, as it is published. */
  | { readonly kind: 'signed-head'; readonly note: string }
  /**
   * From a door, upstream to the tally, when they change, about once a second, and all after a reconnect: which listener
   * keys are in which networks at this door, to find networks with too many. Body: `wire/listening/network-keys.ts`.
   */
  | {
      readonly kind: 'networks';
      readonly door: string;
      /** The number of the door. */
      readonly index: number;
      readonly life: string;
      /** What the door said before is void. */
      readonly whole?: true;
    }
  /** From the tally: the networks with too many listener keys, all doors together. Body: their hashes, 4 bytes each. */
  | { readonly kind: 'crowded' }
  /** From the tally: the numbers of a room, and its newest sample where there is one. */
  | {
      readonly kind: 'numbers';
      readonly slug: string;
      readonly numbers: RoomNumbers;
      readonly sample?: AudienceSample;
    };

/** Most session records in one message: 3.2 MB, which is below the limit of a frame. */
export const MAX_RECORDS = 100_000;

/** A door's report about one room. */
export type Presence = Extract<MessageHead, { kind: 'presence' }>;

/** A message on the bus. */
export interface Message {
  readonly head: MessageHead;
  readonly body: Uint8Array;
}

/** No bytes. */
export const EMPTY = new Uint8Array(0);
