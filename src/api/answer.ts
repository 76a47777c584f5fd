import type { Context } from 'hono';
import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { problem } from '../base/reply.ts';
import { mediaTypeOf, parseJson, readBody } from '../http/index.ts';
import { instantIn, zoneNamed } from '../wire/zones/time-zone.ts';
import type { ApiRefusal } from './refusal.ts';

/** The result of something that may be refused. */
export type Attempted<T> = T | ApiRefusal;

/** True for a refusal. */
export const isRefusal = (value: object): value is ApiRefusal => 'refused' in value;

/** The largest request body. */
const MAX_BODY_BYTES = 16 * 1024;
const JSON_TYPE = 'application/json';
/** What `<input type=datetime-local>` sends. */
const LOCAL_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?$/;
/** The instant that a form means: its time in its zone; in UTC without one, or with one that is none. */
function withOffset(text: string, zone: string | undefined): string {
  if (!LOCAL_TIME.test(text)) return text;
  const at = instantIn(zoneNamed(zone?.trim() ?? '') ?? 'UTC', text);
  return Number.isNaN(at) ? text : new Date(at).toISOString();
}

/** The media type of a request's body, in lower case. */
export const mediaType = (c: Context): string => mediaTypeOf(c.req.header('content-type'));

const NO_JSON = 'The body is not JSON in UTF-8, or a name in it is given twice.';
const TOO_LARGE: ApiRefusal = { refused: 'too-large', detail: 'Requests may have at most 16 kB.' };

/** The body as `schema` allows it. An empty one is an empty object. */
export async function read<T extends z.ZodType>(
  c: Context,
  schema: T,
  form = false,
): Promise<Attempted<{ value: z.output<T> }>> {
  const { body, headers } = c.req.raw;
  const bytes = await readBody(body, headers.get('content-length'), MAX_BODY_BYTES);
  if (bytes === 'too-large') return TOO_LARGE;
  // A client that disconnects in the middle is not our fault and reads no answer.
  if (bytes === 'broken-off') return { refused: 'bad-request', detail: 'The body broke off.' };
  const type = mediaType(c);
  let value: unknown = {};
  if (bytes.length > 0 && !form && type !== JSON_TYPE) {
    return { refused: 'unsupported-media-type', detail: 'Send application/json.' };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // An empty field of a form is a field that was not filled in.
    if (form) {
      const sent = new URLSearchParams(text);
      const zone = sent.get('zone') ?? undefined;
      value = Object.fromEntries(
        [...sent]
          .filter(([, field]) => field !== '')
          .map(([name, field]) => [name, name === 'start' ? withOffset(field, zone) : field]),
      );
    } else if (text !== '') value = parseJson(text);
  } catch {
    return { refused: 'bad-request', detail: NO_JSON };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data }
    : { refused: 'unprocessable', detail: complaint(parsed.error) };
}

/** A refusal as an answer. */
export const refused = ({ refused, detail, wait, more, headers }: ApiRefusal): Response =>
  refuse(refused, detail, { ...headers, ...(wait === undefined ? {} : { 'retry-after': `${wait}` }) }, more);

/** A refusal as problem+json, with the headers that its status needs; `more` members stand beside those of the catalogue. */
export function refuse(
  code: ErrorCode,
  detail?: string,
  extra: Record<string, string> = {},
  more?: Readonly<Record<string, unknown>>,
): Response {
  const reply = problem(code, detail, {
    ...(ERRORS[code].status === 503 ? { 'retry-after': '10' } : {}),
    ...extra,
  });
  const text = reply.body as string;
  const body = more ? JSON.stringify({ ...(JSON.parse(text) as object), ...more }) : text;
  return new Response(body, { status: reply.status, headers: reply.headers });
}

/** What was wrong with a value, in one sentence per field. */
export const complaint = (error: z.ZodError): string =>
  error.issues
    .map(({ path, message }) => {
      const field = path.filter((part) => typeof part === 'string').join('.');
      return field === '' ? message : `${field}: ${message}`;
    })
    .join('; ');
