import type { Context } from 'hono';
import type { Attempted } from './answer.ts';

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

/**
 * A page of a list: `{[name]: rows, next?}`, and the same address of the next page in `Link`. `next` is absent on the
 * last page. A row is never shown twice or left out because of rows that come or go meanwhile. Spec: RFC 8288, 3.
 */
export function pageOf(
  c: Context,
  name: string,
  rows: readonly object[],
  next: Cursor | undefined,
): Response {
  if (!next) return c.json({ [name]: rows });
  const cursor = cursorText(next);
  const query = new URLSearchParams(c.req.query());
  query.set('cursor', cursor);
  return c.json({ [name]: rows, next: cursor }, 200, { link: `<${c.req.path}?${query}>; rel="next"` });
}
