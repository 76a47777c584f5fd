import type { Context } from 'hono';
import { z } from 'zod';
import { type Attempted, complaint, isRefusal } from './answer.ts';

/** Where a page of a list begins: after the row with this number (newest first) and key. */
export interface Cursor {
  readonly at: number;
  readonly key: string;
}

const LONGEST = 400;

/** A cursor as clients carry it: they give it back, and do not look inside. */
export const cursorText = ({ at, key }: Cursor): string =>
  Buffer.from(JSON.stringify([at, key])).toString('base64url');

/** The cursor in a query; undefined when there is none. */
export function readCursor(text: string | undefined): Attempted<{ after?: Cursor }> {
  if (text === undefined) return {};
  try {
    if (text.length > LONGEST) throw new Error('too long');
    const [at, key] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (typeof at === 'number' && Number.isSafeInteger(at) && typeof key === 'string')
      return { after: { at, key } };
  } catch {
    // Said below.
  }
  return { refused: 'unprocessable', detail: 'cursor: use next of the page before, unchanged' };
}

/** The part of a query that says which page of a list is wanted: at most `most` rows; `usual`: where it does not say. */
export function pageQuery(most: number, usual = most) {
  const words = `use a whole number from 1 to ${most}`;
  return z.object({
    limit: z.coerce.number(words).int(words).min(1, words).max(most, words).default(usual),
    cursor: z.string('use next of the page before').optional(),
  });
}

/** Which page of a list is wanted. */
export interface PageWanted {
  readonly limit: number;
  readonly after?: Cursor | undefined;
}

/** Which page of a list a request wants. */
export function pageWanted(query: unknown, most: number, usual = most): Attempted<PageWanted> {
  const read = pageQuery(most, usual).safeParse(query);
  if (!read.success) return { refused: 'unprocessable', detail: complaint(read.error) };
  const from = readCursor(read.data.cursor);
  return isRefusal(from) ? from : { limit: read.data.limit, after: from.after };
}

/**
 * One page of rows that are in the order of their cursors, the newest first, and the cursor of the next page. A row that
 * comes or goes meanwhile neither shifts nor repeats another.
 */
export function pageIn<T>(
  rows: readonly T[],
  at: (row: T) => Cursor,
  { limit, after }: PageWanted,
): { readonly rows: readonly T[]; readonly next: Cursor | undefined } {
  const isAfter = (row: T): boolean => {
    const one = at(row);
    return !after || one.at < after.at || (one.at === after.at && one.key < after.key);
  };
  const rest = rows.filter(isAfter).sort((a, b) => {
    const [one, other] = [at(a), at(b)];
    return other.at - one.at || (one.key < other.key ? 1 : -1);
  });
  const shown = rest.slice(0, limit);
  const last = rest.length > limit ? shown.at(-1) : undefined;
  return { rows: shown, next: last && at(last) };
}

/** A page of rows of which one more than `limit` was read, to know whether there is a next page. */
export function pageRead<T>(
  read: readonly T[],
  at: (row: T) => Cursor,
  limit: number,
): { readonly rows: readonly T[]; readonly next: Cursor | undefined } {
  const rows = read.slice(0, limit);
  const last = read.length > limit ? rows.at(-1) : undefined;
  return { rows, next: last && at(last) };
}

/** The address of the next page, for `Link`. Spec: RFC 8288, 3. */
export function nextLink(c: Context, next: Cursor): string {
  const query = new URLSearchParams(c.req.query());
  query.set('cursor', cursorText(next));
  return `<${c.req.path}?${query}>; rel="next"`;
}

/**
 * A page of a list: `{[name]: rows, next?}`, and the same address of the next page in `Link`. `next` is absent on the
 * last page. A row is never shown twice or left out because of rows that come or go meanwhile. Spec: RFC 8288, 3.
 */
export function pageOf(
  c: Context,
  name: string,
  rows: readonly object[],
  next: Cursor | undefined,
  more: object = {},
): Response {
  if (!next) return c.json({ [name]: rows, ...more });
  return c.json({ [name]: rows, ...more, next: cursorText(next) }, 200, { link: nextLink(c, next) });
}
