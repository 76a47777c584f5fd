import type { CorrectionEntry, FinalEntry, LogEntry, MinuteEntry } from '../wire/evidence-entry.ts';

/** An entry of a room before it has its place in the room's chain. */
export type Unplaced<Entry> = Entry extends unknown ? Omit<Entry, 'seq' | 'previous'> : never;
/** Entries of a room that the counting makes. */
export type CountedEntry = Unplaced<MinuteEntry | FinalEntry | CorrectionEntry>;

/** The evidence log as the counting uses it. Both resolve with the index of the entry once it is on the disk. */
export interface EvidencePort {
  /** Gives the entry its place in its room's chain. */
  ofRoom(entry: CountedEntry): Promise<{ readonly index: number; readonly seq: number }>;
  append(entry: LogEntry): Promise<{ readonly index: number }>;
}
