/** A host's note at a moment of the evening: an entry of the evidence log, answered or superseded, never changed. */

/** Who writes a note. A value, so that accounts can take its place. */
export type NoteAuthor = 'host' | 'operator';

/** A note as it was written down. */
export interface HostNote {
  /** Its number in the room's chain of entries. */
  readonly seq: number;
  /** Index of its entry in the evidence log. */
  readonly entry: number;
  /** The moment that it is about, wall-clock ms. */
  readonly at: number;
  /** When it was written, wall-clock ms. */
  readonly written: number;
  readonly author: string;
  readonly text: string;
  /** The `seq` of the note that it answers, or whose place it takes. */
  readonly answers?: number;
  readonly corrects?: number;
}

/** Characters of a wish's key. */
export const MOST_NOTE_KEY = 64;

/** What somebody wants to write. Absent `at`: now. */
export interface NoteWish {
  readonly author: NoteAuthor;
  readonly text: string;
  readonly at?: number;
  readonly answers?: number;
  readonly corrects?: number;
  /** Names the wish: one that was written already is not written again. */
  readonly key?: string;
}

/** Characters (code points) of a note, and notes of a room, answers included. */
export const MOST_NOTE_TEXT = 280;
/** See `MOST_NOTE_TEXT`. */
export const MOST_NOTES = 200;
