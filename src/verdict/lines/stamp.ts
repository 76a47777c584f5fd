const MONTHS: Readonly<Record<string, number>> = {
  ...{ Jan: 0, Feb: 1, Mar: 2, Apr: 3, May: 4, Jun: 5 },
  ...{ Jul: 6, Aug: 7, Sep: 8, Oct: 9, Nov: 10, Dec: 11 },
};

/** Letters of `30/Nov/2026:07:32:56 +0000`. */
export const STAMP_LENGTH = 26;

/**
 * Opens a reader of the time of common logs, `30/Nov/2026:07:32:56 +0000` (milliseconds after the seconds allowed), as
 * wall-clock ms; NaN when it is none. Lines of one second share the work.
 */
export function openStamps(): (line: string, from: number) => number {
  let last = '';
  let value = Number.NaN;
  return (line, from) => {
    if (last !== '' && line.startsWith(last, from)) return value;
    const text = line.slice(from, from + STAMP_LENGTH);
    value = readStamp(text);
    // A copy: a slice would keep the whole block of lines alive.
    last = Number.isNaN(value) ? '' : Buffer.from(text, 'latin1').toString('latin1');
    return value;
  };
}

function readStamp(text: string): number {
  const found = /^(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?/.exec(
    text,
  );
  const month = MONTHS[found?.[2] ?? ''];
  if (!found || month === undefined) return Number.NaN;
  const [, day, , year, hour, minute, second, sign, offsetHours, offsetMinutes] = found;
  const local = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  const offset = (Number(offsetHours ?? 0) * 60 + Number(offsetMinutes ?? 0)) * 60_000;
  return sign === '-' ? local + offset : local - offset;
}

/** The end of the year 9999: later times cannot be written as a date of four digits. */
const LATEST = 253_402_300_799_999;

/**
 * A time as programs write it, as wall-clock ms: ISO 8601, or seconds, milliseconds, microseconds or nanoseconds since
 * 1970, told apart by their size. NaN when it is none, or after the year 9999.
 */
export function readTimeValue(value: unknown): number {
  const time = timeIn(value);
  return Math.abs(time) <= LATEST ? time : Number.NaN;
}

function timeIn(value: unknown): number {
  if (typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))) {
    const number = Number(value);
    if (number < 1e8) return Number.NaN;
    if (number < 1e11) return number * 1000;
    if (number < 1e14) return number;
    return number < 1e17 ? number / 1e3 : number / 1e6;
  }
  if (typeof value !== 'string') return Number.NaN;
  const common = readStamp(value.replace(/^\[/, ''));
  if (!Number.isNaN(common)) return common;
  // Without a zone it is taken as UTC, so that the answer does not depend on the machine.
  const zoned = /[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?$/.test(value) ? `${value}Z` : value;
  return Date.parse(zoned.replace(' ', 'T').replace(',', '.'));
}
