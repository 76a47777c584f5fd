import type { z } from 'zod';
import { ERRORS, type ErrorCode } from '../base/errors.ts';
import { problem } from '../base/reply.ts';
import { mediaTypeOf, parseJson, readBody } from '../http/index.ts';
import { complaint } from './requests.ts';

/** Why something was not done. */
export interface EditRefusal {
  readonly refused: ErrorCode;
  readonly detail?: string | undefined;
  readonly wait?: number | undefined;
  /** The methods that the address takes. */
  readonly allow?: readonly string[];
}

/** True for a refusal. */
export const isRefused = (value: object): value is EditRefusal => 'refused' in value;

const MOST_BODY = 8_192;

/** A refusal as problem+json. */
export function refusedAnswer({ refused, detail, wait, allow }: EditRefusal): Response {
  const { status, headers, body } = problem(refused, detail, {
    ...(wait === undefined ? {} : { 'retry-after': `${wait}` }),
    ...(allow === undefined ? {} : { allow: allow.join(', ') }),
    ...(ERRORS[refused].status === 503 ? { 'retry-after': '10' } : {}),
    ...(ERRORS[refused].status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
  });
  return new Response(body as string, { status, headers });
}

/** The body of a request as the schema allows it. */
export async function bodyAs<T extends z.ZodType>(
  { body, headers }: Request,
  schema: T,
): Promise<{ readonly value: z.output<T> } | EditRefusal> {
  // A form on another site needs no leave to send; JSON does, and gets none.
  if (mediaTypeOf(headers.get('content-type')) !== 'application/json')
    return { refused: 'unsupported-media-type', detail: 'Send application/json.' };
  const bytes = await readBody(body, headers.get('content-length'), MOST_BODY);
  if (bytes === 'too-large')
    return { refused: 'too-large', detail: `Requests may have at most ${MOST_BODY} bytes.` };
  if (bytes === 'broken-off') return { refused: 'bad-request', detail: 'The body broke off.' };
  let value: unknown;
  try {
    value = parseJson(bytes);
  } catch {
    return {
      refused: 'bad-request',
      detail: 'The body is not JSON in UTF-8, or a name in it is given twice.',
    };
  }
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data }
    : { refused: 'unprocessable', detail: complaint(parsed.error) };
}
