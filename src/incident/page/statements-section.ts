import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { IncidentStatement } from '../statements/statement.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { moment } from '../words/sentences.ts';

/** What the log has for the minute of a statement. */
function logBeside({ at }: IncidentStatement, dossier: Dossier, words: IncidentWords): string {
  const own = words.dossier;
  const minute = dossier.incident.minutes.find((one) => one.at <= at && at < one.at + 60_000);
  const says =
    minute?.listeners === undefined
      ? own.logUnknown
      : own.logMinute(
          words.count(minute.listeners),
          words.count(minute.attempts ?? 0),
          words.count(minute.failures ?? 0),
          minute.rung,
        );
  return `<p class="log small"><span class="ash">${escapeHtml(own.logOf(moment(at).slice(11, 16)))}:</span> ${escapeHtml(says)}</p>`;
}

function item(statement: IncidentStatement, dossier: Dossier, words: IncidentWords): string {
  const own = words.dossier;
  const { at, kind, author, room, text, before, replies, verdict } = statement;
  const about = dossier.saidAttack.find((one) => one.statement === statement);
  const who = own.who(author, room);
  const said = replies.map(
    (reply) =>
      `<p class="reply small"><span class="ash">${moment(reply.at).slice(11, 16)}, ${escapeHtml(own.who(reply.author, room))} ${reply.kind === 'dispute' ? own.objects : own.answer}:</span> <q>${escapeHtml(reply.text)}</q></p>`,
  );
  const earlier = before.map(
    (one) =>
      `<p class="small"><span class="ash">${own.earlier} (${moment(one.at).slice(11, 16)}):</span> <s>${escapeHtml(one.text)}</s></p>`,
  );
  return `<li><p class="ash small">${moment(at)} UTC, ${kind === 'claim' ? own.statement : own.note}, ${own.person} ${escapeHtml(who)}</p>
<blockquote dir="auto">${escapeHtml(text)}</blockquote>
${earlier.join('')}${logBeside(statement, dossier, words)}
${verdict === undefined ? '' : `<p class="log small"><span class="ash">${own.figuresSay}:</span> ${escapeHtml(verdict)}</p>`}
${about ? `<p class="small bad">${escapeHtml(own.attackAnswers[about.answer])}</p>` : ''}${said.join('')}</li>`;
}

/** What people said, each beside the log of that minute. */
export function statementsSection(dossier: Dossier, words: IncidentWords): string {
  const own = words.dossier;
  const { statements } = dossier;
  return `<section aria-labelledby="said"><h2 id="said">${own.said}</h2>
<p class="ash small">${escapeHtml(own.saidLead)}</p>
${statements.length === 0 ? `<p>${own.nothingSaid}</p>` : `<ol class="statements">${statements.map((one) => item(one, dossier, words)).join('\n')}</ol>`}</section>`;
}
