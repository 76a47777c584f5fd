import { escapeHtml } from '../../base/plain-text.ts';
import {
  buttonLine,
  choice,
  doneNote,
  type FormPage,
  lineField,
  moment,
  named,
  own,
  refusedNote,
  sentTo,
  textField,
} from '../../form/index.ts';
import { ABUSE_REASONS, ABUSE_WORDS_LENGTH } from '../../wire/moderation/moderation.ts';
import type { RoomCard } from '../../wire/room.ts';
import { spaced } from '../codes.ts';
import type { Decision } from '../decisions.ts';
import type { SeenPerson } from '../moderation-deps.ts';
import type { AbuseReport } from '../reports.ts';
import type { ModerationWords } from '../words/moderation-words.ts';
import { wrapped } from './wrapped.ts';

/** What the form shows. */
export interface ReportFormView {
  readonly card: RoomCard;
  readonly people: readonly SeenPerson[];
  readonly clip?: { readonly id: string; readonly title: string } | undefined;
  readonly question?: { readonly id: string; readonly text: string } | undefined;
  /** What was sent before, when it comes back. */
  readonly sent: URLSearchParams;
  readonly wrong?: string | undefined;
}

/** Relative: the address of a private room has its key. */
const AT = 'report';
const back = (words: ModerationWords, { slug, title }: RoomCard): string =>
  `<p><a href="/r/${slug}">${words.backToRoom}</a> · ${own(title)}</p>`;
const numberForm = (words: ModerationWords): string =>
  `<section><h2>${words.look}</h2><form method="get" action="${AT}" class="inline">${lineField(words.number, 'number', 'required maxlength="20" autocapitalize="none" spellcheck="false"', { id: 'number' })}<button class="button quiet">${words.look}</button></form></section>`;

/** Where anybody reports something about a room, without a script and without an account. */
export function reportFormPage(words: ModerationWords, view: ReportFormView): FormPage {
  const { card, people, clip, question, sent } = view;
  const about: [string, string][] = [
    ...(clip ? [[`clip:${clip.id}`, words.clipNamed(clip.title)] as [string, string]] : []),
    ...(question
      ? [[`question:${question.id}`, words.questionNamed(question.text)] as [string, string]]
      : []),
    ...people.map(({ id, name }): [string, string] => [`person:${id}`, name]),
    ['person:', words.somebodyElse],
    ['room', words.subjects.room],
  ];
  const asked = clip
    ? `clip:${clip.id}`
    : question
      ? `question:${question.id}`
      : sent.get('person')
        ? `person:${sent.get('person')}`
        : 'room';
  const reasons = ABUSE_REASONS.map((reason) => [reason, words.reasons[reason]] as const);
  return wrapped(
    words.reportTitle(card.title),
    `${refusedNote(view.wrong)}<p>${words.reportLead}</p>
${sentTo(
  AT,
  {},
  `${choice(words.about, 'about', about, { id: 'about', value: sent.get('about') ?? asked })}
${lineField(words.nameOfPerson, 'name', `maxlength="60" value="${escapeHtml(sent.get('name') ?? '')}"`, { id: 'name' })}
${choice(words.why, 'reason', reasons, { id: 'reason', value: sent.get('reason') ?? '' })}
${textField(words.moreWords, 'words', `maxlength="${ABUSE_WORDS_LENGTH}"`, { id: 'words', value: sent.get('words') ?? '', hint: words.moreHint })}
${lineField(words.ago, 'ago', `type="number" inputmode="numeric" min="0" max="10000" value="${escapeHtml(sent.get('ago') ?? '0')}"`, { id: 'ago', hint: words.agoHint })}
${sent.get('t') === null ? '' : `<input type="hidden" name="t" value="${escapeHtml(sent.get('t') ?? '')}">`}
<div class="field"><label class="check"><input type="checkbox" ${named('only', 'only', words.operatorOnlyHint)} value="1"${sent.get('only') === '1' ? ' checked' : ''}> ${words.operatorOnly}</label><p class="hint small" id="only-hint">${words.operatorOnlyHint}</p></div>
${buttonLine(words.send)}`,
)}
${numberForm(words)}${back(words, card)}`,
  );
}

/** What became of a report; `isNew`: it was sent a moment ago. */
export function reportStatePage(
  words: ModerationWords,
  card: RoomCard,
  report: AbuseReport | undefined,
  isNew: boolean,
): FormPage {
  if (!report)
    return wrapped(
      words.reportTitle(card.title),
      `${refusedNote(words.numberUnknown)}${numberForm(words)}${back(words, card)}`,
    );
  const state = report.outcome === undefined ? words.stillOpen : words.closedWith[report.outcome];
  return wrapped(
    words.reportTitle(card.title),
    `${isNew ? `${doneNote(words.thanks)}<p>${words.next}</p>` : ''}
<p>${words.yourNumber} <strong class="secret">${spaced(report.number)}</strong></p><p class="ash">${words.followUp}</p>
<p>${words.reasons[report.reason]} · ${moment(words, report.created)}</p><p><strong>${state}</strong></p>${back(words, card)}`,
  );
}

/** What was decided, for whom it concerns, and how to object. */
export function noticePage(words: ModerationWords, one: Decision, room: string, wrong?: string): FormPage {
  const row = (name: string, text: string): string => `<dt>${name}</dt><dd>${text}</dd>`;
  const object =
    one.objection === undefined
      ? `<section><h2>${words.objectTitle}</h2>${refusedNote(wrong)}<p>${words.objectLead}</p>${sentTo(`/notice/${one.notice}`, {}, `${textField(words.yourWords, 'words', `maxlength="${ABUSE_WORDS_LENGTH}" required`, { id: 'words' })}${buttonLine(words.object)}`)}</section>`
      : `<section><h2>${words.objectTitle}</h2><blockquote dir="auto">${escapeHtml(one.objection)}</blockquote>${
          one.answer === undefined
            ? `<p role="status">${words.objectedOn(moment(words, one.objected ?? one.since))}</p>`
            : `<p>${words.answered}</p><blockquote dir="auto">${escapeHtml(one.answer)}</blockquote>`
        }</section>`;
  return wrapped(
    words.noticeTitle,
    `<p><strong>${escapeHtml(words.acts[one.act](room))}</strong></p>
${one.act === 'hide-question' ? `<blockquote dir="auto">${escapeHtml(one.name)}</blockquote>\n` : ''}<dl>${row(words.reason, own(one.reason))}${row(words.who, words.decidedBy[one.byRole])}${row(words.since, moment(words, one.since))}${row(words.until, one.until === undefined ? words.noEnd : moment(words, one.until))}</dl>
${one.lifted === undefined ? '' : doneNote(words.liftedOn(moment(words, one.lifted)))}${object}`,
  );
}
