import { withoutPort } from './json-log.ts';
import type { LineParser, LogRequest } from './log-request.ts';
import { readTimeValue } from './stamp.ts';

/** The line that names the columns; a file may have several, each for the lines after it. */
const FIELDS = '#Fields:';

/** True when one of the first lines names the columns of a W3C extended log. */
export const isW3cLog = (first: readonly string[]): boolean =>
  first.some((line) => line.startsWith(FIELDS) && /\s(date|time|x-edge-request-id)\s/.test(`${line} `));

type Column = (value: string, into: LogRequest) => void;

/** What stands for nothing, and how names of programs are written: IIS has `+` for a space, CloudFront percent codes. */
function textOf(value: string): string {
  if (value === '-') return '';
  const spaced = value.includes(' ') ? value : value.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

const numberOf = (value: string): number => Number(value) || 0;

/** Columns of IIS, CloudFront and other programs. Seconds have a fraction (CloudFront); IIS logs whole milliseconds. */
const COLUMNS: ReadonlyMap<string, Column> = new Map(
  Object.entries<Column>({
    'c-ip': (value, into) => {
      into.address = withoutPort(value);
    },
    'cs-method': (value, into) => {
      into.method = value === '-' ? '' : value;
    },
    'cs-uri-stem': (value, into) => {
      into.target = value === '-' ? '' : value;
    },
    'cs-uri': (value, into) => {
      into.target = value.replace(/^https?:\/\/[^/]*/, '') || '/';
    },
    'cs-uri-query': (value, into) => {
      into.target += value === '-' ? '' : `?${value}`;
    },
    'cs-version': (value, into) => {
      into.protocol = value === '-' ? '' : value;
    },
    'cs-protocol-version': (value, into) => {
      into.protocol = value === '-' ? '' : value;
    },
    'sc-status': (value, into) => {
      into.status = numberOf(value);
    },
    'sc-bytes': (value, into) => {
      into.bytes = numberOf(value);
    },
    'time-taken': (value, into) => {
      into.duration = value === '-' ? Number.NaN : Number(value) * (value.includes('.') ? 1000 : 1);
    },
    'cs(user-agent)': (value, into) => {
      into.agent = textOf(value);
    },
    'cs(referer)': (value, into) => {
      into.referer = textOf(value);
    },
  }),
);

/**
 * Reads W3C extended logs (IIS, CloudFront). Times are UTC, as the specification asks.
 * Spec: W3C working draft "Extended Log File Format" (1996).
 */
export function openW3cLog(): LineParser {
  let names: string[] = [];
  let date = -1;
  let time = -1;
  return (line, into) => {
    if (line.startsWith(FIELDS)) {
      names = line.slice(FIELDS.length).trim().toLowerCase().split(/\s+/);
      date = names.indexOf('date');
      time = names.indexOf('time');
      return false;
    }
    if (line.startsWith('#') || time < 0) return false;
    const values = line.split(line.includes('\t') ? '\t' : ' ');
    if (values.length < names.length) return false;
    Object.assign(into, { address: '', agent: '', method: '', target: '', protocol: '', referer: '' });
    Object.assign(into, { status: 0, bytes: 0, duration: Number.NaN });
    into.at = readTimeValue(`${values[date] ?? ''} ${values[time]}`.trim());
    for (const [i, name] of names.entries()) COLUMNS.get(name)?.(values[i] ?? '-', into);
    return !Number.isNaN(into.at) && into.address !== '';
  };
}
