import type { ErrorCode } from '../base/errors.ts';

/** An expected no: a code of the catalogue, and what to do in plain words. */
export interface Refusal {
  readonly refused: ErrorCode;
  readonly detail?: string;
  /** Seconds after which it is worth trying again. */
  readonly retryAfter?: number;
}
