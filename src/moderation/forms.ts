import { languageOf } from '../base/negotiation.ts';
import { mediaTypeOf, readBody } from '../http/index.ts';
import type { ModerationDeps } from './moderation-deps.ts';
import type { ModerationPage } from './pages/parts.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';
import type { ModerationWords } from './words/moderation-words.ts';

/** The longest form, in bytes: 1,000 characters of any script, and the rest. */
const MOST_FORM = 16 * 1_024;
/** What every page of moderation is sent with: nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  vary: 'accept-language, cookie',
} as const;

/** The words for a request. */
export const moderationWords = (request: Request): ModerationWords =>
  languageOf(request.headers.get('accept-language') ?? undefined) === 'fr' ? french : english;

/** A whole page as an answer. */
export function pageAnswer(
  { frame }: Pick<ModerationDeps, 'frame'>,
  words: ModerationWords,
  page: ModerationPage,
  status = 200,
  more: Record<string, string> = {},
): Response {
  const html =
    frame?.(words.language, page) ??
    `<!doctype html><html lang="${words.language}"><meta charset="utf-8"><title>${page.title}</title>${page.main}</html>`;
  return new Response(html, { status, headers: { ...HEADERS, ...more } });
}

/** The fields of a form that was sent; undefined when it is too long, broke off, or is none. */
export async function sentFields(request: Request): Promise<URLSearchParams | undefined> {
  if (mediaTypeOf(request.headers.get('content-type')) !== 'application/x-www-form-urlencoded')
    return undefined;
  const bytes = await readBody(request.body, request.headers.get('content-length'), MOST_FORM);
  return typeof bytes === 'string' ? undefined : new URLSearchParams(bytes.toString('utf8'));
}

/** Whether a browser says that a form was sent from another site. Spec: Fetch Metadata, 2.3. */
export function fromElsewhere({ headers }: Request): boolean {
  const site = headers.get('sec-fetch-site');
  return site !== null && site !== 'same-origin' && site !== 'none';
}

/** Sends the browser on to another page of ours. */
export const goOn = (location: string): Response =>
  new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
