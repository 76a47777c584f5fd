import { escapeHtml } from '../../base/plain-text.ts';
import {
  buttonLine,
  choice,
  doneNote,
  type FormPage,
  lineField,
  moment,
  own,
  refusedNote,
  sentTo,
  textField,
} from '../../form/index.ts';
import type { AuditTable } from '../../store/index.ts';
import { asAccountId } from '../../wire/account.ts';
import {
  ABUSE_WORDS_LENGTH,
  DECISION_REASON_LENGTH,
  type DecisionAct,
} from '../../wire/moderation/moderation.ts';
import type { ListedBlockRule } from '../block-lists.ts';
import { spaced } from '../codes.ts';
import type { Decision } from '../decisions.ts';
import { isSocial, type ReportedImage } from '../moderation-deps.ts';
import type { AbuseReport } from '../reports.ts';
import type { ModerationWords } from '../words/moderation-words.ts';
import { wrappedOwn } from './wrapped.ts';

const AT = '/operate/reports';

/** What the operator's desk shows. */
export interface DeskView {
  readonly isOpen: boolean;
  readonly reports: readonly AbuseReport[];
  /** By the id of a report: where its moment is heard. */
  readonly links: ReadonlyMap<string, string>;
  /** By the id of a report: what can be seen of what it is about. */
  readonly images: ReadonlyMap<string, readonly ReportedImage[]>;
  readonly inForce: readonly Decision[];
  readonly objections: readonly Decision[];
  readonly wrong?: string | undefined;
  readonly told?: string | undefined;
  /** The address of the page for whom a decision concerns. */
  readonly notice?: string | undefined;
}

/** What can be done about a report, by what it is about. */
export function choicesFor(report: AbuseReport, operator: boolean): DecisionAct[] {
  const { subject, target } = report;
  if (isSocial(subject))
    return operator ? [subject === 'post' ? 'remove-post' : 'clear-profile', 'suspend'] : [];
  return [
    ...(subject === 'person' && target !== undefined ? (['remove', 'ban'] as const) : []),
    ...(subject === 'person' && target !== undefined && operator && asAccountId(target)
      ? (['suspend'] as const)
      : []),
    ...(subject === 'clip' ? (['hide-clip'] as const) : []),
    ...(subject === 'question' ? (['hide-question'] as const) : []),
    'end-room',
    ...(operator ? (['unlist-room', 'stop-room'] as const) : []),
  ];
}

/** Where it is: a room, a profile, or a post of whom its name begins with. */
function placeLink({ subject, room, target = '', name }: AbuseReport): string {
  if (!isSocial(subject)) return `<a href="/r/${escapeHtml(room)}">${escapeHtml(room)}</a>`;
  const path = subject === 'profile' ? `/@${target}` : `/${/^@\w+/.exec(name)?.[0] ?? '@erased'}/${target}`;
  return `<a href="${escapeHtml(path)}">${escapeHtml(path)}</a>`;
}

const reasonField = (words: ModerationWords, id: string): string =>
  lineField(words.reason, 'reason', `required maxlength="${DECISION_REASON_LENGTH}"`, {
    id,
    hint: words.reasonHint,
  });
const spanField = (words: ModerationWords, id: string): string =>
  choice(words.howLong, 'span', Object.entries(words.spans), { id, value: 'ever' });

/** An image, which nobody has to see who does not ask for it. */
const veiled = (words: ModerationWords, { path, alt }: ReportedImage): string =>
  `<details class="veiled"><summary><img src="${path}" alt="" width="160" loading="lazy" decoding="async"> ${words.showImage}</summary><p dir="auto">${alt === '' ? words.undescribed : escapeHtml(alt)}</p></details>`;

function reportItem(
  words: ModerationWords,
  report: AbuseReport,
  link: string | undefined,
  images: readonly ReportedImage[] = [],
): string {
  const { id, subject, name, reason, created } = report;
  const what = `${words.subjects[subject]}${name === '' ? '' : `: ${own(name)}`}`;
  const acts = choicesFor(report, true).map((act) => [act, words.choices[act]] as const);
  const form =
    report.closed === undefined
      ? sentTo(
          AT,
          { act: 'decide', report: id },
          `${choice(words.whatToDo, 'choice', [['dismiss', words.choices.dismiss], ...acts], { id: `c-${id}` })}${reasonField(words, `r-${id}`)}${spanField(words, `s-${id}`)}${buttonLine(words.doIt)}`,
        )
      : `<p><strong>${words.closedWith[report.outcome ?? 'dismiss']}</strong> ${moment(words, report.closed)}</p>`;
  return `<li><article class="report"><h3>${words.reasons[reason]}</h3>
<p>${placeLink(report)} · ${what}<br><span class="ash small">${moment(words, created)} · ${spaced(report.number)} · ${report.operatorOnly ? words.onlyForYou : words.forHosts}</span></p>
${report.words === '' ? '' : `<blockquote dir="auto">${escapeHtml(report.words)}</blockquote>`}
${images.map((image) => veiled(words, image)).join('')}${link === undefined ? '' : `<p><a href="${escapeHtml(link)}">${words.hear}</a></p>`}${form}</article></li>`;
}

const decisionText = (words: ModerationWords, one: Decision): string =>
  `<span><strong>${words.choices[one.act]}</strong> ${own(one.name)}${one.room === undefined ? '' : ` · <a href="/r/${escapeHtml(one.room)}">${escapeHtml(one.room)}</a>`}<br><span class="small">${own(one.reason)}</span><br><span class="ash small">${words.decidedBy[one.byRole]} · ${moment(words, one.since)} · ${one.until === undefined ? words.noEnd : `${words.until} ${moment(words, one.until)}`} · <a href="/notice/${one.notice}">/notice/${one.notice}</a></span></span>`;

