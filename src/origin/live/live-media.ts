import type { Clock } from '../../base/clock.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { FRAGMENTS_PER_PART, FRAGMENTS_PER_SEGMENT, ms, PARTS_PER_SEGMENT } from '../../base/time.ts';
import { OPEN_TO_ALL, sound } from '../packed.ts';
import { edgeOf, TARGET_SECONDS, wholeParts } from '../playlist/live-playlist.ts';
import type { RecordingPort } from '../recording.ts';
import type { Window } from '../window.ts';
import type { OriginProgram } from './program.ts';

/**
 * How long a request may wait for something that does not exist yet: three target durations, as the specification
 * asks.
 */
export const PATIENCE = ms(3 * TARGET_SECONDS * 1000);
const MEDIA = /^(\d{1,10})(?:\.(\d{1,2}))?\.m4s$/;

/**
 * Content of a part that was hinted before the program ended without it: a box without meaning. Spec: ISO/IEC
 * 14496-12, 8.1.2.
 */
const NO_SOUND = Buffer.from('\0\0\0\x08free', 'latin1');

/** Answers requests for a segment or a part; waits for one that a preload hint has announced. */
export async function liveMedia(
  clock: Clock,
  archive: RecordingPort,
  slug: string,
  program: OriginProgram,
  window: Window,
  name: string,
  signal: AbortSignal,
): Promise<Reply> {
  const match = MEDIA.exec(name);
  const edge = edgeOf(window);
  if (!match || !edge) return missing();
  const msn = Number(match[1]);
  const part = match[2] === undefined ? undefined : Number(match[2]);
  if (part !== undefined && part >= PARTS_PER_SEGMENT) return missing();
  const first = msn * FRAGMENTS_PER_SEGMENT + (part ?? 0) * FRAGMENTS_PER_PART;
  const count = part === undefined ? FRAGMENTS_PER_SEGMENT : FRAGMENTS_PER_PART;
  if (!program.over) {
    // The hinted part is held until it is there; whole segments are asked for only once they are listed.
    const ahead = first + count - 1 - (window.last ?? 0);
    if (ahead > (part === undefined ? 0 : 2 * FRAGMENTS_PER_PART)) return missing();
    if (!(await window.ready(first + count - 1, clock, PATIENCE, signal)) && !program.over) return missing();
  }
  const there = Math.min(count, (window.last ?? 0) + 1 - first);
  // A segment in which the program ended holds what its parts hold.
  const last = first - 1 + ((part === undefined && there < count && wholeParts(there)) || there);
  // It was hinted, and some players stop for good when what was hinted does not come. Here: Shaka.
  if (last === first - 1 && part !== undefined) return sound(NO_SOUND, true);
  const held = window.joined(first, last - first + 1);
  if (held && held.length > 0) return sound(held, window.substituted(first, last - first + 1));
  const bytes = await recorded(archive, slug, window, msn, part);
  return bytes && bytes.length > 0 ? sound(bytes) : missing();
}

/** A segment that left the window a moment ago, for a slow player or one that rewinds. */
const recorded = async (
  archive: RecordingPort,
  slug: string,
  window: Window,
  msn: number,
  part: number | undefined,
) =>
  part === undefined && msn * FRAGMENTS_PER_SEGMENT < (window.first ?? 0)
    ? archive.read(slug, window.rendition.id, {
        first: msn * FRAGMENTS_PER_SEGMENT,
        count: FRAGMENTS_PER_SEGMENT,
      })
    : undefined;

/** The answer when there is no such file. */
export const missing = (): Reply => problem('not-found', undefined, OPEN_TO_ALL);
