import type { ErrorCode } from '../base/errors.ts';

/** A change that was not made, with a code and what to do instead. */
export interface RoomRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
  /** Seconds until another try makes sense. */
  readonly wait?: number;
}
