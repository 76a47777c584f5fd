/**
 * Rows of posts: six doubles each, in the order of posts. The post's number, its four sums in the order of `POST_EVENTS`,
 * and the index of its newest entry in the evidence log, or -1.
 */

/** Numbers in a row. */
export const ROW = 6;

/** The first place, in rows, whose post is not below `post`. */
export function placeOf(rows: Float64Array, post: number): number {
  let [low, high] = [0, rows.length / ROW];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle * ROW] as number) < post) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The row of a post; undefined when it has none. */
export function rowIn(rows: Float64Array, post: number): Float64Array | undefined {
  const at = placeOf(rows, post) * ROW;
  return rows[at] === post ? rows.subarray(at, at + ROW) : undefined;
}

/** All rows of both; those of `news` in place of those of the same posts. */
export function mergeRows(rows: Float64Array, news: Float64Array): Float64Array {
  if (news.length === 0) return rows;
  const merged = new Float64Array(rows.length + news.length);
  let [from, to] = [0, 0];
  for (let next = 0; next < news.length; next += ROW) {
    const post = news[next] as number;
    const first = from;
    while (from < rows.length && (rows[from] as number) < post) from += ROW;
    merged.set(rows.subarray(first, from), to);
    to += from - first;
    if (rows[from] === post) from += ROW;
    merged.set(news.subarray(next, next + ROW), to);
    to += ROW;
  }
  merged.set(rows.subarray(from), to);
  return merged.subarray(0, to + rows.length - from);
}

/** True when posts are numbers above 0 and each is above the one before, from `after` on. */
export function areInOrder(rows: Float64Array, after = 0): boolean {
  let last = after;
  for (let at = 0; at < rows.length; at += ROW) {
    const post = rows[at] as number;
    if (!(post > last)) return false;
    last = post;
  }
  return true;
}
