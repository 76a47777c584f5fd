import { isOver, type RoomStatus } from '../wire/room.ts';

/** What a host does to a room. `standby` takes a live room back to the lobby. */
export type Action = 'open' | 'live' | 'standby' | 'end' | 'cancel';

/** Every action, for routes and their description. */
export const ACTIONS: readonly Action[] = ['open', 'live', 'standby', 'end', 'cancel'];

/** The allowed actions by status. Repeating what already holds is allowed and changes nothing. */
const NEXT: Record<Action, Partial<Record<RoomStatus, RoomStatus>>> = {
  open: { scheduled: 'open', open: 'open' },
  live: { scheduled: 'live', open: 'live', live: 'live' },
  standby: { open: 'open', live: 'open' },
  end: { open: 'ended', live: 'ended', ended: 'ended' },
  cancel: { scheduled: 'cancelled', open: 'cancelled', cancelled: 'cancelled' },
};

/** The status after `action`, or why it is refused. */
export function step(status: RoomStatus, action: Action): RoomStatus | 'room-ended' | 'wrong-moment' {
  const next = NEXT[action][status];
  if (next) return next;
  return isOver(status) ? 'room-ended' : 'wrong-moment';
}

/** What to do instead, in plain words. */
export function advice(status: RoomStatus, action: Action): string {
  if (status === 'ended')
    return 'The conversation has ended; its replay stays at the same address. Start a new room.';
  if (status === 'cancelled') return 'The room was cancelled. Start a new room.';
  if (status === 'scheduled')
    return action === 'end' ? 'The room has not opened yet: cancel it.' : 'Open the room first.';
  return action === 'cancel'
    ? 'The room is live: end it.'
    : 'The room is live: use standby to go back to hold music.';
}
