import { type Moment, momentOf } from '../../../src/wire/moment.ts';
import { isOver, type RoomStatus } from '../../../src/wire/room.ts';
import type { Contact } from './contact.ts';

/**
 * The state of the show as the page displays it: the moment of the room, or why it is unknown.
 */
export type Standing = Moment | 'checking' | 'unreachable' | 'restarting' | 'late';

/** The state of the show; `firstSpeech` is when the program first carried speech. */
export function standingOf(
  contact: Contact,
  status: RoomStatus | undefined,
  firstSpeech: number | undefined,
): Standing {
  if (isOver(status) || status === 'stopped') return status;
  if (contact === 'unreachable' || contact === 'restarting' || contact === 'late') return contact;
  if (contact !== 'here' || !status) return 'checking';
  return momentOf({ status, clocks: firstSpeech === undefined ? {} : { firstSpeech } });
}

/** A room is late from this long after its time, in ms, as on the listeners' page. */
const LATE_MS = 60_000;

/** By how many whole minutes an open room is late; 0 if it is not. */
export const minutesLate = (standing: Standing, scheduled: number | undefined, now: number): number =>
  standing === 'open' && scheduled !== undefined && now > scheduled + LATE_MS
    ? Math.floor((now - scheduled) / 60_000)
    : 0;
