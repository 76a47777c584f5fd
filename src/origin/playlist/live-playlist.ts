import {
  type EpochMs,
  FRAGMENT_MS,
  FRAGMENTS_PER_PART,
  FRAGMENTS_PER_SEGMENT,
  fragmentStart,
  PARTS_PER_SEGMENT,
  TICKS_PER_SECOND,
} from '../../base/time.ts';
import { PRIMING } from '../../media/priming.ts';
import { DELAY_MS } from '../../wire/delivery.ts';
import type { Window } from '../window.ts';

/** EXTINF of a whole segment, rounded. */
export const TARGET_SECONDS = 5;
/** Segments end later than this before the live edge are left out of a delta update: 6 target durations. */
export const SKIP_SECONDS = 6 * TARGET_SECONDS;
/** Segments whose parts are listed besides the running one. */
const SEGMENTS_WITH_PARTS = 3;
/** Whole segments listed at the live edge. */
const LISTED = 8;
/** Whole segments listed on the delayed stream. */
const LISTED_DELAYED = 5;
/**
 * The least that a list that still grows may have: three target durations. With fewer Chromium's own HLS gives up
 * ("Segment queue never had any data"). Spec: RFC 8216, 6.2.2.
 */
export const LEAST_LISTED = 3;
/** Fragments that the delayed stream is behind. */
const DELAY = Math.ceil(DELAY_MS / FRAGMENT_MS);
/**
 * Per part, how much is declared too little. Chromium reports the end of its buffer 1 µs short; with exact figures
 * hls.js 1.7 then looks for the fragment it has just played and stalls at the boundary.
 */
const SHORT_SECONDS = 0.00001;

const seconds = (fragments: number): string =>
  ((fragments * FRAGMENT_MS) / 1000 - (fragments / FRAGMENTS_PER_PART) * SHORT_SECONDS).toFixed(6);

/** The wall-clock time of the first sound in a fragment: what is decoded there was said one priming earlier. */
export const programDate = (zero: EpochMs, seq: number, codec: keyof typeof PRIMING): string =>
  new Date(Math.round(fragmentStart(zero, seq) - (PRIMING[codec] / TICKS_PER_SECOND) * 1000)).toISOString();

/** Where a live playlist stands. Numbers are media sequence numbers. */
export interface LiveEdge {
  /** First listed segment; all its fragments are in the window. */
  readonly first: number;
  /** The segment that is being made; the next one when the newest is whole. */
  readonly running: number;
  /** Parts of the running segment that are whole. */
  readonly parts: number;
}

/** Where the playlist of a window stands, or undefined before there is anything to list. */
export function edgeOf(window: Window): LiveEdge | undefined {
  const { first, last } = window;
  if (first === undefined || last === undefined) return undefined;
  const whole = Math.ceil(first / FRAGMENTS_PER_SEGMENT);
  const running = Math.floor((last + 1) / FRAGMENTS_PER_SEGMENT);
  const edge = {
    first: Math.max(whole, running - LISTED),
    running,
    parts: Math.floor((last + 1 - running * FRAGMENTS_PER_SEGMENT) / FRAGMENTS_PER_PART),
  };
  return running > whole || (running === whole && edge.parts > 0) ? edge : undefined;
}

/** The first segment that the delayed stream does not have yet, counted from the live edge alone. */
const delayedEnd = (last: number): number => Math.floor((last + 1 - DELAY) / FRAGMENTS_PER_SEGMENT);

/** True when a window reaches back so far that the delayed list is as long as a list must be. */
export const reachesDelay = ({ first, last }: Window): boolean =>
  first !== undefined &&
  last !== undefined &&
  delayedEnd(last) - Math.ceil(first / FRAGMENTS_PER_SEGMENT) >= LEAST_LISTED;

/**
 * Where the list of the delayed stream stands: whole segments that end `DELAY_MS` behind the live edge. A younger
 * window gives its first three and stays there until they are that old; after the end nothing is held back.
 */
export function delayedEdgeOf(window: Window, over: boolean): LiveEdge | undefined {
  const edge = edgeOf(window);
  if (!edge) return undefined;
  const whole = Math.ceil((window.first ?? 0) / FRAGMENTS_PER_SEGMENT);
  const delayed = Math.max(delayedEnd(window.last ?? 0), whole + LEAST_LISTED);
  const running = Math.min(edge.running, delayed);
  return {
    first: Math.max(whole, running - LISTED_DELAYED),
    running: over ? edge.running : running,
    parts: 0,
  };
}

/** What a live media playlist is rendered from. */
export interface PlaylistInput {
  readonly zero: EpochMs;
  readonly window: Window;
  /** Windows of the other renditions that are listed in the multivariant playlist. */
  readonly others: readonly Window[];
  /** True after the last fragment. */
  readonly over: boolean;
  /** True for a delta update. */
  readonly skip: boolean;
  /** False: whole segments only and nothing to wait for, which every cache can hold. Default true. */
  readonly parts?: boolean;
  /** True: what the delayed stream has, as whole segments. Default false. */
  readonly delayed?: boolean;
}

