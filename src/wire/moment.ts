/**
 * The life of a room. `open` is the lobby: hold music plays, the stage is backstage. `stopped`: the operator has closed
 * stage and stream, whatever the room was doing; it can be resumed.
 */
export type RoomStatus = 'scheduled' | 'open' | 'live' | 'ended' | 'cancelled' | 'stopped';

/**
 * The phase of a room as seen by listeners: its status, or `break` while music plays in the middle of the conversation.
 */
export type Moment = RoomStatus | 'break';

/** The phase of a room. Standby after the first words is a break, not a new start. */
export const momentOf = ({
  status,
  clocks,
}: {
  readonly status: RoomStatus;
  readonly clocks: { readonly firstSpeech?: number };
}): Moment => (status === 'open' && clocks.firstSpeech !== undefined ? 'break' : status);
