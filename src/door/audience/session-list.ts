/**
 * The playlist where a player begins, with a session in the addresses of its variants: that tells players apart which
 * share an address and a name. It is for one player alone, so no cache may keep it; variants that lie in a cache stay
 * as they are, and so do the playlists behind it, which are the same for everyone.
 */

const HEAD_END = '\r\n\r\n';
/** `cache-control` and what it says of caches. */
const CACHE_CONTROL = /\r\ncache-control:[^\r\n]*/i;
const LENGTH = /\r\ncontent-length:[^\r\n]*/i;
const TAG = /\r\netag:[^\r\n]*/i;

const withSession = (uri: string, token: string): string =>
  `${uri}${uri.includes('?') ? '&' : '?'}session=${token}`;

/** True for an address that leads to the folder of the playlist itself. */
const isNear = (line: string): boolean =>
  line !== '' && !line.startsWith('#') && !line.startsWith('/') && !/^[a-z][a-z\d+.-]*:/i.test(line);

/**
 * Adds a session to an answer, head and body, that holds a multivariant playlist, so that it is for one player; any
 * other answer stays unchanged.
 */
export function withSessions(answer: Buffer, token: string): Buffer {
  const text = answer.toString('latin1');
  const end = text.indexOf(HEAD_END);
  if (end < 0 || !text.startsWith('HTTP/1.1 200 ') || /\r\ncontent-encoding:/i.test(text.slice(0, end)))
    return answer;
  const lines = answer
    .subarray(end + HEAD_END.length)
    .toString('utf8')
    .split('\n');
  const body = Buffer.from(lines.map((line) => (isNear(line) ? withSession(line, token) : line)).join('\n'));
  const head = text
    .slice(0, end)
    .replace(CACHE_CONTROL, '\r\ncache-control: private, no-store')
    .replace(TAG, '')
    .replace(LENGTH, `\r\ncontent-length: ${body.length}`);
  return Buffer.concat([Buffer.from(head + HEAD_END, 'latin1'), body]);
}
