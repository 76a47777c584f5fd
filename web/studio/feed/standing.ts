import { type Moment, momentOf } from '../../../src/wire/moment.ts';
import type { RoomStatus } from '../../../src/wire/room.ts';
import type { Contact } from './contact.ts';

/**
 * Where the show stands as the page may say it: the moment of the room, or why nothing can be said.
 */
export type Standing = Moment | 'checking' | 'unreachable' | 'restarting' | 'late';

/** Says where the show stands; `firstSpeech` is when the program first carried speech. */
export function standingOf(
  contact: Contact,
  status: RoomStatus | undefined,
  firstSpeech: number | undefined,
): Standing {
  if (status === 'ended' || status === 'cancelled') return status;
  if (contact === 'unreachable' || contact === 'restarting' || contact === 'late') return contact;
  if (contact !== 'here' || !status) return 'checking';
  return momentOf({ status, clocks: firstSpeech === undefined ? {} : { firstSpeech } });
}

/** A room is late from this long after its time, in ms, as on the listeners' page. */
const LATE_MS = 60_000;

/** Whole minutes that a room which should have begun is late; 0 while it is not. */
export const minutesLate = (standing: Standing, scheduled: number | undefined, now: number): number =>
  standing === 'open' && scheduled !== undefined && now > scheduled + LATE_MS
    ? Math.floor((now - scheduled) / 60_000)
    : 0;
