import type { RequestFailure } from '../../api/index.ts';
import { languageOf } from '../../base/negotiation.ts';
import { formAnswer, refusedNote } from '../../form/index.ts';
import type { SocialDeps, SocialPage } from '../social-deps.ts';
import { english } from '../words/english.ts';
import { french } from '../words/french.ts';
import type { SocialWords } from '../words/social-words.ts';

/** The longest form, in bytes: 500 characters of any script, percent-encoded, and the rest. */
export const MOST_FORM = 64 * 1_024;

/** The words for a request; `chosen`: the language that the account has chosen. */
export const socialWords = (request: Request, chosen?: 'en' | 'fr'): SocialWords =>
  (chosen ?? languageOf(request.headers.get('accept-language') ?? undefined)) === 'fr' ? french : english;

/**
 * A page is kept where its reader goes back to it, so that it stands where it stood; it is asked for anew whenever it is
 * opened. Its address holds no secret.
 */
const KEPT = { 'referrer-policy': 'same-origin', 'cache-control': 'private, no-cache' } as const;

/** A whole page as an answer; its forms lead back to where one was. */
export const pageAnswer = (
  { frame }: Pick<SocialDeps, 'frame'>,
  { language }: SocialWords,
  page: SocialPage,
  status = 200,
  more: Record<string, string> = {},
): Response => formAnswer(frame, language, page, status, { ...KEPT, ...more });

/** The page in place of one that could not be made: the database is away, or we have made a mistake. */
export function failedPage(
  deps: Pick<SocialDeps, 'frame'>,
  request: Request,
  { mark }: RequestFailure,
): Response {
  const words = socialWords(request);
  const about = mark === undefined ? words.away : words.broken(mark);
  const main = `<main class="page people social"><h1>${words.nav}</h1>${refusedNote(about)}</main>`;
  const page = { title: words.nav, about, path: new URL(request.url).pathname, main };
  return mark === undefined
    ? pageAnswer(deps, words, page, 503, { 'retry-after': '10' })
    : pageAnswer(deps, words, page, 500);
}

/** Where a form was filled in, so that its reader comes back there; else `other`. Only pages of these lists. */
export function wayBack(sent: URLSearchParams, other: string): string {
  const back = sent.get('back') ?? '';
  return /^\/(?:|following|posts|search|notifications|settings|@[a-z0-9_]{2,60}(?:\/[a-z0-9]{1,11})?)(?:\?[\w=&%.+-]*)?(?:#[\w-]+)?$/.test(
    back,
  )
    ? back
    : other;
}
