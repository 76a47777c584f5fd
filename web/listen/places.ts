/** A place in a recording, named by an address. */
import type { RoomState } from '../../src/wire/room.ts';
import type { Here } from './say.ts';

/**
 * Parses `202`, `202s`, `3:22`, `1:02:03` or `1h2m3s` to seconds; undefined for anything else. Spec: W3C Media
 * Fragments 1.0, 4.2.1.
 */
export function secondsOf(text: string): number | undefined {
  const clock = /^(?:npt:)?(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(?:\.\d+)?$/.exec(text);
  const named = /^(?:(\d{1,3})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?$/.exec(text);
  const plain = /^(?:npt:)?(\d{1,6})(?:\.\d+)?$/.exec(text);
  const parts = plain ? [undefined, undefined, plain[1]] : (clock ?? named)?.slice(1);
  if (!parts || text === '') return undefined;
  const [hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  return (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
}

/** The place that an address names: `#t=202`, otherwise `?t=202`. The end of a range is ignored. */
export function placeOf({
  hash,
  search,
}: {
  readonly hash: string;
  readonly search: string;
}): number | undefined {
  for (const text of [hash.slice(1), search.slice(1)]) {
    const t = new URLSearchParams(text).get('t');
    const at = t === null ? undefined : secondsOf(t.split(',')[0]?.trim() ?? '');
    if (at !== undefined) return at;
  }
  return undefined;
}

/** The length of a room's recording in seconds, as its state tells it; undefined while nothing is kept of it. */
export function lengthOf(
  state: RoomState,
  { now, welcome }: Pick<Here, 'now' | 'welcome'>,
): number | undefined {
  const { status, clocks, gaps } = state;
  const { firstSpeech, ended } = clocks;
  if (welcome || state.recording?.removedAt !== undefined) return undefined;
  if (firstSpeech === undefined || status === 'scheduled' || status === 'cancelled') return undefined;
  const lost = gaps.reduce((sum, gap) => sum + (gap.from >= firstSpeech ? gap.seconds : 0), 0);
  return Math.max(0, ((status === 'ended' ? (ended ?? now) : now) - firstSpeech) / 1000 - lost);
}
