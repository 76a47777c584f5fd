import { escapeHtml } from '../../base/plain-text.ts';
import { QUESTION_LENGTH } from '../../wire/interaction/questions.ts';
import { isRunning, type RoomCard, type RoomState } from '../../wire/room.ts';
import { STAGE_NAME_LENGTH } from '../../wire/stage/hands.ts';
import type { PlainWords } from '../plain-words.ts';
import { instant } from '../sentence.ts';

const english = {
  title: 'Take part',
  lead: 'You can ask in text here. To speak, to react and to follow who is talking, the page needs scripts; listening does not.',
  question: 'Your question',
  name: 'Your name (optional)',
  send: 'Ask',
  all: 'All questions, and votes',
  closed: 'The host takes no questions in text in this room.',
  pinned: 'The host has pinned:',
  asOf: (when: string) => `This page shows what was so at ${when}. Reload it for the newest.`,
  waits: 'This page looks again by itself every half minute until the room opens.',
  other: 'For a player of your own (HLS):',
};

const french: typeof english = {
  title: 'Participer',
  lead: 'Vous pouvez poser une question par écrit ici. Pour parler, réagir et suivre qui parle, la page a besoin de scripts ; pour écouter, non.',
  question: 'Votre question',
  name: 'Votre nom (facultatif)',
  send: 'Demander',
  all: 'Toutes les questions, et les voix',
  closed: 'L’hôte ne prend pas de questions écrites dans cette salle.',
  pinned: 'L’hôte a épinglé :',
  asOf: (when) => `Cette page montre la situation à ${when}. Rechargez-la pour la plus récente.`,
  waits: 'Cette page regarde d’elle-même toutes les demi-minutes jusqu’à l’ouverture de la salle.',
  other: 'Pour votre propre lecteur (HLS) :',
};

/** Has a page without scripts look again until its room opens; one with sound in it is left alone. */
export const waitsByItself = ({ status }: RoomCard): string =>
  status === 'scheduled' ? '<noscript><meta http-equiv="refresh" content="30"></noscript>\n' : '';

/** What a page without scripts has instead of the cards that scripts make: ask, read what is pinned, listen elsewhere. */
export function takePart(card: RoomCard, state: RoomState | undefined, page: PlainWords): string {
  const words = page.language === 'fr' ? french : english;
  if (card.status === 'scheduled') return `<noscript><p class="small">${words.waits}</p></noscript>\n`;
  if (!isRunning(card.status)) return '';
  const at = `/r/${card.slug}`;
  const asks = card.rules?.questions !== false && card.welcome !== true;
  const form = asks
    ? `<form method="post" action="${at}/questions"><p><label>${words.question}<br><textarea name="text" dir="auto" rows="3" maxlength="${QUESTION_LENGTH}" required></textarea></label></p>
<p><label>${words.name}<br><input name="name" dir="auto" maxlength="${STAGE_NAME_LENGTH}" autocomplete="name"></label></p>
<p><button class="button">${words.send}</button></p></form>
<p><a class="button quiet" href="${at}/questions">${words.all}</a></p>`
    : `<p>${words.closed}</p>`;
  const pinned = state?.pinned ? `<p>${words.pinned} ${pinnedLine(state.pinned)}</p>` : '';
  const when = state ? `<p class="small">${words.asOf(instant(state.at, page.language))}</p>` : '';
  return `<noscript><section class="card take-part"><h2>${words.title}</h2>${pinned}<p>${words.lead}</p>
${form}
<p class="small">${words.other} <a href="${at}/live/main.m3u8">${at}/live/main.m3u8</a></p>${when}</section></noscript>
`;
}

/** A host's line and its link, with the host name in plain sight. */
function pinnedLine({ text, link }: { readonly text: string; readonly link?: string }): string {
  const line = `<strong dir="auto">${escapeHtml(text)}</strong>`;
  if (!link || !URL.canParse(link)) return line;
  return `${line} <a href="${escapeHtml(link)}" rel="nofollow noopener noreferrer">${escapeHtml(new URL(link).host)}</a>`;
}
