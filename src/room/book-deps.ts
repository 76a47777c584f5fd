import type { Clock } from '../base/clock.ts';
import type { Slug } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/index.ts';
import type { Arrangements } from './rows.ts';

/** What the book of rooms needs; durations in ms. */
export interface BookDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly cells: number;
  readonly roomsPerCell: number;
  readonly openLead: number;
  readonly idleEnd: number;
}

/** What a host may ask for when starting a room. */
export interface Wish {
  /** The id of its row, for a request that may be repeated; default: a new one. */
  readonly id?: string | undefined;
  readonly title: string;
  readonly hosts: readonly string[];
  /** Wall-clock ms; without it the room opens at once. */
  readonly start?: number | undefined;
  /** In which it is announced, by its IANA name. */
  readonly zone?: string | undefined;
  readonly slug?: Slug | undefined;
  /** Who may come, and whether it is announced yet; default: everybody, at once. */
  readonly arrangements?: Arrangements | undefined;
}
