/** What people add to a recording without changing a byte of it: `edits.json` beside its sound. Times are wall-clock ms. */

/** Most of each in one room. */
export const MOST_CHAPTERS = 100;
/** See `MOST_CHAPTERS`. */
export const MOST_CLIPS = 200;
/** See `MOST_CHAPTERS`. */
export const MOST_TRIMS = 50;
/** Characters (code points) of a chapter's title, a clip's title and a trim's note. */
export const MOST_TITLE = 120;
/** Characters of the text below a clip's title. */
export const MOST_CLIP_TEXT = 500;
/** Characters of a link. */
export const MOST_LINK = 400;
/** The shortest and the longest clip, ms. */
export const SHORTEST_CLIP_MS = 1_000;
/** See `SHORTEST_CLIP_MS`. */
export const LONGEST_CLIP_MS = 90_000;

/** A host's note as a chapter: it begins at the moment that it is about. */
export interface NotedChapter {
  readonly id: string;
  readonly at: number;
  readonly title: string;
  /** http or https. */
  readonly link?: string;
}

/** A piece of the recording with a page of its own: two moments, nothing is copied. */
export interface Clip {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly title: string;
  readonly text?: string;
  /** When it was made, and by whom: the id of a link, which is told to nobody. */
  readonly made: number;
  readonly by?: string;
}

/** A stretch that the replay leaves out. */
export interface Trim {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** Fragments that are left out: `first` up to `end`, exclusive. */
  readonly first: number;
  readonly end: number;
  readonly note: string;
  /** When it was trimmed. */
  readonly made: number;
}

/** The untouched recording, as it was when it was first trimmed. */
export interface OriginalMark {
  readonly rendition: string;
  /** Of `original.mp4`, hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Everything of one room. */
export interface RecordingEdits {
  readonly v: 1;
  readonly chapters: readonly NotedChapter[];
  readonly clips: readonly Clip[];
  readonly trims: readonly Trim[];
  /** Present once something was trimmed. */
  readonly original?: OriginalMark;
  /** Days after the end for which the host wants the recording kept; absent: as long as the server keeps it. */
  readonly keepDays?: number;
}

/** A room without edits. */
export const NO_EDITS: RecordingEdits = { v: 1, chapters: [], clips: [], trims: [] };

/** A stretch of fragments, `end` exclusive. */
export interface CutStretch {
  readonly first: number;
  readonly end: number;
}

/** The stretches that are left out, in order, those that touch as one. */
export function cutsOf({ trims }: RecordingEdits): readonly CutStretch[] {
  const cuts: { first: number; end: number }[] = [];
  for (const { first, end } of trims.toSorted((a, b) => a.first - b.first)) {
    const last = cuts.at(-1);
    if (last && first <= last.end) last.end = Math.max(last.end, end);
    else cuts.push({ first, end });
  }
  return cuts;
}
