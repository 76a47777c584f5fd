import type { ErrorCode } from '../base/errors.ts';

/** An expected refusal: a code of the error catalogue, and what to do in plain words. */
export interface StageRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number;
}
