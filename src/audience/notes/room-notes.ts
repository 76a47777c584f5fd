import type { ErrorCode } from '../../base/errors.ts';
import { plainText } from '../../base/plain-text.ts';
import type { EvidenceEntry, HappeningEntry } from '../../wire/evidence-entry.ts';
import {
  type HostNote,
  MOST_NOTE_KEY,
  MOST_NOTE_TEXT,
  MOST_NOTES,
  type NoteWish,
} from '../../wire/figures/host-note.ts';
import type { LoggedItem } from '../evening.ts';

/** A note without its place in the room's chain. */
export type NoteContent = Omit<HappeningEntry, 'room' | 'seq' | 'previous'>;

/** Why a note was not written. */
export interface NoteRefusal {
  readonly refused: ErrorCode;
  readonly detail: string;
}

/** Clocks of two machines differ by so much without anybody noticing, ms. */
const AHEAD_MS = 5_000;
/** Before anything is known of a room, a note may be about so long ago, ms. */
const BEFORE_MS = 3_600_000;

/** The notes of one room, from its entries in the order of the log. */
export class RoomNotes {
  readonly #notes = new Map<number, HostNote>();
  /** The `seq` of each note whose wish had a key. */
  readonly #byKey = new Map<string, number>();
  #from = Number.POSITIVE_INFINITY;

  /** Oldest first, as they were written. */
  get all(): readonly HostNote[] {
    return [...this.#notes.values()];
  }

  /** Takes one entry of the room, with its index in the log. */
  add({ index, entry }: LoggedItem): void {
    const began = beginOf(entry);
    if (began !== undefined) this.#from = Math.min(this.#from, began);
    if (entry.kind !== 'happening' || entry.what !== 'note') return;
    const { seq, at, detail = '', author = '', written = at, answers, corrects, key } = entry;
    if (key !== undefined) this.#byKey.set(key, seq);
    this.#notes.set(seq, {
      ...{ seq, entry: index, at, written, author, text: detail },
      ...(answers === undefined ? {} : { answers }),
      ...(corrects === undefined ? {} : { corrects }),
    });
  }

  /** The note that was written for a wish with this key. */
  of(key: string | undefined): HostNote | undefined {
    return key === undefined ? undefined : this.#notes.get(this.#byKey.get(key) ?? -1);
  }

  /** What would be written for a wish at wall-clock `now`, or why nothing is. */
  content(wish: NoteWish, now: number): NoteContent | NoteRefusal {
    const { author, at = now, answers, corrects, key } = wish;
    const detail = plainText(wish.text, MOST_NOTE_TEXT);
    if (detail === undefined) return unfit(`text: use 1 to ${MOST_NOTE_TEXT} characters`);
    if (at > now + AHEAD_MS) return unfit('at: that moment has not come yet');
    if (at < Math.min(this.#from, now - BEFORE_MS)) return unfit('at: that is before the room began');
    if (this.#notes.size >= MOST_NOTES)
      return { refused: 'too-many-changes', detail: `There are ${MOST_NOTES} notes in this room already.` };
    return (
      this.#misplaced(wish) ?? {
        ...{ v: 1, kind: 'happening', what: 'note', at: Math.round(at), detail, author },
        written: Math.round(now),
        ...(answers === undefined ? {} : { answers }),
        ...(corrects === undefined ? {} : { corrects }),
        ...(key === undefined ? {} : { key: key.slice(0, MOST_NOTE_KEY) }),
      }
    );
  }

  #misplaced({ author, answers, corrects }: NoteWish): NoteRefusal | undefined {
    if (answers !== undefined && corrects !== undefined)
      return unfit('A note answers another or takes its place, not both.');
    const about = this.#notes.get(answers ?? corrects ?? -1);
    if ((answers ?? corrects) === undefined) return undefined;
    if (!about) return { refused: 'not-found', detail: 'There is no note of this number in this room.' };
    if (answers !== undefined && about.answers !== undefined)
      return unfit('answers: that note is an answer itself');
    if (corrects === undefined) return undefined;
    if (this.all.some((note) => note.corrects === corrects))
      return unfit('corrects: another note has taken its place already; correct that one');
    return author === 'host' && about.author !== 'host'
      ? { refused: 'operator-only', detail: 'A host corrects the notes of hosts; answer this one instead.' }
      : undefined;
  }
}

const unfit = (detail: string): NoteRefusal => ({ refused: 'unprocessable', detail });

/** When the room had begun at the latest, wall-clock ms, as far as an entry says it. */
function beginOf(entry: EvidenceEntry): number | undefined {
  if (entry.kind === 'minute') return entry.minute * 60_000;
  return entry.kind === 'happening' && entry.what === 'opened' ? entry.at : undefined;
}
