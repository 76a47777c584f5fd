import { languageOf } from '../base/negotiation.ts';
import { find, mediaTypeOf, readBody } from '../http/index.ts';
import type { AccountWords } from './words/account-words.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';

/** The longest form, in bytes. */
const MOST_FORM = 8 * 1_024;

/** What every page of accounts is sent with: nothing inline, nothing foreign, kept nowhere. Spec: CSP 3. */
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  // A link in a mail is a secret that stands in the address.
  'referrer-policy': 'no-referrer',
  vary: 'accept-language, cookie',
} as const;

/** A page: its title and its main part. */
export interface AccountPage {
  readonly title: string;
  readonly main: string;
}

/** The frame that a page of accounts is shown in. */
export type AccountFrame = (language: 'en' | 'fr', page: AccountPage) => string;

/** The words for a request. */
export const wordsOf = (request: Request): AccountWords =>
  languageOf(request.headers.get('accept-language') ?? undefined) === 'fr' ? french : english;

/** A whole page as an answer. */
export const shown = (
  frame: AccountFrame,
  words: AccountWords,
  page: AccountPage,
  status = 200,
  more: Record<string, string> = {},
): Response => new Response(frame(words.language, page), { status, headers: { ...HEADERS, ...more } });

/** The fields of a form that was sent; undefined when it is too long or broke off. */
export async function fieldsOf(request: Request): Promise<URLSearchParams | undefined> {
  if (mediaTypeOf(request.headers.get('content-type') ?? undefined) !== 'application/x-www-form-urlencoded')
    return undefined;
  const bytes = await readBody(request.body, request.headers.get('content-length'), MOST_FORM);
  return typeof bytes === 'string' ? undefined : new URLSearchParams(bytes.toString('utf8'));
}

/**
 * Where somebody goes after signing in: a studio of ours, a room's page, which asks for its key then, or their account;
 * never anywhere else.
 */
export function afterSignIn(wish: string | null | undefined): string {
  const at = wish?.replace(/#account$/, '') ?? '';
  const page = find(at)?.address.id;
  return page === 'studio' ? at : page === 'room' ? `${at}#account` : '/account';
}

/** Sends the browser on to another page of ours, with the cookies of another answer. */
export function onward(path: string, cookies: readonly string[] = []): Response {
  const headers = new Headers({ location: path, 'cache-control': 'no-store' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 303, headers });
}
