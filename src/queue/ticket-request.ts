import { problem, type Reply } from '../base/reply.ts';
import { readBody } from '../http/index.ts';
import { bearer } from '../keys/token.ts';

/** A request as the queue sees it. */
export interface QueueRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** True when the client speaks TLS, to the door or to a listed proxy in front. */
  readonly secure: boolean;
  /** Stopping before its end must not close the connection: an answer is to follow. */
  readonly body: AsyncIterable<Uint8Array>;
}

const MAX_BODY_BYTES = 2_048;
/** The cookie in which a browser keeps its ticket. */
export const COOKIE = 'earshot-ticket';
/** How long: longer than any event, so that somebody who closes the tab for dinner still has a ticket to send. */
export const COOKIE_SECONDS = 86_400;

/** The value of a header; of several the first. */
export const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0];

/** True for what an HTML form sent. */
export const isForm = (request: QueueRequest): boolean =>
  (one(request.headers['content-type']) ?? '').startsWith('application/x-www-form-urlencoded');

/** The ticket that the browser keeps. */
export const cookieOf = (request: QueueRequest): string | undefined =>
  new RegExp(`(?:^|;\\s*)${COOKIE}=([^;\\s]+)`).exec(one(request.headers.cookie) ?? '')?.[1];

/** The ticket of a request: from its body, else from a Bearer token, else from the cookie. Null for a broken body. */
export function shownIn(request: QueueRequest, body: Buffer, form: boolean): string | null | undefined {
  const elsewhere = bearer(one(request.headers.authorization)) ?? cookieOf(request);
  if (body.length === 0) return elsewhere;
  const text = body.toString('utf8');
  if (form) return new URLSearchParams(text).get('code') ?? elsewhere;
  try {
    const { ticket } = (JSON.parse(text) ?? {}) as { ticket?: unknown };
    return typeof ticket === 'string' ? ticket : elsewhere;
  } catch {
    return null;
  }
}

/** After a body that is not read to its end, the connection has to close. */
export const tooLarge = (): Reply =>
  problem('too-large', `A request for a ticket holds at most ${MAX_BODY_BYTES} bytes.`, {
    connection: 'close',
  });

/** The body, or undefined when it is too large or broke off. */
export async function readTicketBody({ headers, body }: QueueRequest): Promise<Buffer | undefined> {
  const read = await readBody(body, one(headers['content-length']), MAX_BODY_BYTES);
  return typeof read === 'string' ? undefined : read;
}
