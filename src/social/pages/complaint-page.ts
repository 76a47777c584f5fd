import { escapeHtml } from '../../base/plain-text.ts';
import {
  button,
  choice,
  doneNote,
  goOn,
  lineField,
  refusedNote,
  sentTo,
  textField,
} from '../../form/index.ts';
import { ABUSE_REASONS, ABUSE_WORDS_LENGTH } from '../../wire/moderation/moderation.ts';
import { type Complained, complain } from '../complaints.ts';
import type { SocialParts } from '../parts.ts';
import { tidyOptional } from '../text/post-text.ts';
import { type AnswerExtras, type Returned, type SocialVisit, shown } from './visit.ts';

/** Where anybody reports a post or a profile, and sees what became of that; `html`: what it is about. */
export async function complaintPage(
  parts: SocialParts,
  visit: SocialVisit,
  { subject, target, path }: Complained,
  html: string,
  { wrong, sent }: Returned,
  told: AnswerExtras,
): Promise<Response> {
  const { words, url } = visit;
  const number = url.searchParams.get('number') ?? '';
  const isNew = url.searchParams.get('new') === '1';
  const outcome =
    number === '' ? undefined : await parts.deps.outcome(subject, target, number, words.language === 'fr');
  const state =
    number === ''
      ? ''
      : outcome === undefined
        ? refusedNote(words.reportUnknown[subject])
        : `${isNew ? doneNote(words.reportThanks) : ''}<p><strong class="secret">${escapeHtml(number)}</strong></p><p>${outcome}</p>`;
  const form = sentTo(
    `${path}?show=report`,
    { act: 'report' },
    `${choice(
      words.why,
      'why',
      ABUSE_REASONS.map((reason) => [reason, words.reasons[reason]] as const),
      { id: 'why', value: sent?.get('why') ?? '' },
    )}${textField(words.whyWords, 'words', `maxlength="${ABUSE_WORDS_LENGTH}"`, { id: 'words', value: sent?.get('words') ?? '' })}<p>${button(words.reportSend)}</p>`,
  );
  const look = `<form method="get" action="${path}" class="inline"><input type="hidden" name="show" value="report">${lineField(words.reportNumber, 'number', 'required maxlength="20"', { id: 'number', value: number })}${button(words.search, 'quiet')}</form>`;
  const title = words.reportTitle[subject];
  return shown(
    parts,
    visit,
    {
      ...{ title, about: words.reportLead },
      inside: `<h1>${title}</h1><p>${words.reportLead}</p>${refusedNote(wrong)}${state}${isNew ? '' : form}${html}${look}`,
    },
    told,
  );
}

/** Takes a complaint, of anybody. */
export async function sendComplaint(
  { deps }: SocialParts,
  { request, words }: SocialVisit,
  about: Complained | undefined,
  sent: URLSearchParams,
  again: (wrong: string, status?: number, headers?: Record<string, string>) => Promise<Response>,
): Promise<Response> {
  const reason = ABUSE_REASONS.find((one) => one === sent.get('why'));
  const said = tidyOptional(sent.get('words') ?? '', ABUSE_WORDS_LENGTH);
  if (!reason || 'fault' in said) return again(words.unread);
  if (reason === 'other' && said.text === '') return again(words.wordsNeeded);
  if (!about) return again(words.faults.deleted);
  const filed = await complain(deps, request, about, reason, said.text);
  return 'wait' in filed
    ? again(filed.wrong ?? words.tooOften(filed.wait), 429, { 'retry-after': `${filed.wait}` })
    : goOn(`${about.path}?show=report&number=${filed.number}&new=1`);
}
