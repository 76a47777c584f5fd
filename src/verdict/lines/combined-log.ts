import { type LineParser, type LogRequest, readRequestLine } from './log-request.ts';
import { openStamps } from './stamp.ts';

/** What follows the size in a line of this log, found by looking at its first lines. */
export interface CommonLayout {
  /** Index of the column that is a duration, among all after the size; -1 without. */
  readonly duration: number;
  /** Milliseconds of one unit of it. */
  readonly unit: number;
}

/** A log whose lines end after the agent, or before. */
export const NO_DURATION: CommonLayout = { duration: -1, unit: 1 };
/** Columns after the size that are looked at. */
const MOST_COLUMNS = 12;

/** The end of a quoted text that begins after `from`; -1 when it has none. Quotes inside are escaped. */
export function closingQuote(line: string, from: number): number {
  let at = line.indexOf('"', from);
  while (at > 0 && line.charCodeAt(at - 1) === 92) {
    let slashes = 1;
    while (line.charCodeAt(at - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) break;
    at = line.indexOf('"', at + 1);
  }
  return at;
}

/** The columns from `from` to the end of the line: text in quotes without them, anything else as written. */
export function columnsOf(line: string, from: number): { readonly quoted: boolean; readonly text: string }[] {
  const found: { quoted: boolean; text: string }[] = [];
  let at = from;
  while (at < line.length && found.length < MOST_COLUMNS) {
    if (line.charCodeAt(at) === 32) {
      at++;
      continue;
    }
    const quoted = line.charCodeAt(at) === 34;
    const end = quoted ? closingQuote(line, at + 1) : line.indexOf(' ', at);
    const stop = end < 0 ? line.length : end;
    found.push({ quoted, text: line.slice(quoted ? at + 1 : at, stop) });
    at = stop + 1;
  }
  return found;
}

/** Where the address, the time, the request line and what follows the size are; undefined for another format. */
export function commonParts(
  line: string,
): { stamp: number; open: number; close: number; after: number } | undefined {
  const bracket = line.indexOf(' [');
  if (bracket < 0) return undefined;
  const open = line.indexOf('"', bracket);
  if (open < 0) return undefined;
  const close = closingQuote(line, open + 1);
  if (close < 0) return undefined;
  // Status and size.
  const status = close + 2;
  const size = line.indexOf(' ', status);
  if (size < 0) return undefined;
  const end = line.indexOf(' ', size + 1);
  return { stamp: bracket + 2, open, close, after: end < 0 ? line.length : end };
}

const milliseconds = (text: string, unit: number): number => {
  const number = Number(text.replace(/^[^\d-]*/, '').replace(/[^\d.]*$/, ''));
  return text !== '' && number >= 0 ? number * unit : Number.NaN;
};

const dash = (text: string): string => (text === '-' ? '' : text);

/**
 * Reads common and combined logs: nginx, Apache (with the virtual host in front, or a duration behind), and what
 * syslog put before them. The address is the third word before the time.
 */
export function openCommonLog(layout: CommonLayout): LineParser {
  const stamp = openStamps();
  const columns = (line: string, from: number, into: LogRequest): void => {
    let quotes = 0;
    for (const [i, { quoted, text }] of columnsOf(line, from).entries()) {
      if (i === layout.duration) into.duration = milliseconds(text, layout.unit);
      else if (quoted && quotes < 2) {
        if (quotes++ === 0) into.referer = dash(text);
        else into.agent = dash(text);
      }
    }
  };
  return (line, into) => {
    const parts = commonParts(line);
    if (!parts) return false;
    into.at = stamp(line, parts.stamp);
    if (Number.isNaN(into.at)) return false;
    const user = line.lastIndexOf(' ', parts.stamp - 3);
    const ident = line.lastIndexOf(' ', user - 1);
    if (ident <= 0) return false;
    const before = line.lastIndexOf(' ', ident - 1);
    into.address = line.slice(before + 1, ident);
    readRequestLine(line.slice(parts.open + 1, parts.close), into);
    const size = line.indexOf(' ', parts.close + 2);
    into.status = Number(line.slice(parts.close + 2, size));
    if (!(into.status >= 0 && into.status < 1000)) return false;
    const bytes = Number(line.slice(size + 1, parts.after));
    into.bytes = Number.isNaN(bytes) ? 0 : Math.max(0, bytes);
    into.referer = '';
    into.agent = '';
    into.duration = Number.NaN;
    if (layout.duration >= 0) {
      columns(line, parts.after, into);
      return true;
    }
    if (line.charCodeAt(parts.after + 1) !== 34) return true;
    const referer = closingQuote(line, parts.after + 2);
    if (referer < 0) return true;
    into.referer = dash(line.slice(parts.after + 2, referer));
    if (line.charCodeAt(referer + 2) !== 34) return true;
    const agent = closingQuote(line, referer + 3);
    into.agent = dash(line.slice(referer + 3, agent < 0 ? line.length : agent));
    return true;
  };
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Below this a whole number cannot be microseconds: no server answers in less. */
const LEAST_MICROSECONDS = 60;

/**
 * Finds the column with the duration in the first lines of a log. A decimal number is seconds (nginx `$request_time`);
 * one column of whole numbers is microseconds (Apache `%D`), or seconds or milliseconds when it is too small for them.
 * Two columns of whole numbers are taken as sizes (`%I %O`).
 */
export function commonLayout(lines: readonly string[]): CommonLayout {
  const rows = lines.flatMap((line) => {
    const parts = commonParts(line);
    return parts ? [columnsOf(line, parts.after)] : [];
  });
  const [first] = rows;
  if (!first) return NO_DURATION;
  const whole: number[] = [];
  for (const i of first.keys()) {
    const texts = rows.flatMap((row) => row[i]?.text ?? []).filter((text) => text !== '-' && text !== '');
    if (texts.length === 0) continue;
    const share = (pattern: RegExp): number =>
      texts.filter((text) => pattern.test(text)).length / texts.length;
    if (share(/^(?:[\w-]+=)?\d+\.\d+(?:ms|s)?$/) >= 0.9) {
      return { duration: i, unit: share(/ms$/) >= 0.9 ? 1 : 1000 };
    }
    if (share(/^(?:\*\*)?\d+(?:\*\*)?(?:us|ms|s)?$/) >= 0.9) whole.push(i);
  }
  const [only] = whole;
  if (only === undefined || whole.length > 1) return NO_DURATION;
  const values = rows.map((row) => milliseconds(row[only]?.text ?? '', 1)).filter((value) => value >= 0);
  if (middle(values) >= LEAST_MICROSECONDS) return { duration: only, unit: 0.001 };
  return { duration: only, unit: Math.max(...values) > LEAST_MICROSECONDS ? 1 : 1000 };
}
