/** The state of a room within the stream: listeners receive it together with the sound. */
import { eventBox, messageIn } from './event-box.ts';
import { momentOf } from './moment.ts';
import type { RoomState } from './room.ts';

/** The scheme of the box; its message is the JSON of a `StateChange`. */
export const STATE_SCHEME = 'urn:earshot:state:1';

/**
 * Top-level members of a room's state that differ from the previous box, whole, and the time of that: wall-clock ms.
 * The first box of a connection has all of them (and `v`). A member without a value is sent as 0.
 */
export type StateChange = Pick<RoomState, 'at'> & Partial<RoomState>;

/** The change as a whole box. */
export const encodeState = (change: StateChange): Uint8Array<ArrayBuffer> =>
  eventBox(STATE_SCHEME, JSON.stringify(change));

/** The change in a whole `emsg` box; undefined when the box has another scheme or is invalid. */
export function decodeState(box: Uint8Array): StateChange | undefined {
  const said = messageIn(STATE_SCHEME, box) as StateChange | null | undefined;
  return typeof said?.at === 'number' ? said : undefined;
}

/** The state as sent in the stream: always with the same members. */
export const streamedState = ({ recording: _, ...state }: RoomState): RoomState => ({
  ...state,
  moment: momentOf(state),
  catchingUp: state.catchingUp ?? 0,
  listeners: state.listeners ?? 0,
  proofs: state.proofs ?? 0,
  hands: state.hands ?? 0,
  reactions: state.reactions ?? 0,
  questions: state.questions ?? 0,
  pinned: state.pinned ?? 0,
  hostGone: state.hostGone ?? 0,
  plans: state.plans ?? {},
});
