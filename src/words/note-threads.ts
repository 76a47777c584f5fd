import type { EveningEvent, EveningNote } from '../wire/evening.ts';

/** One wording of a note, or an answer to it. Seconds since 1970. */
export interface NoteText {
  readonly seq: number;
  readonly at: number;
  readonly written: number;
  readonly author: string;
  readonly text: string;
  readonly entry?: number;
}

/** A note with what took its place and what was answered. */
export interface NoteThread {
  /** Oldest first; the newest outranks the others. Never empty. */
  readonly versions: readonly NoteText[];
  readonly answers: readonly NoteText[];
}

/** The notes among the events of an evening, in the order of the moments that they are about. */
export function noteThreads(events: readonly EveningEvent[]): NoteThread[] {
  const threads: { versions: NoteText[]; answers: NoteText[] }[] = [];
  const places = new Map<number, (typeof threads)[number]>();
  const notes = events.flatMap((event) =>
    event.what === 'note' && event.note ? [{ event, note: event.note }] : [],
  );
  // What is answered or corrected comes before, by its number.
  for (const { event, note } of notes.sort((a, b) => a.note.seq - b.note.seq)) {
    const text = textOf(event, note);
    const about = places.get(note.answers ?? note.corrects ?? -1);
    if (about && note.answers !== undefined) {
      about.answers.push(text);
      continue;
    }
    const thread = about ?? { versions: [], answers: [] };
    if (!about) threads.push(thread);
    thread.versions.push(text);
    places.set(note.seq, thread);
  }
  return threads.sort((a, b) => momentOf(a) - momentOf(b));
}

const textOf = (
  { at, detail = '', entry }: EveningEvent,
  { seq, author, written }: EveningNote,
): NoteText => ({
  ...{ seq, at, written, author, text: detail },
  ...(entry === undefined ? {} : { entry }),
});

/** The moment that a note is about, by its newest wording. */
export const momentOf = ({ versions }: NoteThread): number => versions.at(-1)?.at ?? 0;
