import { readTimeValue } from './stamp.ts';

/** What one interval of a table of counts says. */
export interface IntervalCount {
  /** Wall-clock ms of its beginning. */
  readonly at: number;
  readonly requests: number;
  /** Answers with an error of the server; absent when the table has no such column. */
  readonly errors?: number;
}

const TIME = /^(?:time|timestamp|at|date|datetime|minute|second|interval|bucket|ts|_time|period|start)$/i;
const REQUESTS = /^(?:requests?|count|hits?|total|n|value|requests_total|req|rps|views?)$/i;
const ERRORS = /^(?:errors?|5xx|http_5xx|server_errors?|status_5xx|failed|failures)$/i;

/** What cannot be counted exactly is no count. */
const MOST_COUNT = Number.MAX_SAFE_INTEGER;

const cells = (line: string): string[] =>
  line.split(/[,;\t]/).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));

/** Reads rows of counts per interval; undefined for a row that is none. */
export type RowParser = (line: string) => IntervalCount | undefined;

/**
 * A reader for a table (CSV, semicolons or tabs) of counts per interval, from its first two lines; undefined when they
 * are none. Without a header the first column is the time and the second the count.
 */
export function openCountTable(first: string, second: string): RowParser | undefined {
  const header = cells(first);
  let [time, requests, errors] = [TIME, REQUESTS, ERRORS].map((name) =>
    header.findIndex((cell) => name.test(cell)),
  ) as [number, number, number];
  const named = time >= 0 && requests >= 0;
  if (!named) {
    if (header.length < 2 || header.length > 3) return undefined;
    [time, requests, errors] = [0, 1, header.length > 2 ? 2 : -1];
  }
  const row: RowParser = (line) => {
    const values = cells(line);
    const at = readTimeValue(values[time]);
    const count = Number(values[requests]);
    if (Number.isNaN(at) || values[requests] === '' || !(count >= 0 && count <= MOST_COUNT)) return undefined;
    const failed = errors < 0 ? Number.NaN : Number(values[errors]);
    return { at, requests: count, ...(failed >= 0 && failed <= MOST_COUNT ? { errors: failed } : {}) };
  };
  return row(named ? second : first) ? row : undefined;
}
