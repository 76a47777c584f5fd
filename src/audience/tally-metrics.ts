import type { Metric } from '../base/metrics.ts';
import type { AudienceRoom } from './room.ts';

/** What the metrics of the tally are made of. */
export interface TallyState {
  readonly rooms: readonly (readonly [slug: string, room: AudienceRoom])[];
  /** Records that came, and those that were counted again from the disk at the start. */
  readonly records: number;
  readonly restored: number;
  readonly raw: { readonly written: number; readonly lost: number };
  /** Bytes of raw files before and after they were made compact. */
  readonly compacted: { readonly before: number; readonly after: number };
  /** Share of a running recount that is done. */
  readonly recounting: number | undefined;
}

const gauge = (name: string, help: string, value: number): Metric => ({
  ...{ name, kind: 'gauge', help, value },
});
const counter = (name: string, help: string, value: number): Metric => ({
  ...{ name, kind: 'counter', help, value },
});

/** The metrics of the tally. */
export function tallyMetrics({ rooms, records, restored, raw, compacted, recounting }: TallyState): Metric[] {
  const all = (of: (room: AudienceRoom) => number): number =>
    rooms.reduce((sum, [, room]) => sum + of(room), 0);
  return [
    counter(
      'earshot_tally_records_total',
      'Session records that doors have sent: one per session and minute, again with each change',
      records,
    ),
    counter(
      'earshot_tally_late_records_total',
      'Session records that came when their minute was over; what they said is not in the live figures',
      all(({ count }) => count.late),
    ),
    counter(
      'earshot_tally_records_restored_total',
      'Session records that were counted again from the disk when the process started',
      restored,
    ),
    counter('earshot_tally_raw_written_bytes_total', 'Bytes written into files of raw records', raw.written),
    counter(
      'earshot_tally_raw_compacted_bytes_total',
      'Bytes of raw files that were made compact, before they were',
      compacted.before,
    ),
    counter(
      'earshot_tally_raw_compact_bytes_total',
      'Bytes of the compact files that stand for them',
      compacted.after,
    ),
    counter(
      'earshot_tally_raw_records_lost_total',
      'Session records that could not be written into a file, because the disk was full or slow; they are in the live figures',
      raw.lost,
    ),
    gauge(
      'earshot_tally_table_bytes',
      'Memory of the tables of sessions and listeners',
      all(({ count }) => count.bytes),
    ),
    gauge(
      'earshot_tally_recount_progress_ratio',
      'Share that is done of the recount of a room that is over, 0 to 1; 0 while there is none',
      recounting ?? 0,
    ),
    {
      name: 'earshot_room_audience_sessions',
      kind: 'gauge',
      help: 'Sessions that were listening at the newest sample, without those that are excluded',
      value: rooms.map(([room, { memory }]) => [{ room }, memory.now?.m ?? 0] as const),
    },
  ];
}
