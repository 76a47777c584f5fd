import { languageOf } from '../base/negotiation.ts';
import { type FormFrame, type FormPage, formAnswer, goOn } from '../form/index.ts';
import { find } from '../http/index.ts';
import type { AccountCard } from '../wire/account.ts';
import type { AccountWords } from './words/account-words.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';

/** The longest form, in bytes. */
export const MOST_FORM = 8 * 1_024;

/** The frame that a page of accounts is shown in. */
export type AccountFrame = FormFrame<FormPage>;

/** The words for a request. */
export const wordsOf = (request: Request): AccountWords =>
  languageOf(request.headers.get('accept-language') ?? undefined) === 'fr' ? french : english;

/** The words for an account: in the language that it has chosen, else `others`. */
export const wordsFor = ({ language }: Pick<AccountCard, 'language'>, others: AccountWords): AccountWords =>
  language === undefined ? others : language === 'fr' ? french : english;

/** A whole page as an answer. */
export const shown = (
  frame: AccountFrame | undefined,
  { language }: AccountWords,
  page: FormPage,
  status = 200,
  more: Record<string, string> = {},
): Response => formAnswer(frame, language, page, status, more);

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
export const onward = (path: string, cookies: readonly string[] = []): Response => goOn(path, 303, cookies);
