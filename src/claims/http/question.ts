import { z } from 'zod';
import { type ApiRefusal, isRefusal, refused } from '../../api/index.ts';
import { asSlug } from '../../base/ids.ts';
import { parseJson } from '../../http/index.ts';
import { METRICS, type MetricId } from '../../wire/metrics.ts';
import { readTime, type SaidTime } from '../language/said-time.ts';
import { isZone } from '../moment-of.ts';

/** The largest body of a question, in bytes. */
export const MOST_QUESTION = 4_096;
/** Terms of one addition. */
const MOST_TERMS = 32;
/** Characters of a sentence that are looked at; the reader itself takes 400. */
const MOST_TEXT = 1_600;

/** A refusal with its error code. */
export type ClaimRefusal = ApiRefusal;
/** True for a refusal, and a refusal as problem+json. */
export const [isRefused, refusedAnswer] = [isRefusal, refused];

const SLUG = 'use the address of a room: what follows /r/';
const slug = z
  .string(SLUG)
  .max(200, SLUG)
  .transform((text, context) => {
    // Whoever pastes the address of a room's page means the room.
    const tidy = text.trim();
    const known = asSlug(URL.canParse(tidy) ? (new URL(tidy).pathname.split('/')[2] ?? '') : tidy);
    if (known) return known;
    context.issues.push({ code: 'custom', message: SLUG, input: text });
    return z.NEVER;
  });
const AT = 'use a time such as 20:40 or 2024-08-13T00:40:00Z';
const at = z
  .string(AT)
  .max(60, AT)
  .transform((text, context): SaidTime => {
    const time = readTime(text);
    if (time) return time;
    context.issues.push({ code: 'custom', message: AT, input: text });
    return z.NEVER;
  });
const zone = z.string().max(60).refine(isZone, 'use a time zone such as Europe/Paris or UTC');

/** The schema of a question about a room. */
export const QUESTION = z.strictObject({
  text: z
    .string('say what was said')
    .min(1, 'say what was said')
    .max(MOST_TEXT, 'use at most 400 characters'),
  room: slug,
  at: at.optional(),
  zone: zone.optional(),
  language: z.enum(['en', 'fr'], 'use en or fr').optional(),
  /** The language of a card. */
  words: z.enum(['en', 'fr'], 'use en or fr').optional(),
});
/** A question that has been parsed. */
export type Question = z.output<typeof QUESTION>;

const IDS = METRICS.map(({ id }) => id) as [MetricId, ...MetricId[]];
/** The schema of figures to add. */
export const ADDITION = z
  .strictObject({
    terms: z
      .array(z.strictObject({ room: slug, metric: z.enum(IDS, 'use the id of a figure') }))
      .min(2, 'name at least two figures')
      .max(MOST_TERMS, `name at most ${MOST_TERMS} figures`),
  })
  .meta({
    example: { terms: ['town-hall', 'friday-talk'].map((room) => ({ room, metric: 'join_attempts' })) },
  });

/** Why something is not published. */
export const REASON = z.strictObject({ reason: z.string('say why').min(1, 'say why') });

/** What somebody says. */
export const SAID = z.strictObject({
  text: z.string('say what was said').min(1, 'say what was said'),
});

const complaint = (error: z.ZodError): string =>
  error.issues
    .slice(0, 3)
    .map(({ path, message, code }) =>
      code === 'unrecognized_keys' ? message : `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`,
    )
    .join('; ');

/** Parses a value with a schema. */
export function understood<T extends z.ZodType>(
  schema: T,
  value: unknown,
): { value: z.output<T> } | ClaimRefusal {
  const found = schema.safeParse(value);
  return found.success ? { value: found.data } : { refused: 'unprocessable', detail: complaint(found.error) };
}

/** The fields of a query; empty ones count as missing. */
export const fieldsOf = (query: URLSearchParams): Record<string, string> =>
  Object.fromEntries([...query].filter(([, field]) => field.trim() !== ''));

/** The JSON or form of a request's body. */
export async function bodyOf(
  request: Request,
  most = MOST_QUESTION,
): Promise<{ value: unknown } | ClaimRefusal> {
  const large: ClaimRefusal = { refused: 'too-large', detail: `Send at most ${most} bytes.` };
  if (Number(request.headers.get('content-length') ?? 0) > most) return large;
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded')
    return { refused: 'unsupported-media-type', detail: 'Send application/json.' };
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of request.body ?? []) {
      size += part.length;
      if (size > most) return large;
      parts.push(part);
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
    return { value: type === 'application/json' ? parseJson(text) : fieldsOf(new URLSearchParams(text)) };
  } catch {
    return { refused: 'bad-request', detail: 'The body is not JSON in UTF-8.' };
  }
}
