import { createHash } from 'node:crypto';
import { canonical, type Json } from './canonical-json.ts';

/**
 * What an entry says, as JSON members of its own. `seq`, `previous` and `dropped` belong to the journal; `by` names the
 * writer where several write into one file, each with a chain of its own.
 */
export interface Entry {
  readonly [member: string]: Json | undefined;
}

/** Where a chain stands: the number of its newest entry, and the hash of that line; 0 and '' before the first. */
export interface ChainTail {
  readonly seq: number;
  readonly hash: string;
}

/** The beginning of every chain. */
export const NO_ENTRY: ChainTail = { seq: 0, hash: '' };

/** What the next entry calls `previous`: SHA-256 of a line, without its line feed, in hexadecimal. */
export const hashOf = (line: string): string => createHash('sha256').update(line).digest('hex');

/**
 * An entry as the line that follows `tail`.
 * @throws RangeError on numbers that JSON cannot represent. Spec: RFC 8785.
 */
export const lineAfter = (tail: ChainTail, entry: Entry): string =>
  canonical({ ...entry, seq: tail.seq + 1, previous: tail.hash } as Json);

/** The members of a line, or undefined when it is no entry: empty, torn, or something else. */
export function parseLine(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch {
    return undefined;
  }
}

/** True for an entry with its place in a chain; older versions wrote some files without. */
export const isChained = (entry: Entry): entry is Entry & { seq: number; previous: string } =>
  Number.isSafeInteger(entry.seq) && typeof entry.previous === 'string';

/** Where a chain stands after this line. */
export function tailAt(line: string | undefined): ChainTail {
  const entry = line === undefined ? undefined : parseLine(line);
  if (line === undefined || !entry) return NO_ENTRY;
  // A line without a place, from an older version, is covered by the hash of the first that has one.
  return { seq: isChained(entry) ? entry.seq : 0, hash: hashOf(line) };
}

/**
 * The newest line of one writer (`by`), or of the file when it is undefined; `bytes` is the end of a file. A torn line
 * is none, and neither is the first where `bytes` begins within it.
 */
export function lastLineOf(bytes: Buffer, by: string | undefined): string | undefined {
  const mark = by === undefined ? '{' : `"by":${JSON.stringify(by)}`;
  for (let end = bytes.length; end > 0; ) {
    const found = bytes.lastIndexOf(mark, end - 1);
    if (found < 0) return undefined;
    const from = bytes.lastIndexOf('\n', found) + 1;
    const to = bytes.indexOf('\n', found);
    const line = bytes.toString('utf8', from, to < 0 ? bytes.length : to);
    const entry = parseLine(line);
    if (entry && (by === undefined || entry.by === by)) return line;
    end = from;
  }
  return undefined;
}

/** What the entries of a journal say, in order and without what belongs to the journal. Torn lines are left out. */
export function readEntries<Said>(text: string): Said[] {
  const found: Said[] = [];
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (!entry) continue;
    const { seq: _seq, previous: _previous, dropped: _dropped, ...said } = entry;
    found.push(said as Said);
  }
  return found;
}
