import { exposition } from '../base/metrics.ts';

/** What a journal is about: the label `file` of the metric. */
export type JournalKind = 'ladder' | 'queue' | 'marks' | 'gaps' | 'processes' | 'defence';

/** Counts the entries of all journals of one process that were never written. */
export interface LostEntries {
  /** What journals of a kind call with the number of entries that they lost. */
  of(kind: JournalKind): (entries: number) => void;
  /** Prometheus text. */
  metrics(): string;
}

/** Opens the count at zero, for the kinds of journals that this process writes. */
export function openLostEntries(kinds: readonly JournalKind[]): LostEntries {
  const lost = new Map<JournalKind, number>(kinds.map((kind) => [kind, 0]));
  return {
    of: (kind) => (entries) => void lost.set(kind, (lost.get(kind) ?? 0) + entries),
    metrics: () =>
      exposition([
        {
          name: 'earshot_journal_entries_lost_total',
          kind: 'counter',
          help: 'Journal entries that were never written: the disk failed for too long, or the file was full. Sound is not affected',
          value: [...lost].map(([file, entries]) => [{ file }, entries] as const),
        },
      ]),
  };
}
