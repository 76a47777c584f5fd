import { type Ms, ms } from '../../src/base/time.ts';
import { DEVICE_HEADER } from '../../src/wire/stage/hands.ts';
import { deviceKey } from '../kit/device-key.ts';
import { iceServersOf } from './ice-servers.ts';

/** Longest wait for an answer. A slower server is treated like one that cannot be reached. */
export const ANSWER_TIMEOUT = ms(10_000);

/** A WHIP or WHEP session as the server gave it. */
export interface AnsweredSession {
  /** Absolute URL for PATCH and DELETE. */
  readonly url: string;
  readonly etag: string | undefined;
  readonly answer: string;
  readonly iceServers: readonly RTCIceServer[];
}

/** Why a request failed. Status 0 with code `network`: there was no answer at all. */
export interface Refusal {
  readonly refused: true;
  readonly status: number;
  /** A code of Earshot's error catalogue; `network` without an answer, `http` for an answer without a code. */
  readonly code: string;
  readonly detail: string;
  /** From the Retry-After header, at most one minute; 0 when absent. */
  readonly retryAfter: Ms;
}

/** A link's token, or a function that returns the current one: a host can replace all links during a show. */
export type Token = string | (() => string);

/** What an exchange needs; `fetch` is replaced in tests. */
export interface ExchangeOptions {
  readonly token: Token;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
}

/** Whether an exchange was refused. */
export const isRefusal = (value: object | undefined): value is Refusal =>
  value !== undefined && 'refused' in value;

/**
 * Whether trying again later can help. It cannot for a room that is over or a wrong link; it can for a room not yet
 * open.
 */
export const isPassing = (refusal: Refusal): boolean =>
  refusal.status === 0 ||
  refusal.status === 408 ||
  refusal.status === 429 ||
  refusal.status >= 500 ||
  refusal.code === 'room-not-open' ||
  refusal.code === 'room-stopped' ||
  refusal.code === 'session-unknown';

/** Offers a session. Spec: RFC 9725, 4.2. */
export async function offer(
  url: string,
  sdp: string,
  options: ExchangeOptions,
): Promise<AnsweredSession | Refusal> {
  const response = await send(url, 'POST', options, { 'content-type': 'application/sdp' }, sdp);
  if (isRefusal(response)) return response;
  const location = response.headers.get('location');
  const answer = await response.text().catch(() => '');
  if (!location || !answer.startsWith('v=0'))
    return {
      refused: true,
      status: response.status,
      code: 'http',
      detail: 'The studio gave no answer.',
      retryAfter: ms(0),
    };
  return {
    url: new URL(location, response.url || url).href,
    etag: response.headers.get('etag') ?? undefined,
    answer,
    iceServers: iceServersOf(response.headers.get('link')),
  };
}

/** Asks for an ICE restart; the reply is the server's fragment. Spec: RFC 9725, 4.3.3. */
export async function restart(
  session: AnsweredSession,
  fragment: string,
  options: ExchangeOptions,
): Promise<string | Refusal> {
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' };
  const response = await send(session.url, 'PATCH', options, headers, fragment);
  return isRefusal(response) ? response : response.text().catch(() => '');
}

/** Whether the studio still has a session. False only when it says that the session does not exist or is not ours. */
export async function isAlive(session: AnsweredSession, options: ExchangeOptions): Promise<boolean> {
  const headers = { 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' };
  const response = await send(session.url, 'PATCH', options, headers, 'a=end-of-candidates\r\n');
  // An overloaded server has not forgotten the session.
  return !isRefusal(response) || ![404, 401, 403, 409, 410, 412, 422].includes(response.status);
}

/** Ends a session, also while the page closes. A failure does not matter: the server notices the loss by itself. */
export async function hangUp(session: AnsweredSession, options: ExchangeOptions): Promise<void> {
  await send(session.url, 'DELETE', options, {}, undefined, true);
}

/** The ICE servers that the endpoint names before a session exists; empty when it names none. Spec: RFC 9725, 4.6. */
export async function askIceServers(url: string, options: ExchangeOptions): Promise<RTCIceServer[]> {
  const response = await send(url, 'OPTIONS', options, {});
  return isRefusal(response) ? [] : iceServersOf(response.headers.get('link'));
}

async function send(
  url: string,
  method: string,
  options: ExchangeOptions,
  headers: Record<string, string>,
  body?: string,
  keepalive = false,
): Promise<Response | Refusal> {
  const stop = new AbortController();
  const abort = () => stop.abort();
  const timer = setTimeout(abort, ANSWER_TIMEOUT);
  if (options.signal?.aborted) abort();
  options.signal?.addEventListener('abort', abort, { once: true });
  try {
    const response = await (options.fetch ?? fetch)(url, {
      method,
      headers: {
        ...headers,
        [DEVICE_HEADER]: deviceKey(),
        authorization: `Bearer ${typeof options.token === 'string' ? options.token : options.token()}`,
      },
      keepalive,
      cache: 'no-store',
      ...(body === undefined ? {} : { body }),
      signal: stop.signal,
    });
    return response.ok ? response : await refusalOf(response);
  } catch (error) {
    return { refused: true, status: 0, code: 'network', detail: String(error), retryAfter: ms(0) };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', abort);
  }
}

/** Reads a refusal from an answer, from its problem+json where it has one. Spec: RFC 9457. */
export async function refusalOf(response: Response): Promise<Refusal> {
  const text = await response.text().catch(() => '');
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  let problem: { code?: unknown; detail?: unknown; title?: unknown } = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === 'object') problem = parsed;
  } catch {}
  return {
    refused: true,
    status: response.status,
    code: typeof problem.code === 'string' ? problem.code : 'http',
    detail: String(problem.detail ?? problem.title ?? '').slice(0, 400),
    retryAfter: ms(Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 60) * 1000 : 0),
  };
}
