import { CLASSES, ENDLESS, NEVER, PERSONAL_QUERY, PLAYLIST_QUERY } from './classes.ts';
import type { EdgeOptions } from './options.ts';

/** The rules as text and one table, for a CDN that is configured by hand. */
export function cdn({ origin }: EdgeOptions): string {
  const rows = CLASSES.map(
    ({ id, what, path, keeps, query, blocks }) =>
      `### ${id}\n\n${what}\n\n    path       ${path}\n    keep       ${keeps}\n    query      ${
        query === 'playlist' ? `only ${Object.keys(PLAYLIST_QUERY).join(', ')}` : 'drop all of it'
      }\n    origin     ${blocks ? 'may take up to 15 s before its first byte' : 'answers at once'}\n`,
  );
  return `# Earshot behind a CDN

Origin: ${origin.host}, port ${origin.port}. Written by \`earshot edge cdn\`.

1. Respect the origin's Cache-Control, with stale-while-revalidate and stale-if-error where the CDN knows them (RFC 5861).
   Set no time of your own, and keep no answer that has none.
2. For the paths below: leave the host name out of the cache key, or give the CDN one name only. Drop Cookie and Authorization from
   the request and Set-Cookie from the answer. The answers are the same bytes for everyone and carry no cookie.
3. Drop the query from the key and from the request, except where a class names parameters. Otherwise each random query
   string is one more request to the origin. Requests for pages with ${PERSONAL_QUERY.join(', ')} are passed on.
4. Turn on request collapsing (also called coalescing, or an origin shield) for segments and playlists. A first-byte
   time-out under 20 s breaks what blocks.
5. Pages vary by accept-language as well: keep two copies, fr and en, by which of the two is named first, and send the
   origin that word. Vary: accept-encoding has at most three values here (br, gzip, none). Do not compress again and do not change bodies.
6. Pass on everything else as it is, unbuffered and without a time limit on the answer: ${ENDLESS}
   is endless. If the CDN cannot do that, send listeners' streams to the origin's own name and only the paths below through it.

Never keep, whatever a header says: ${NEVER.join(' ')}

## What may be kept

${rows.join('\n')}
## After setting it up

    earshot doctor --behind https://cdn.example.org/r/ROOM

says what it found: kept, collapsed, unbuffered, cookies. Then name it to Earshot, so that players are sent there when it
is needed: the setting \`caches\`, such as \`--caches https://cdn.example.org\`.
`;
}
