import type { RoomStatus } from './room.ts';

/** What a room's life looks like from outside: its status, and `break` while music plays in the middle of the conversation. */
export type Moment = RoomStatus | 'break';

/** The moment of a room: back in the lobby after the first words were said is a break, and no new beginning. */
export const momentOf = ({
  status,
  clocks,
}: {
  readonly status: RoomStatus;
  readonly clocks: { readonly firstSpeech?: number };
}): Moment => (status === 'open' && clocks.firstSpeech !== undefined ? 'break' : status);
