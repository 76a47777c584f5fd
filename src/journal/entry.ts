import { createHash } from 'node:crypto';
import { canonical, type Json } from './canonical-json.ts';

/**
 * The contents of a journal entry, as JSON members. `seq`, `previous` and `dropped` belong to the journal; `by` names
 * the writer where several write to one file, each with its own chain.
 */
export interface Entry {
  readonly [member: string]: Json | undefined;
}

/** The end of a chain: the number of its newest entry, and the hash of that line; 0 and '' before the first. */
export interface ChainTail {
  readonly seq: number;
  readonly hash: string;
}

/** The end of an empty chain. */
export const NO_ENTRY: ChainTail = { seq: 0, hash: '' };

/** The hash that the next entry holds as `previous`: SHA-256 of a line without its line feed, in hexadecimal. */
export const hashOf = (line: string): string => createHash('sha256').update(line).digest('hex');

/**
 * Formats an entry as the line that follows `tail`. @throws RangeError on numbers that JSON cannot represent. Spec: RFC
 * 8785.
 */
export const lineAfter = (tail: ChainTail, entry: Entry): string =>
  canonical({ ...entry, seq: tail.seq + 1, previous: tail.hash } as Json);

/** The members of a line, or undefined when it is not an entry: empty, torn, or something else. */
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

/** The end of the chain after this line. */
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

/**
 * The contents of a journal's entries, in order, without the members that belong to the journal. Torn lines are
 * skipped.
 */
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
