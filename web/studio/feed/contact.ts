import type { RoomState } from '../../../src/wire/room.ts';
import type { FeedState } from './backstage.ts';

/**
 * What this page hears from the server: `here` all it needs; `checking` nothing yet, or not since a moment; `late` the
 * server answers and has the studio, this page's own line to it is broken; `restarting` the server says that the
 * studio is gone; `unreachable` no answer; `unknown` no such room.
 */
export type Contact = 'here' | 'checking' | 'late' | 'restarting' | 'unreachable' | 'unknown';

/** The last look at the public state. */
export interface Glance {
  /** HTTP status; 0 when nothing answered. */
  readonly answered: number;
  /** Wall-clock ms. */
  readonly at: number;
  /** So many looks in a row were answered so; 1 when absent. */
  readonly times?: number;
}

/** A room that has just opened has no studio for a moment without any restart, in ms. */
const OPENING_MS = 5_000;
/** A room that was there is believed to be gone after so many looks that did not find it. */
export const UNKNOWN_TIMES = 6;

/** Says only what is known; `lostAt` is when the studio's line broke, in wall-clock ms. */
export function contactOf(
  feed: FeedState,
  lostAt: number,
  glance: Glance | undefined,
  state: RoomState | undefined,
): Contact {
  if (feed.at === 'here') return 'here';
  if (!glance || glance.at < lostAt) return 'checking';
  // A server that has just started may not know yet the rooms it had.
  if (glance.answered === 404)
    return state && (glance.times ?? 1) < UNKNOWN_TIMES ? 'unreachable' : 'unknown';
  if (glance.answered !== 200 || !state) return 'unreachable';
  if (state.status !== 'open' && state.status !== 'live') return 'here';
  if (feed.at === 'connecting') return 'checking';
  if (state.studio === 'here') return 'late';
  return state.at - (state.clocks.opened ?? 0) > OPENING_MS ? 'restarting' : 'checking';
}
