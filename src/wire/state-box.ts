/** The state of a room within the stream: whoever hears the room is told of it by the bytes of the sound itself. */
import { eventBox, messageIn } from './event-box.ts';
import { momentOf } from './moment.ts';
import type { RoomState } from './room.ts';

/** The scheme of the box; its message is the JSON of a `StateChange`. */
export const STATE_SCHEME = 'urn:earshot:state:1';

/**
 * Top-level members of a room's state that are other than in the box before, whole, and when that was: wall-clock ms. The
 * first box of a connection has all of them (and `v`). What has no value any more is told as 0.
 */
export type StateChange = Pick<RoomState, 'at'> & Partial<RoomState>;

/** The change as a whole box. */
export const encodeState = (change: StateChange): Uint8Array<ArrayBuffer> =>
  eventBox(STATE_SCHEME, JSON.stringify(change));

/** The change in a whole `emsg` box; undefined when it is none. */
export function decodeState(box: Uint8Array): StateChange | undefined {
  const said = messageIn(STATE_SCHEME, box) as StateChange | null | undefined;
  return typeof said?.at === 'number' ? said : undefined;
}

/** The state as the stream tells it: the same members at any time. */
export const streamedState = ({ recording: _, ...state }: RoomState): RoomState => ({
  ...state,
  moment: momentOf(state),
  catchingUp: state.catchingUp ?? 0,
});
