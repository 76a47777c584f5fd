import { createHash, randomBytes } from 'node:crypto';
import { networkOf } from '../base/allowance.ts';
import type { Clock } from '../base/clock.ts';
import { mediaTypeOf, readBody } from '../http/index.ts';
import type { Store } from '../store/index.ts';
import { refuse } from './answer.ts';
import { type KeptAnswer, nameOf, openRepeatStore, type Repeatable } from './repeat-store.ts';

/** What repeats need. */
export interface RepeatsDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** 32 bytes: seals what is kept. */
  readonly key: Uint8Array;
  /** True, and logged, when an error comes from the database. */
  trouble(error: unknown): boolean;
}

/** A Request → Response function. */
export type Fetch = (request: Request) => Promise<Response>;

const KEY = /^[\x21-\x7e]{16,255}$/;
/** The largest body of the API, and the largest answer that is kept. */
const MOST_BODY_BYTES = 300_000;
const MOST_ANSWER_BYTES = 64_000;
/** The same file sent again is the same image: nothing has to be kept for that. */
const REPEATS_ITSELF: ReadonlySet<string> = new Set(['/api/images']);
/** Tells the part that answers under which id a row is to be made: the same one when the request is sent again. */
const ROW_HEADER = 'earshot-row-id';
/** Headers that belong to the moment of an answer. */
const MOMENTARY: ReadonlySet<string> = new Set(['ratelimit', 'ratelimit-policy', 'date', 'content-length']);

/** The id of the row that a request with an `Idempotency-Key` makes; undefined without one. */
export const rowIdOf = (request: Request): string | undefined => request.headers.get(ROW_HEADER) ?? undefined;

const ID_LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789';
const ID_LENGTH = 10;

/**
 * An id of letters and digits that nobody confuses, for what has no row: the same one when a request with an
 * `Idempotency-Key` is sent again, a new one otherwise. 50 bits.
 */
export function shortIdOf(request: Request): string {
  const row = rowIdOf(request);
  const bytes = row === undefined ? randomBytes(ID_LENGTH) : createHash('sha256').update(row).digest();
  return Array.from({ length: ID_LENGTH }, (_, i) => ID_LETTERS[(bytes[i] ?? 0) % ID_LETTERS.length]).join(
    '',
  );
}

/** A UUID of version 8 made from a text. Spec: RFC 9562, 5.8. */
function uuidFrom(text: string): string {
  const hash = createHash('sha256').update(text).digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}

/** Whose request it is: by token or session, otherwise by network. */
const callerOf = ({ headers }: Request): string =>
  headers.get('authorization') ?? headers.get('cookie') ?? networkOf(headers.get('x-forwarded-for') ?? '');

/**
 * Makes every POST below `/api/` repeatable: with an `Idempotency-Key` its answer is kept for a day, and the same
 * request with the same key gets that answer instead of being done twice. Refusals are not kept, since nothing was
 * done; nor are answers with cookies. When the process dies in between, the repeat is done under the same row id
 * (`rowIdOf`), so that it finds what the first had made. Spec: draft-ietf-httpapi-idempotency-key-header-07.
 */
export function repeatable(deps: RepeatsDeps, fetch: Fetch): Fetch {
  const kept = openRepeatStore(deps);
  /** Requests that are being answered now. */
  const running = new Map<string, string>();

  async function answered(one: Repeatable, request: Request, body: Buffer): Promise<Response> {
    const known = await kept.begin(one);
    if (known.known === 'differs')
      return refuse('repeat-differs', 'Idempotency-Key: use a new key for another request.');
    if (known.known === 'answered') {
      const { status, headers, body } = known.answer;
      return new Response(body, { status, headers: { ...headers, 'idempotency-replayed': 'true' } });
    }
    const headers = new Headers(request.headers);
    headers.set(ROW_HEADER, uuidFrom(`${nameOf(one)} ${known.created}`));
    let response: Response;
    try {
      response = await fetch(remade(request, headers, body));
    } catch (error) {
      await kept.forget(one);
      throw error;
    }
    const answer = await worthKeeping(response);
    if (answer) await kept.keep(one, answer);
    else await kept.forget(one);
    return response;
  }

  return async (asked) => {
    const inner = asked.headers.has(ROW_HEADER);
    const sent = inner ? remade(asked, without(asked.headers, ROW_HEADER)) : asked;
    const given = sent.headers.get('idempotency-key');
    const { pathname, search } = new URL(sent.url);
    if (
      given === null ||
      sent.method !== 'POST' ||
      !pathname.startsWith('/api/') ||
      REPEATS_ITSELF.has(pathname)
    )
      return fetch(sent);
    // As a string of structured fields, or bare as most clients send it.
    const key = given.trim().replace(/^"(.*)"$/, '$1');
    if (!KEY.test(key))
      return refuse('unprocessable', 'Idempotency-Key: use 16 to 255 visible characters, such as a UUID.');
    const body = await readBody(sent.body, sent.headers.get('content-length'), MOST_BODY_BYTES);
    if (body === 'too-large') return refuse('too-large');
    if (body === 'broken-off') return refuse('bad-request', 'The body broke off.');
    const request = JSON.stringify([
      pathname + search,
      mediaTypeOf(sent.headers.get('content-type')),
      createHash('sha256').update(body).digest('base64url'),
    ]);
    const one: Repeatable = { caller: callerOf(sent), key, request };
    const name = nameOf(one);
    const now = running.get(name);
    if (now !== undefined && now !== request)
      return refuse('repeat-differs', 'Idempotency-Key: use a new key for another request.');
    if (now !== undefined)
      return refuse('repeat-running', 'Ask again in a second for its answer.', { 'retry-after': '1' });
    running.set(name, request);
    try {
      return await answered(one, sent, body);
    } catch (error) {
      if (deps.trouble(error)) return refuse('database-away');
      throw error;
    } finally {
      running.delete(name);
    }
  };
}

/**
 * The same request with other headers, and perhaps a body that was read. The server's own requests only look like the
 * platform's: none can be made of them as a whole.
 */
function remade({ method, url, body }: Request, headers: Headers, read?: Buffer): Request {
  const whole = read ? new Uint8Array(read) : body;
  return new Request(url, { method, headers, ...(whole ? { body: whole, duplex: 'half' } : {}) });
}

function without(headers: Headers, name: string): Headers {
  const rest = new Headers(headers);
  rest.delete(name);
  return rest;
}

/** An answer that its repeats may get; undefined for refusals and for what is for one moment or too large. */
async function worthKeeping(response: Response): Promise<KeptAnswer | undefined> {
  const { status, headers } = response;
  if (status >= 400 || headers.has('set-cookie')) return undefined;
  const bytes = Buffer.from(await response.clone().arrayBuffer());
  if (bytes.length > MOST_ANSWER_BYTES) return undefined;
  const lasting = [...headers].filter(([name]) => !MOMENTARY.has(name));
  return { status, headers: Object.fromEntries(lasting), body: bytes.toString('utf8') };
}
