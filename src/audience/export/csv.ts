import type { LoggedItem } from '../evening.ts';
import { definitionLines, type ExportRow, exportRows } from './rows.ts';

const COLUMNS = [
  ...['at', 'metric', 'part', 'unit', 'net', 'gross', 'delivered', 'proven'],
  ...['method', 'error', 'status', 'state', 'entry'],
] as const satisfies readonly (keyof ExportRow)[];

/** A field, quoted where it must be. A text that a spreadsheet would take for a formula keeps an apostrophe before it. */
function field(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Text of comments in ASCII: spreadsheets that are not told of UTF-8 show everything else as two or three wrong letters. */
const asciiOf = (text: string): string =>
  text
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/[“”]/g, '"')
    .replaceAll(/[–—]/g, '-')
    .replaceAll('≥', 'at least ')
    .replaceAll('≤', 'at most ')
    .replaceAll(/[^\x20-\x7e]/g, '?');

/**
 * The figures of a room as CSV, in pieces of some rows: comment lines with every definition, a header, the rows. Spec:
 * RFC 4180; lines that begin with `#` are comments to most readers (DuckDB, pandas, R).
 */
export function* csvOf(room: string, entries: Iterable<LoggedItem>): Generator<string> {
  yield [
    `# Earshot, figures of the room ${room}. Times are UTC.`,
    '# A figure in one row may not be added to a figure of another metric.',
    ...definitionLines().map((line) => `# ${asciiOf(line)}`),
    COLUMNS.join(',').replace(/^at,/, 'time,'),
    '',
  ].join('\r\n');
  let lines: string[] = [];
  for (const row of exportRows(entries)) {
    const cells = COLUMNS.map((name) => field(name === 'at' ? new Date(row.at).toISOString() : row[name]));
    lines.push(cells.join(','));
    if (lines.length < 500) continue;
    yield `${lines.join('\r\n')}\r\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\r\n')}\r\n`;
}
