import { randomBytes } from 'node:crypto';
import type { Log } from '../base/log.ts';
import { refuse } from './answer.ts';

/** What a part needs to tell a database that is away from a mistake of ours. */
export interface FailureDeps {
  /** The part's own. */
  readonly log: Log;
  readonly store: {
    /** One sentence about the database, when an error is its fault. */
    fault(error: unknown): string | undefined;
  };
}

/**
 * Why a request failed. `mark`: what its reader is told, and the operator finds in the log; undefined: the database is
 * away, and a later try may succeed.
 */
export interface RequestFailure {
  readonly mark: string | undefined;
}

/** Tells why a request failed, and writes it to the log; `what`: what could not be done, for the operator. */
export function failureOf(
  { log, store }: FailureDeps,
  request: Request,
  error: unknown,
  what: string,
): RequestFailure {
  const { pathname: path } = new URL(request.url);
  const fault = store.fault(error);
  if (fault !== undefined) {
    log.warn({ path, error: fault }, what);
    return { mark: undefined };
  }
  const mark = randomBytes(4).toString('hex');
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error(
    { path, mark, error: cause },
    'a bug in Earshot made a request fail: please report it with this line',
  );
  return { mark };
}

/** The answer of an API to a request that failed. */
export const failed = ({ mark }: RequestFailure): Response =>
  mark === undefined
    ? refuse('database-away')
    : refuse('internal', `The operator of this server finds it in the log as ${mark}.`);
