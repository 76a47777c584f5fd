import type { ColumnType } from 'kysely';

/** One room. Instants are wall-clock ms since 1970; absent ones are null. Rows are never deleted: a slug is for ever. */
export interface RoomTable {
  /** UUIDv7. */
  id: string;
  slug: string;
  title: string;
  /** JSON list of names. */
  hosts: string;
  /** A RoomStatus. */
  status: string;
  /** The announced start; also the clock `scheduled`. */
  start: number | null;
  opened: number | null;
  first_audio: number | null;
  first_speech: number | null;
  ended: number | null;
  /** When fragment 0 of the program began; written once. */
  zero: ColumnType<number | null, number | null, number>;
  /** Index of the studio cell that owns it while it is open or live. */
  cell: number | null;
  /** Listeners at the live edge at one time; null: as many as come. */
  cap: number | null;
  /** 1 for the demo room. */
  welcome: number;
  created: number;
}

/** Every table, for Kysely. */
export interface Schema {
  room: RoomTable;
}
