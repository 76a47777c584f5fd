import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { codedTag, matches, takes } from '../../base/negotiation.ts';
import type { Reply } from '../../base/reply.ts';
import { SHORT_STYLE } from '../../pages/index.ts';
import type { RoomCard } from '../../wire/room.ts';

/** The content type of a plain-text answer. */
export const TEXT = 'text/plain; charset=utf-8';

/** Headers of every answer, whoever made it. */
export const ALWAYS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' } as const;
/** What no page of ours uses but the studio's, which has a microphone. */
const NO_DEVICES = 'microphone=(), camera=(), geolocation=()';

/**
 * Headers of whatever a browser may show as a document: by itself it loads nothing, sends nothing, is shown in no other
 * page, and has no device. Pages say what they need instead.
 */
export const DOCUMENT_HEADERS = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'permissions-policy': NO_DEVICES,
  'cross-origin-opener-policy': 'same-origin',
} as const;

/**
 * Headers of every page: our own scripts, styles and media (blob: is MediaSource), nothing inline, nothing foreign.
 * Spec: CSP 3.
 */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; " +
    "form-action 'self'; frame-ancestors 'self'",
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** Headers of a page that is sent instead of another one: its style is inline, by its hash, and it has no scripts. */
export const SHORT_PAGE_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'content-security-policy': `default-src 'none'; style-src ${SHORT_STYLE}; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
};

/** The same in a page of another site. */
export function shortFrameHeaders(framedBy = '*'): Record<string, string> {
  const { 'cross-origin-opener-policy': _, ...rest } = SHORT_PAGE_HEADERS;
  return {
    ...rest,
    'content-security-policy': String(rest['content-security-policy']).replace(
      "frame-ancestors 'self'",
      `frame-ancestors ${framedBy}`,
    ),
    'permissions-policy': NO_DEVICES,
  };
}

/** Headers of the page that browsers keep for moments without a connection: a short page with a script. */
export const OFFLINE_HEADERS: Readonly<Record<string, string>> = {
  ...PAGE_HEADERS,
  'content-security-policy': `default-src 'none'; style-src ${SHORT_STYLE}; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
};

/** The headers of a page whose scripts may also read from caches in front of the doors. */
export const pageHeaders = (caches: readonly string[]): Record<string, string> => ({
  ...PAGE_HEADERS,
  'content-security-policy': PAGE_HEADERS['content-security-policy'].replace(
    "connect-src 'self'",
    ["connect-src 'self'", ...caches].join(' '),
  ),
});

/** The same for pages that other sites may show inside theirs: no microphone, and no window of its own. */
export function embedHeaders(caches: readonly string[], framedBy: string): Record<string, string> {
  const { 'cross-origin-opener-policy': _, ...rest } = pageHeaders(caches);
  return {
    ...rest,
    'content-security-policy': String(rest['content-security-policy'])
      .replace("form-action 'self'", "form-action 'none'")
      .replace("frame-ancestors 'self'", `frame-ancestors ${framedBy}`),
    'permissions-policy': NO_DEVICES,
  };
}

/** The headers of a clip there: it has no script. */
export const clipEmbedHeaders = (framedBy: string): Record<string, string> => ({
  ...embedHeaders([], framedBy),
  'content-security-policy': `default-src 'none'; style-src 'self'; font-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${framedBy}`,
});

/** The same of a room: what is private is in nobody else's page, whoever has its key. */
export const framesOf = (
  { access }: Pick<RoomCard, 'access'>,
  head: Record<string, string>,
): Record<string, string> =>
  access === 'private'
    ? {
        ...head,
        'content-security-policy': String(head['content-security-policy']).replace(
          /frame-ancestors .*$/,
          "frame-ancestors 'self'",
        ),
      }
    : head;

/** True for a streamed body. */
export const isStream = (body: Reply['body']): body is Readable =>
  typeof body !== 'string' && !(body instanceof Uint8Array);

/** Writes a Reply to a Node response. HEAD gets the same head and no body. */
export function send(req: IncomingMessage, res: ServerResponse, reply: Reply) {
  const { body } = reply;
  if (isStream(body)) {
    if (res.destroyed) return void body.destroy();
    res.writeHead(reply.status, { ...ALWAYS, ...reply.headers });
    if (req.method === 'HEAD') {
      body.destroy();
      return void res.end();
    }
    body.on('error', () => res.destroy());
    res.on('close', () => body.destroy());
    return void body.pipe(res);
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const bodyless = reply.status === 304 || reply.status === 204;
  res.writeHead(reply.status, {
    ...ALWAYS,
    ...reply.headers,
    ...(bodyless ? {} : { 'content-length': String(bytes.length) }),
  });
  if (bodyless || req.method === 'HEAD') res.end();
  else res.end(bytes);
}

/** Content in up to three encodings. */
export interface Coded {
  readonly bytes: Uint8Array;
  readonly br?: Uint8Array;
  readonly gzip?: Uint8Array;
}

/** The smallest encoding that the client accepts: `br`, `gzip` or neither. Spec: RFC 9110, 12.5.3. */
export function coding(accept: string | undefined, thing: Coded): 'br' | 'gzip' | undefined {
  if (thing.br && takes(accept, 'br')) return 'br';
  if (thing.gzip && takes(accept, 'gzip')) return 'gzip';
  return undefined;
}

/** Answers with content in the client's best encoding, or 304. */
export function sendCoded(
  req: IncomingMessage,
  res: ServerResponse,
  thing: Coded & { readonly etag: string },
  headers: Readonly<Record<string, string>>,
  status = 200,
) {
  const chosen = coding(req.headers['accept-encoding'], thing);
  const etag = codedTag(thing.etag, chosen);
  const common = { vary: 'accept-encoding', ...headers, etag };
  if (status === 200 && matches(req.headers['if-none-match'], etag)) {
    return send(req, res, { status: 304, headers: common, body: '' });
  }
  const body = (chosen && thing[chosen]) ?? thing.bytes;
  send(req, res, { status, headers: chosen ? { ...common, 'content-encoding': chosen } : common, body });
}
