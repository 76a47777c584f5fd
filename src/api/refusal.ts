import type { ErrorCode } from '../base/errors.ts';

/** Something that was not done, with a code and what to do instead. */
export interface ApiRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string | undefined;
  /** Seconds until another try makes sense. */
  readonly wait?: number | undefined;
  /** More members of the answer. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** More headers of the answer. */
  readonly headers?: Readonly<Record<string, string>>;
}
