import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A forecast that was shown: sums alone, no person is in it. */
export interface ForecastTable {
  /** The key of the room's row. */
  room: string;
  /** A ForecastMoment. */
  moment: string;
  /** The announced start that it is for, wall-clock ms; 0: none. */
  start: number;
  /** Wall-clock ms. */
  made: number;
  /** JSON of `ForecastSignals`, `ForecastBasis` and the spans of `Forecast`. */
  signals: string;
  basis: string;
  spans: string;
}

/** What came in the end, by the final figures. Null: nobody counted it. */
export interface ForecastOutcomeTable {
  room: string;
  /** Wall-clock ms. */
  ended: number;
  peak: number | null;
  heard: number | null;
  worst: number | null;
  /** Listeners at once before the rules of who counts, rehearsals included: what the machine carried. */
  carried: number | null;
  /** The highest rung of that evening. */
  rung: number | null;
  /** The entry of the evidence log in which the figures are. */
  entry: number | null;
  /** JSON: arrivals by minutes from the announced start. */
  arrivals: string;
  /** 1: private. It teaches its own hosts alone. */
  closed: number;
  /** 1: it continued another room, whose listeners it was handed. It teaches nobody. */
  handed: number;
}

/** The tables of forecasts. */
export interface ForecastTables {
  forecast: ForecastTable;
  forecast_outcome: ForecastOutcomeTable;
}

/** What creates them. */
export const forecastSteps: Record<string, Migration> = {
  '0086-forecasts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('forecast')
        .addColumn('room', 'text', (c) => c.notNull().references('room.id').onDelete('cascade'))
        .addColumn('moment', 'text', (c) => c.notNull())
        .addColumn('start', 'bigint', (c) => c.notNull())
        .addColumn('made', 'bigint', (c) => c.notNull())
        .addColumn('signals', 'text', (c) => c.notNull())
        .addColumn('basis', 'text', (c) => c.notNull())
        .addColumn('spans', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('forecast_once', ['room', 'moment', 'start'])
        .execute();
      await db.schema
        .createTable('forecast_outcome')
        .addColumn('room', 'text', (c) => c.primaryKey().references('room.id').onDelete('cascade'))
        .addColumn('ended', 'bigint', (c) => c.notNull())
        .addColumn('peak', 'bigint')
        .addColumn('heard', 'bigint')
        .addColumn('worst', 'bigint')
        .addColumn('carried', 'bigint')
        .addColumn('rung', 'integer')
        .addColumn('entry', 'bigint')
        .addColumn('arrivals', 'text', (c) => c.notNull())
        .addColumn('closed', 'integer', (c) => c.notNull())
        .addColumn('handed', 'integer', (c) => c.notNull())
        .execute();
      await db.schema.createIndex('forecast_outcome_ended').on('forecast_outcome').column('ended').execute();
    },
  },
};
