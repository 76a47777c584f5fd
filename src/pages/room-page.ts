import { escapeHtml } from '../base/plain-text.ts';
import type { ReplayOutline } from '../wire/replay/outline.ts';
import { isRunning, type RoomCard, type RoomState } from '../wire/room.ts';
import { outlinePart } from './clip-page.ts';
import type { PlainWords } from './plain-words.ts';
import { readingPart, readsAlong } from './reading-part.ts';
import { remindedPart } from './room/reminded.ts';
import { takePart } from './room/take-part.ts';
import { byline, nameData, titleOf } from './room-words.ts';
import { instant, successionLine } from './sentence.ts';

const time = (at: number, { language }: PlainWords, zone?: string): string =>
  `<time datetime="${new Date(at).toISOString()}">${instant(at, language, zone)}</time>`;

const CLOCKS = ['scheduled', 'opened', 'firstAudio', 'firstSpeech'] as const;

/** The four clocks and the end. A clock without a time yet shows a dash. */
function clocks({ clocks: struck, zone }: RoomCard, words: PlainWords): string {
  const rows = CLOCKS.map((key) => {
    const at = struck[key];
    return `<div><dt>${words.clocks[key]}</dt><dd>${at === undefined ? '—' : time(at, words, zone)}</dd></div>`;
  });
  if (struck.ended !== undefined)
    rows.push(`<div><dt>${words.clocks.ended}</dt><dd>${time(struck.ended, words, zone)}</dd></div>`);
  return `<dl class="clocks">${rows.join('')}</dl>`;
}

/** Sound for browsers without scripts. */
function plainAudio(card: RoomCard, words: PlainWords): string {
  const at = `/r/${card.slug}`;
  if (isRunning(card.status))
    return (
      `<noscript><p><a class="button" href="${at}/radio.mp3">${words.listen}</a></p><audio controls preload="none"><source src="${at}/radio.mp3" type="audio/mpeg">` +
      `<source src="${at}/radio.aac" type="audio/aac"></audio></noscript>`
    );
  if (card.status === 'ended')
    return `<noscript><p><a class="button" href="${at}/replay.m4a">${words.replay}</a></p><audio controls preload="none" src="${at}/replay.m4a"></audio></noscript>`;
  if (card.status === 'scheduled')
    return `<noscript><p><a href="${at}/event.ics">${words.calendar}</a></p></noscript>`;
  return '';
}

/** The main part of a room's page; `what` says in one sentence what is happening in the room. */
export function roomMain(
  card: RoomCard,
  state: RoomState | undefined,
  what: string,
  words: PlainWords,
  outline?: ReplayOutline,
): string {
  return `<main class="room-page page">
<h1 dir="auto">${escapeHtml(titleOf(card, words))}</h1>
<p class="hosts">${byline(card, words)}</p>${card.about ? `\n<p class="about" dir="auto">${escapeHtml(card.about)}</p>` : ''}
<p id="what" class="what" role="status">${what}</p>${successionLine(card, words)}
<div id="room" ${nameData(card.slug)} data-status="${card.status}" data-title="${escapeHtml(card.title)}" data-hosts="${escapeHtml(JSON.stringify(card.hosts))}" data-clocks="${escapeHtml(JSON.stringify(card.clocks))}"${card.zero === undefined ? '' : ` data-zero="${card.zero}"`}${card.zone === undefined ? '' : ` data-zone="${card.zone}"`}${card.welcome ? ' data-welcome="1"' : ''}></div>
${remindedPart(card, words.language)}${plainAudio(card, words)}
${takePart(card, state, words)}${outlinePart(card, outline, words)}${readsAlong(state) ? `${readingPart(state)}\n` : ''}${clocks(card, words)}
<p class="small"><a href="/r/${card.slug}/numbers">${words.numbers}</a> · <a href="/r/${card.slug}/claims">${words.said}</a> · <a href="/r/${card.slug}/report">${words.report}</a>${card.access === 'private' ? '' : ` · <a href="/r/${card.slug}/qr.svg">${words.qr}</a>`}</p>
</main>`;
}