/** The operator's desk: objections, reports, what is in force, and a suspension by hand. */
export function deskPage(words: ModerationWords, view: DeskView): FormPage {
  const { reports, links, images, inForce, objections, isOpen } = view;
  const tab = (open: boolean, text: string): string =>
    open === isOpen
      ? `<strong aria-current="page">${text}</strong>`
      : `<a href="${AT}${open ? '' : '?state=closed'}">${text}</a>`;
  const list = (items: readonly string[], none: string): string =>
    items.length === 0 ? `<p class="ash">${none}</p>` : `<ul class="rows stacked">${items.join('')}</ul>`;
  return wrappedOwn(
    words.deskTitle,
    `${refusedNote(view.wrong)}${doneNote(view.told)}${view.notice === undefined ? '' : `<p>${words.doneNotice} <a href="${escapeHtml(view.notice)}">${escapeHtml(view.notice)}</a></p>`}
<p class="ash">${words.deskLead} <a href="/operate/audit">${words.auditTitle}</a> · <a href="/operate/words">${words.wordsTitle}</a> · <a href="/operate">/operate</a></p>
${
  objections.length === 0
    ? ''
    : `<section><h2>${words.objections}</h2>${list(
        objections.map(
          (one) =>
            `<li><article>${decisionText(words, one)}<blockquote dir="auto">${escapeHtml(one.objection ?? '')}</blockquote>${sentTo(AT, { act: 'answer', decision: one.id }, `${textField(words.yourAnswer, 'reason', `maxlength="${ABUSE_WORDS_LENGTH}" required`, { id: `a-${one.id}` })}<p class="answers"><button class="button quiet" name="choice" value="uphold">${words.uphold}</button><button class="button" name="choice" value="lift">${words.takeBack}</button></p>`)}</article></li>`,
        ),
        words.noObjections,
      )}</section>`
}
<section><h2>${words.deskTitle}</h2><p>${tab(true, words.openOnes)} · ${tab(false, words.closedOnes)}</p>
${list(
  reports.map((report) => reportItem(words, report, links.get(report.id), images.get(report.id))),
  words.noReports,
)}</section>
<section><h2>${words.inForce}</h2>${list(
      inForce.map(
        (one) =>
          `<li>${decisionText(words, one)}${sentTo(AT, { act: 'lift', decision: one.id }, `${lineField(words.reason, 'reason', `required maxlength="${DECISION_REASON_LENGTH}"`, { id: `l-${one.id}` })}<button class="button quiet">${words.takeBack}</button>`, 'inline')}</li>`,
      ),
      words.nothingInForce,
    )}</section>
<section><h2>${words.suspendTitle}</h2><p class="ash small">${words.suspendLead}</p>
${sentTo(AT, { act: 'suspend' }, `${lineField(words.accountOf, 'email', 'type="email" required maxlength="254"', { id: 'email' })}${reasonField(words, 'suspend-reason')}${spanField(words, 'suspend-span')}${buttonLine(words.choices.suspend)}`)}</section>`,
  );
}

/** What moderators did, the newest first. */
export function auditPage(
  words: ModerationWords,
  rows: readonly AuditTable[],
  older: string | undefined,
): FormPage {
  const who = ({ actor_role: role, actor_name: name }: AuditTable): string =>
    role === 'server'
      ? words.server
      : `${own(name)} (${words.decidedBy[role as 'operator'] ?? escapeHtml(role)})`;
  const items = rows.map(
    (row) =>
      `<li><span><strong>${escapeHtml(row.act)}</strong> ${own(row.target_name)}${row.room === null ? '' : ` · ${escapeHtml(row.room)}`}<br>${own(row.reason)}<br><span class="ash small">${moment(words, row.at)} · ${who(row)}${row.until === null ? '' : ` · ${words.until} ${moment(words, row.until)}`}</span></span></li>`,
  );
  return wrappedOwn(
    words.auditTitle,
    `<p class="ash">${words.auditLead} <a href="/operate/audit.jsonl" download>${words.auditFile}</a> · <a href="${AT}">${words.backToDesk}</a></p>
<ul class="rows">${items.join('') || `<li>${words.noReports}</li>`}</ul>
${older === undefined ? '' : `<p><a href="/operate/audit?before=${older}">${words.older}</a></p>`}`,
  );
}

/** The lists of words that are not accepted. */
export function blockListPage(
  words: ModerationWords,
  room: string,
  rules: readonly ListedBlockRule[],
  wrong?: string,
): FormPage {
  const items = rules.map(
    ({ id, name, pattern }) =>
      `<li><span>${own(name)}<br><code dir="auto">${escapeHtml(pattern)}</code></span>${sentTo('/operate/words', { act: 'remove', id, room }, `<button class="button quiet" aria-label="${escapeHtml(`${words.remove}: ${name}`)}">${words.remove}</button>`, 'inline')}</li>`,
  );
  return wrappedOwn(
    words.wordsTitle,
    `${refusedNote(wrong)}<p>${words.wordsLead}</p>
<form method="get" action="/operate/words" class="inline">${lineField(words.whichRoom, 'room', `maxlength="64" value="${escapeHtml(room)}"`, { id: 'at', hint: words.whichRoomHint })}<button class="button quiet">${words.show}</button></form>
${sentTo('/operate/words', { act: 'add', room }, `${lineField(words.ruleName, 'name', 'required maxlength="60"', { id: 'name', hint: words.ruleNameHint })}${lineField(words.rulePattern, 'pattern', 'required maxlength="60"', { id: 'pattern', hint: words.rulePatternHint })}${buttonLine(words.add)}`)}
<ul class="rows">${items.join('') || `<li>${words.noRules}</li>`}</ul>
<p><a href="${AT}">${words.backToDesk}</a></p>`,
  );
}
