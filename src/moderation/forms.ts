import { languageOf } from '../base/negotiation.ts';
import { type FormPage, formAnswer } from '../form/index.ts';
import type { ModerationDeps } from './moderation-deps.ts';
import { english } from './words/english.ts';
import { french } from './words/french.ts';
import type { ModerationWords } from './words/moderation-words.ts';

/** The longest form, in bytes: 1,000 characters of any script, and the rest. */
export const MOST_FORM = 16 * 1_024;

/** The words for a request. */
export const moderationWords = (request: Request): ModerationWords =>
  languageOf(request.headers.get('accept-language') ?? undefined) === 'fr' ? french : english;

/** A whole page as an answer. */
export const pageAnswer = (
  { frame }: Pick<ModerationDeps, 'frame'>,
  { language }: ModerationWords,
  page: FormPage,
  status = 200,
  more: Record<string, string> = {},
): Response => formAnswer(frame, language, page, status, more);
