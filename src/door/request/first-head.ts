import { sourceOf } from '../../http/index.ts';
import { FIELD_LINE } from './header-line.ts';

/**
 * How the first bytes of a connection are treated. `stream`: a plain GET or HEAD of a stream, handled here. `other`:
 * a complete head of anything else, or bytes that cannot become a head, for the HTTP server. `bad`: ambiguous or
 * malformed, refused at once.
 */
export type FirstHead =
  | {
      readonly kind: 'stream';
      readonly method: 'GET' | 'HEAD';
      readonly target: string;
      /** The value of X-Forwarded-For, all lines of it. */
      readonly forwardedFor?: string;
      /** True with `Icy-MetaData: 1`. */
      readonly titles?: true;
    }
  | { readonly kind: 'other' | 'more' | 'bad' | 'too-large' };

const OTHER: FirstHead = { kind: 'other' };
const MORE: FirstHead = { kind: 'more' };
const BAD: FirstHead = { kind: 'bad' };
const TOO_LARGE: FirstHead = { kind: 'too-large' };

const ENDLESS = sourceOf(({ endless }) => endless === true).replaceAll('(', '(?:');
const REQUEST_LINE = new RegExp(`^(GET|HEAD) (${ENDLESS}(?:\\?[\\x21-\\x7e]*)?) HTTP/1\\.([01])$`);

/** A request line, of any method, that makes it worth waiting for the rest; anything else is judged at once. */
const ANY_LINE = /^[A-Z]{1,16} [\x21-\x7e]+ HTTP\/1\.[01]$/;
const ANY_BEGINNING = /^[A-Z]{1,16}(?: |$)/;
/** A line that does not end with CRLF. */
const BARE_LF = /(?:^|[^\r])\n/;

/** True while the text could still become a request for a stream. */
const couldBeStream = (text: string): boolean => {
  const wanted = text.startsWith('H') ? 'HEAD /r/' : 'GET /r/';
  return text.length < wanted.length ? wanted.startsWith(text) : text.startsWith(wanted);
};

/**
 * Reads the head of a connection's first request. Only requests for a stream are validated here, and strictly: a
 * repeated Host or Content-Length, a Transfer-Encoding beside a Content-Length, NUL, a bare CR or LF and folded lines
 * are `bad`. Spec: RFC 9112, 2.2, 3.2, 5.2, 6.3.
 */
export function readFirstHead(bytes: Buffer, limits: { headBytes: number; headers: number }): FirstHead {
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, limits.headBytes));
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) {
    const line = text.indexOf('\r\n');
    const first = line < 0 ? text : text.slice(0, line);
    const stream = line < 0 ? couldBeStream(text) : REQUEST_LINE.test(first);
    if (bytes.length >= limits.headBytes) return stream ? TOO_LARGE : OTHER;
    if (stream) return MORE;
    // The full HTTP parser costs ten times as much as holding a few bytes, so it starts when there is something to
    // read.
    return (line < 0 ? ANY_BEGINNING : ANY_LINE).test(first) && !BARE_LF.test(text) ? MORE : OTHER;
  }
  if (!couldBeStream(text)) return OTHER;
  const lines = text.slice(0, end).split('\r\n');
  const request = REQUEST_LINE.exec(lines[0] ?? '');
  if (!request) return OTHER;
  if (lines.length - 1 > limits.headers) return TOO_LARGE;
  let hosts = 0;
  let lengths = 0;
  let length = '';
  let codings = 0;
  let forwardedFor: string | undefined;
  let titles = false;
  for (let i = 1; i < lines.length; i += 1) {
    const field = FIELD_LINE.exec(lines[i] ?? '');
    if (!field) return BAD;
    const name = (field[1] ?? '').toLowerCase();
    if (name === 'host') hosts += 1;
    else if (name === 'transfer-encoding') codings += 1;
    else if (name === 'x-forwarded-for')
      forwardedFor = forwardedFor === undefined ? field[2] : `${forwardedFor},${field[2]}`;
    else if (name === 'icy-metadata') titles = asksForTitles(field[2]);
    else if (name === 'content-length') {
      lengths += 1;
      length = (field[2] ?? '').trim();
    }
  }
  if (hosts > 1 || lengths > 1 || (lengths > 0 && codings > 0)) return BAD;
  if (hosts === 0 && request[3] === '1') return BAD;
  if (lengths > 0 && !/^\d{1,15}$/.test(length)) return BAD;
  if (codings > 0 || (lengths > 0 && Number(length) > 0)) return OTHER;
  return {
    kind: 'stream',
    method: request[1] as 'GET' | 'HEAD',
    target: request[2] ?? '',
    ...(forwardedFor === undefined ? {} : { forwardedFor }),
    ...(titles ? { titles } : {}),
  };
}

/** Whether an `Icy-MetaData` header asks for titles between the sound. */
export const asksForTitles = (value: string | undefined): boolean => value?.trim() === '1';

/** Headers that frame a body in another way, or ask for an interim response. */
const FRAMED = /\r\n(?:transfer-encoding|expect|upgrade)[ \t]*:/i;
const LENGTH = /\r\ncontent-length:[ \t]*(\d{1,6})[ \t]*\r\n/i;

const SIGNED = /\r\nauthorization[ \t]*:/i;

/**
 * True for a complete head of POST, PUT or PATCH by somebody who shows no token: whether its body is wanted can be said
 * before it comes.
 */
export function isUnsignedPost(head: Buffer): boolean {
  return head[0] === 0x50 && !SIGNED.test(head.toString('latin1', 0, head.indexOf('\r\n\r\n')));
}

/**
 * Length of a first request, head and body, when the body has a plain Content-Length of at most `bodyHeld`; 0 for any
 * other. It only says how long to wait: whoever answers the request validates it.
 */
export function wholeLength(bytes: Buffer, limits: { headBytes: number; bodyHeld: number }): number {
  // POST, PUT, PATCH; most requests are GET.
  if (bytes[0] !== 0x50) return 0;
  const text = bytes.toString('latin1', 0, Math.min(bytes.length, limits.headBytes));
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return 0;
  const head = text.slice(0, end + 2);
  const length = FRAMED.test(head) ? 0 : Number(LENGTH.exec(head)?.[1] ?? 0);
  return length > 0 && length <= limits.bodyHeld ? end + 4 + length : 0;
}
