import { isRunning, type RoomState } from '../../../src/wire/room.ts';
import type { FeedState } from '../../capture/index.ts';

/**
 * What this page hears from the server. `here`: all it needs. `checking`: nothing yet, or nothing for a moment. `late`:
 * the server answers and reaches the studio, but this page's own stream is broken. `restarting`: the server says that
 * the studio is gone. `unreachable`: no answer. `unknown`: no such room.
 */
export type Contact = 'here' | 'checking' | 'late' | 'restarting' | 'unreachable' | 'unknown';

/** The last attempt to read the public state. */
export interface Glance {
  /** HTTP status; 0 when nothing answered. */
  readonly answered: number;
  /** Wall-clock ms. */
  readonly at: number;
  /** How many attempts in a row had this answer; 1 when absent. */
  readonly times?: number;
}

/** For this long after opening, a missing studio does not mean a restart, in ms. */
const OPENING_MS = 5_000;
/** After this many "not found" in a row, a room that existed counts as gone. */
export const UNKNOWN_TIMES = 6;

/** Says what is known of the contact; `lostAt` is when the studio's stream broke, in wall-clock ms. */
export function contactOf(
  feed: FeedState,
  lostAt: number,
  glance: Glance | undefined,
  state: RoomState | undefined,
): Contact {
  if (feed.at === 'here') return 'here';
  if (!glance || glance.at < lostAt) return 'checking';
  // A server that has just started may not know its rooms yet.
  if (glance.answered === 404)
    return state && (glance.times ?? 1) < UNKNOWN_TIMES ? 'unreachable' : 'unknown';
  if (glance.answered !== 200 || !state) return 'unreachable';
  if (!isRunning(state.status)) return 'here';
  if (feed.at === 'connecting') return 'checking';
  if (state.studio === 'here') return 'late';
  return state.at - (state.clocks.opened ?? 0) > OPENING_MS ? 'restarting' : 'checking';
}
