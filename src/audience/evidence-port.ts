import type {
  CorrectionEntry,
  FinalEntry,
  HappeningEntry,
  LogEntry,
  MinuteEntry,
  PostsEntry,
} from '../wire/evidence-entry.ts';

/** An entry of a room without its place in the room's chain. */
type Unplaced<Entry> = Entry extends unknown ? Omit<Entry, 'room' | 'seq' | 'previous'> : never;
/** The figures that counting writes into the evidence log for one room. */
export type CountedFigures = Unplaced<
  MinuteEntry | FinalEntry | CorrectionEntry | PostsEntry | HappeningEntry
>;

/** Where an entry was written: its index in the log, and its number in the room's chain. */
export interface WrittenDown {
  readonly kept: boolean;
  readonly index?: number;
  readonly seq?: number;
}

/**
 * The evidence log as the counting part uses it. Promises resolve when the entry is on disk, and reject when it was
 * refused.
 */
export interface EvidencePort {
  append(entry: LogEntry): Promise<WrittenDown>;
  appendOf(room: string, entry: CountedFigures): Promise<WrittenDown>;
}
