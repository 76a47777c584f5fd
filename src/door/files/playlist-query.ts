/** A number in canonical form; anything else maps to one value, which is refused. */
const number = (text: string): string => (/^\d{1,10}$/.test(text) ? String(Number(text)) : 'none');
/** The query parameters of low-latency players, in canonical form. Spec: draft-pantos-hls-rfc8216bis, 6.2.5. */
const HLS_PARAMETERS = [
  ['_HLS_msn', number],
  ['_HLS_part', number],
  ['_HLS_skip', (text: string) => (text === 'YES' || text === 'v2' ? 'YES' : undefined)],
] as const;
const PLAYLIST = /\.m3u8$/;

/** The meaningful parameters of a playlist's query, in one order: made-up parameters must not multiply the work. */
function meaningOf(query: string): string {
  const given = new URLSearchParams(query);
  const kept = new URLSearchParams();
  for (const [name, read] of HLS_PARAMETERS) {
    const value = given.get(name);
    const means = value === null ? undefined : read(value);
    if (means !== undefined) kept.set(name, means);
  }
  return kept.toString();
}

/** Reads queries of small files: all that mean the same are answered with the same bytes. */
export class PlaylistQueries {
  /** In a crowd the next query is usually the same as the last one. */
  #lately = { query: '', means: '' };

  /** What a query means at a path; empty where it means nothing. */
  meaning(path: string, query: string): string {
    if (query === '' || !PLAYLIST.test(path)) return '';
    if (query !== this.#lately.query) this.#lately = { query, means: meaningOf(query) };
    return this.#lately.means;
  }
}
