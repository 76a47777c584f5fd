import { ClassCounts, type HistogramMetric, type Metric } from '../base/metrics.ts';

/** Upper bounds of the classes of fsync, seconds. */
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/** Counters of what was written since the start. */
export class WriteCounters {
  entries = 0;
  bytes = 0;
  readonly #groups = new ClassCounts(BOUNDS);

  /** Notes a group that is on the disk. */
  add(ms: number, entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    this.#groups.add(ms / 1000);
  }

  /** As metrics, with what the log knows of itself. */
  metrics(log: {
    size: number;
    waiting: number;
    gaps: number;
    lost: number;
    witnesses: number;
  }): (Metric | HistogramMetric)[] {
    const counter = (name: string, help: string, value: Metric['value']): Metric => ({
      ...{ name: `earshot_evidence_${name}_total`, kind: 'counter', help, value },
    });
    const gauge = (name: string, help: string, value: number): Metric => ({
      ...{ name: `earshot_evidence_${name}`, kind: 'gauge', help, value },
    });
    return [
      counter('entries', 'Entries written into the evidence log', this.entries),
      counter('written_bytes', 'Bytes of entries written into the evidence log', this.bytes),
      {
        name: 'earshot_evidence_fsync_seconds',
        kind: 'histogram',
        help: 'Time in which a group of entries was written and on the disk, fsync included',
        value: this.#groups,
      },
      counter('gaps', 'Times in which the disk took no entries and that are noted in the log', log.gaps),
      counter('lost', 'Entries that were never written because too many waited for the disk', log.lost),
      gauge('log_entries', 'Entries in the evidence log', log.size),
      gauge('waiting_entries', 'Entries that wait for the disk', log.waiting),
      gauge('witnesses', 'Witnesses that have cosigned checkpoints', log.witnesses),
    ];
  }
}