/** A live media playlist with parts. Spec: draft-pantos-hls-rfc8216bis, 4.4 and 6.2. */
export function livePlaylist({
  zero,
  window,
  others,
  over,
  skip,
  parts: withParts = true,
  delayed = false,
}: PlaylistInput): string {
  const edge = delayed ? delayedEdgeOf(window, over) : edgeOf(window);
  if (delayed || !withParts) return wholeSegments(zero, window, edge, over);
  const lines = ['#EXTM3U', '#EXT-X-VERSION:9', `#EXT-X-TARGETDURATION:${TARGET_SECONDS}`];
  lines.push(
    `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${SKIP_SECONDS}.0,HOLD-BACK=15.36,PART-HOLD-BACK=1.92`,
    `#EXT-X-PART-INF:PART-TARGET=${seconds(FRAGMENTS_PER_PART)}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA-SEQUENCE:${edge?.first ?? 0}`,
  );
  const { id } = window.rendition;
  const skipped = skip && edge ? skippable(edge) : 0;
  if (skipped > 0) lines.push(`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`);
  lines.push(`#EXT-X-MAP:URI="${id}/init.mp4"`);
  if (edge) {
    for (let msn = edge.first + skipped; msn < edge.running; msn++) {
      lines.push(
        `#EXT-X-PROGRAM-DATE-TIME:${programDate(zero, msn * FRAGMENTS_PER_SEGMENT, window.rendition.codec)}`,
      );
      if (msn >= edge.running - SEGMENTS_WITH_PARTS)
        for (let part = 0; part < PARTS_PER_SEGMENT; part++) lines.push(partLine(window, msn, part));
      if (!isWhole(window, msn)) lines.push('#EXT-X-GAP');
      lines.push(`#EXTINF:${seconds(FRAGMENTS_PER_SEGMENT)},`, `${id}/${msn}.m4s`);
    }
    const left = (window.last ?? 0) + 1 - edge.running * FRAGMENTS_PER_SEGMENT;
    if (left > 0 && (edge.parts > 0 || over))
      lines.push(
        `#EXT-X-PROGRAM-DATE-TIME:${programDate(zero, edge.running * FRAGMENTS_PER_SEGMENT, window.rendition.codec)}`,
      );
    for (let part = 0; part < edge.parts; part++) lines.push(partLine(window, edge.running, part));
    if (over) {
      lines.push(...lastLines(window, edge.running));
      lines.push('#EXT-X-ENDLIST');
    } else {
      lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${id}/${edge.running}.${edge.parts}.m4s"`);
      for (const other of others) lines.push(...report(other));
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The same program for caches: HLS of whole segments. Spec: RFC 8216, 4.3. */
function wholeSegments(zero: EpochMs, window: Window, edge: LiveEdge | undefined, over: boolean): string {
  const { id, codec } = window.rendition;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${TARGET_SECONDS}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
    `#EXT-X-MEDIA-SEQUENCE:${edge?.first ?? 0}`,
    `#EXT-X-MAP:URI="${id}/init.mp4"`,
  ];
  const date = (msn: number): string =>
    `#EXT-X-PROGRAM-DATE-TIME:${programDate(zero, msn * FRAGMENTS_PER_SEGMENT, codec)}`;
  if (edge) {
    for (let msn = edge.first; msn < edge.running; msn++) {
      lines.push(date(msn));
      if (!isWhole(window, msn)) lines.push('#EXT-X-GAP');
      lines.push(`#EXTINF:${seconds(FRAGMENTS_PER_SEGMENT)},`, `${id}/${msn}.m4s`);
    }
    const last = over ? lastLines(window, edge.running) : [];
    if (last.length > 0) lines.push(date(edge.running), ...last);
  }
  if (over) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/**
 * Fragments of a segment in which the program ended that are parts of it; what is left over is a segment of its own.
 */
export const wholeParts = (fragments: number): number => fragments - (fragments % FRAGMENTS_PER_PART);

/**
 * The end of a program that ended within segment `msn`. What no list had before is a segment of its own: players that
 * have everything else notice the end by it.
 */
function lastLines({ rendition: { id }, last }: Window, msn: number): string[] {
  const left = (last ?? 0) + 1 - msn * FRAGMENTS_PER_SEGMENT;
  const whole = wholeParts(left);
  return [
    ...(whole > 0 ? [`#EXTINF:${seconds(whole)},`, `${id}/${msn}.m4s`] : []),
    ...(left > whole
      ? [`#EXTINF:${seconds(left - whole)},`, `${id}/${msn}.${whole / FRAGMENTS_PER_PART}.m4s`]
      : []),
  ];
}

/** Segments that a delta update may leave out: those that lie before the skip boundary, but never all. */
function skippable(edge: LiveEdge): number {
  const listed = (edge.running - edge.first) * FRAGMENTS_PER_SEGMENT + edge.parts * FRAGMENTS_PER_PART;
  const beyond = listed - Math.ceil((SKIP_SECONDS * 1000) / FRAGMENT_MS);
  return Math.max(0, Math.floor(beyond / FRAGMENTS_PER_SEGMENT));
}

function partLine(window: Window, msn: number, part: number): string {
  const first = msn * FRAGMENTS_PER_SEGMENT + part * FRAGMENTS_PER_PART;
  const gap = window.at(first) && window.at(first + FRAGMENTS_PER_PART - 1) ? '' : ',GAP=YES';
  return `#EXT-X-PART:DURATION=${seconds(FRAGMENTS_PER_PART)},URI="${window.rendition.id}/${msn}.${part}.m4s",INDEPENDENT=YES${gap}`;
}

function isWhole(window: Window, msn: number): boolean {
  const first = msn * FRAGMENTS_PER_SEGMENT;
  for (let seq = first; seq < first + FRAGMENTS_PER_SEGMENT; seq++) if (!window.at(seq)) return false;
  return true;
}

function report(other: Window): string[] {
  const edge = edgeOf(other);
  if (!edge) return [];
  const [msn, part] =
    edge.parts > 0 ? [edge.running, edge.parts - 1] : [edge.running - 1, PARTS_PER_SEGMENT - 1];
  return [`#EXT-X-RENDITION-REPORT:URI="${other.rendition.id}.m3u8",LAST-MSN=${msn},LAST-PART=${part}`];
}
