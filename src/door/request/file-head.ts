import { sourceOf } from '../../http/index.ts';
import { FIELD_LINE } from './header-line.ts';

/**
 * How a request head on a connection for small public files is treated. `file`: it asks for one of them, which is
 * answered from a shared buffer. `other`: anything else, for the full HTTP server.
 */
export type FileHead =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly query: string;
      readonly gzip: boolean;
      /** The header lines as they came: a client's next request usually has the same ones. */
      readonly fields: string;
      /** Bytes of the head. */
      readonly length: number;
    }
  | { readonly kind: 'other' | 'more' };

const OTHER: FileHead = { kind: 'other' };
const MORE: FileHead = { kind: 'more' };

/** Playlists, parts, segments and the state: files that are the same bytes for every listener of a room. */
const SHARED = sourceOf(({ shared }) => shared === true).replaceAll('(', '(?:');
const REQUEST_LINE = new RegExp(`^GET (${SHARED})(?:\\?([\\x21-\\x7e]{0,512}))? HTTP/1\\.1$`);
/** A number with leading zeros would be another name for the same file; it is not cached under both. */
const PADDED = /[/.]0\d+\./;
/** Headers that change the answer or frame a body: requests with one of them go to the full HTTP server. */
const CHANGES_ANSWER =
  /^(?:if-|range$|content-length$|transfer-encoding$|expect$|upgrade$|connection$|trailer$|te$)/;
const CODED = /(?:^|,)\s*gzip\s*(?:,|$|;(?!\s*q=0(?:\.0*)?\s*(?:,|$)))/i;

/** Whether the client accepts gzip; undefined when a header makes the answer different from everyone else's. */
function acceptsGzip(fields: string, most: number): boolean | undefined {
  const lines = fields.split('\r\n');
  if (lines.length > most) return undefined;
  let hosts = 0;
  let gzip = false;
  for (const line of lines) {
    const field = FIELD_LINE.exec(line);
    if (!field) return undefined;
    const name = (field[1] ?? '').toLowerCase();
    if (name === 'host') hosts += 1;
    else if (name === 'accept-encoding') gzip = CODED.test(field[2] ?? '');
    else if (name === 'connection' && (field[2] ?? '').trim().toLowerCase() === 'keep-alive') continue;
    else if (CHANGES_ANSWER.test(name)) return undefined;
  }
  return hosts === 1 ? gzip : undefined;
}

/**
 * Reads the head at the beginning of `bytes`. `before` is the last head of the same connection: a client's headers do
 * not change from one request to the next, so they are examined once. Spec: RFC 9112.
 */
export function readFileHead(
  bytes: Buffer,
  limits: { headBytes: number; headers: number },
  before?: { readonly fields: string; readonly gzip: boolean },
): FileHead {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, limits.headBytes));
  const line = text.indexOf('\r\n');
  if (line < 0)
    return bytes.length < limits.headBytes && 'GET /r/'.startsWith(text.slice(0, 7)) ? MORE : OTHER;
  const request = REQUEST_LINE.exec(text.slice(0, line));
  if (!request || PADDED.test(request[1] ?? '')) return OTHER;
  const end = text.indexOf('\r\n\r\n', line);
  if (end < 0) return bytes.length < limits.headBytes ? MORE : OTHER;
  const fields = text.slice(line + 2, end);
  const known = before?.fields === fields ? before : undefined;
  const gzip = known ? known.gzip : acceptsGzip(fields, limits.headers);
  if (gzip === undefined) return OTHER;
  return {
    kind: 'file',
    path: request[1] ?? '',
    query: request[2] ?? '',
    gzip,
    fields: known?.fields ?? fields,
    length: end + 4,
  };
}

const FORWARDED_FOR = /(?:^|\r\n)x-forwarded-for:[ \t]*([^\r\n]*)/gi;

/** What stands in X-Forwarded-For among header lines, all lines of it in their order. */
export function forwardedForIn(fields: string): string | undefined {
  const said = [...fields.matchAll(FORWARDED_FOR)].map(([, value]) => value);
  return said.length > 0 ? said.join(',') : undefined;
}

const AGENT = /(?:^|\r\n)user-agent:[ \t]*([^\r\n]*)/i;

/** The User-Agent among header lines; empty where there is none. */
export const agentIn = (fields: string): string => AGENT.exec(fields)?.[1]?.trimEnd() ?? '';

const REFERER = /(?:^|\r\n)referer:[ \t]*([^\r\n]*)/i;

/** The page to which a request belongs, among header lines; undefined where none is named. */
export const refererIn = (fields: string): string | undefined => REFERER.exec(fields)?.[1];
