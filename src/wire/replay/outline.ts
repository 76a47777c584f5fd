/** `/r/:slug/replay/outline.json`: what a replay consists of, beside its sound. */
import type { OriginalMark } from './edits.ts';

/** A chapter as pages show it. */
export interface OutlineChapter {
  /** Seconds since the replay's beginning. */
  readonly at: number;
  /** The same moment on the wall clock, ms. */
  readonly wall: number;
  readonly title: string;
  /** Who speaks, or what a host noted. */
  readonly kind: 'speaker' | 'note';
  readonly link?: string;
  /** Of a note, so that it can be mended. */
  readonly id?: string;
}

/** Something that was left out. */
export interface OutlineTrim {
  readonly id: string;
  /** Where in the replay it would be, seconds; and how long it was. */
  readonly at: number;
  readonly seconds: number;
  /** The moments on the wall clock that it lay between. */
  readonly from: number;
  readonly to: number;
  readonly note: string;
  /** When it was trimmed, wall-clock ms. */
  readonly made: number;
}

/** A clip, without who made it. */
export interface OutlineClip {
  readonly id: string;
  readonly title: string;
  readonly text?: string;
  /** Where it begins in the replay, seconds; its moments on the wall clock. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly made: number;
}

/** What was on the page beside the sound: a question that was answered, or a line that was pinned. */
export interface OutlineMoment {
  readonly kind: 'answered' | 'pin';
  /** Seconds since the replay's beginning; and until when, for a line that was pinned. */
  readonly at: number;
  readonly until?: number;
  readonly text: string;
  /** Who asked. */
  readonly name?: string;
  readonly votes?: number;
  /** https. */
  readonly link?: string;
}

/** Reactions over a replay: sums of equal stretches, which add up to `totals`. */
export interface OutlineReactions {
  /** Seconds of a stretch. */
  readonly every: number;
  readonly counts: readonly number[];
  /** By kind, in the order of `REACTIONS`. */
  readonly totals: readonly number[];
}

/** The outline of a replay. */
export interface ReplayOutline {
  readonly v: 1;
  /** Length of the replay as it is played. */
  readonly seconds: number;
  /** By so much the file begins later than the playlists, which begin with a whole segment; seconds. */
  readonly lead: number;
  readonly chapters: readonly OutlineChapter[];
  /** Each time somebody else begins to speak: for "next speaker". */
  readonly turns: readonly OutlineChapter[];
  readonly trims: readonly OutlineTrim[];
  /** Newest first. */
  readonly clips: readonly OutlineClip[];
  readonly original?: OriginalMark;
  /** Absent where there were none. */
  readonly moments?: readonly OutlineMoment[];
  readonly reactions?: OutlineReactions;
}

/** `/r/:slug/replay/waveform.json`: how loud the replay is, from its beginning to its end. */
export interface Waveform {
  readonly v: 1;
  readonly seconds: number;
  /** Equal stretches; 0 is silence, 100 the loudest. */
  readonly levels: readonly number[];
}
