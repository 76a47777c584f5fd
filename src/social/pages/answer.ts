import { languageOf } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { mediaTypeOf, readBody } from '../../http/index.ts';
import type { SocialDeps, SocialPage } from '../social-deps.ts';
import { english } from '../words/english.ts';
import { french } from '../words/french.ts';
import type { SocialWords } from '../words/social-words.ts';
import { refusedNote } from './controls.ts';

/** The longest form, in bytes: 500 characters of any script, percent-encoded, and the rest. */
const MOST_FORM = 64 * 1_024;
/** What every page is sent with: nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  vary: 'accept-language, cookie',
} as const;

/** The words for a request. */
export const socialWords = (request: Request): SocialWords =>
  languageOf(request.headers.get('accept-language') ?? undefined) === 'fr' ? french : english;

/** A whole page as an answer. */
export function pageAnswer(
  { frame }: Pick<SocialDeps, 'frame'>,
  { language }: SocialWords,
  page: SocialPage,
  status = 200,
  more: Record<string, string> = {},
): Response {
  const html =
    frame?.(language, page) ??
    `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>${escapeHtml(page.title)}</title>${page.main}</html>`;
  return new Response(html, { status, headers: { ...HEADERS, ...more } });
}

/** The page while the database is away. */
export function awayPage(deps: Pick<SocialDeps, 'frame'>, request: Request): Response {
  const words = socialWords(request);
  const main = `<main class="page people social"><h1>${words.nav}</h1>${refusedNote(words.away)}</main>`;
  const page = { title: words.nav, about: words.away, path: new URL(request.url).pathname, main };
  return pageAnswer(deps, words, page, 503, { 'retry-after': '10' });
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
export const goOn = (location: string, status = 303): Response =>
  new Response(null, { status, headers: { location, 'cache-control': 'no-store' } });

/** Where a form was filled in, so that its reader comes back there; else `other`. Only pages of these lists. */
export function wayBack(sent: URLSearchParams, other: string): string {
  const back = sent.get('back') ?? '';
  return /^\/(?:following|posts|search|@[a-z0-9_]{2,60}(?:\/[a-z0-9]{1,11})?)(?:\?[\w=&%.+-]*)?(?:#[\w-]+)?$/.test(
    back,
  )
    ? back
    : other;
}
