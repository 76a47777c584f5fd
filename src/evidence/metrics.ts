import type { Metric, Sample } from '../base/metrics.ts';

/** Upper bounds of the classes of fsync, seconds. */
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10] as const;

/** Counters of what was written since the start. */
export class WriteCounters {
  entries = 0;
  bytes = 0;
  groups = 0;
  #seconds = 0;
  readonly #classes = new Float64Array(BOUNDS.length);

  /** Notes a group that is on the disk. */
  add(ms: number, entries: number, bytes: number): void {
    this.entries += entries;
    this.bytes += bytes;
    this.groups += 1;
    this.#seconds += ms / 1000;
    for (const [n, bound] of BOUNDS.entries())
      if (ms / 1000 <= bound) this.#classes[n] = (this.#classes[n] ?? 0) + 1;
  }

  /** As metrics, with what the log knows of itself. */
  metrics(log: { size: number; waiting: number; gaps: number; lost: number; witnesses: number }): Metric[] {
    const classes: Sample[] = BOUNDS.map((within, n) => [{ within }, this.#classes[n] ?? 0]);
    const counter = (name: string, help: string, value: Metric['value']): Metric => ({
      ...{ name: `earshot_evidence_${name}_total`, kind: 'counter', help, value },
    });
    const gauge = (name: string, help: string, value: number): Metric => ({
      ...{ name: `earshot_evidence_${name}`, kind: 'gauge', help, value },
    });
    return [
      counter('entries', 'Entries written into the evidence log', this.entries),
      counter('written_bytes', 'Bytes of entries written into the evidence log', this.bytes),
      counter('groups', 'Groups of entries that were written with one fsync', this.groups),
      counter('group_seconds', 'Time that writing all groups took, fsync included', this.#seconds),
      counter(
        'groups_within',
        'Groups that were on the disk within that many seconds (a cumulative histogram)',
        [...classes, [{ within: '+Inf' }, this.groups]],
      ),
      counter('gaps', 'Times in which the disk took no entries and that are noted in the log', log.gaps),
      counter('lost', 'Entries that were never written because too many waited for the disk', log.lost),
      gauge('log_entries', 'Entries in the evidence log', log.size),
      gauge('waiting_entries', 'Entries that wait for the disk', log.waiting),
      gauge('witnesses', 'Witnesses that have cosigned checkpoints', log.witnesses),
    ];
  }
}
