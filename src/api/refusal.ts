import type { ErrorCode } from '../base/errors.ts';

/** Something that was not done, with a code and what to do instead. */
export interface ApiRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
  /** Seconds until another try makes sense. */
  readonly wait?: number;
}
