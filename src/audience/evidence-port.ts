import type { CorrectionEntry, FinalEntry, LogEntry, MinuteEntry } from '../wire/evidence-entry.ts';

/** An entry of a room without its place in the room's chain. */
type Unplaced<Entry> = Entry extends unknown ? Omit<Entry, 'room' | 'seq' | 'previous'> : never;
/** What the counting writes down of a room. */
export type CountedFigures = Unplaced<MinuteEntry | FinalEntry | CorrectionEntry>;

/** What became of an entry: its index in the log, and its number in its room's chain. */
export interface WrittenDown {
  readonly kept: boolean;
  readonly index?: number;
  readonly seq?: number;
}

/** The evidence log as the counting uses it. What it gives back resolves when the entry is on the disk, or refused. */
export interface EvidencePort {
  append(entry: LogEntry): Promise<WrittenDown>;
  appendOf(room: string, entry: CountedFigures): Promise<WrittenDown>;
}
