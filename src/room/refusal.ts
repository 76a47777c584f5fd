/** A change that was not made, with a code and what to do instead. */
export type { ApiRefusal as RoomRefusal } from '../api/index.ts';
