import { escapeHtml } from '../base/plain-text.ts';
import { isRunning, type RoomCard } from '../wire/room.ts';
import { allZones } from '../wire/zones/time-zone.ts';
import type { PlainWords } from './plain-words.ts';
import { byline, titleOf } from './room-words.ts';
import { sentence } from './sentence.ts';

/** How many rooms of each kind the home page lists: the soonest to come, and the newest that are over. */
const MAX_LISTED = { coming: 200, over: 20 } as const;

/** The form's choice who may come. The password stands there always: without scripts nothing shows it later. */
const whoFields = (words: PlainWords): string =>
  `<label>${words.who} <select name="access">${(['public', 'unlisted', 'private'] as const)
    .map((one) => `<option value="${one}">${words.access[one]}</option>`)
    .join('')}</select></label>
<label>${words.password} <input name="password" autocomplete="off" minlength="6" maxlength="200" aria-describedby="password-hint"></label>
<p class="small ash" id="password-hint">${words.passwordHint}</p>
<label><input name="draft" type="checkbox" value="yes" aria-describedby="draft-hint"> ${words.draft}</label>
<p class="small ash" id="draft-hint">${words.draftHint}</p>
`;

let zones: string | undefined;
/** The choice of a zone: without scripts nobody knows the one of the reader, so it begins with UTC. */
function zoneField(words: PlainWords): string {
  zones ??= allZones()
    .map((zone) => `<option value="${zone}">${zone.replaceAll('_', ' ')}</option>`)
    .join('');
  return `<label>${words.zone} <select name="zone">${zones}</select></label>\n`;
}

/** The form field for the operator's link, for browsers without scripts, where not everybody may start rooms. */
const operatorField = (words: PlainWords): string =>
  `<label>${words.operator} <input name="operator" type="password" autocomplete="off" aria-describedby="operator-hint"></label>
<p class="small ash" id="operator-hint">${words.operatorHint}</p>
`;

const listed = (card: RoomCard, words: PlainWords): string =>
  `<li class="room" data-slug="${card.slug}" data-status="${card.status}"><a href="/r/${card.slug}"><h3 dir="auto">${escapeHtml(titleOf(card, words))}</h3></a>` +
  `<p class="hosts">${byline(card, words)}</p><p class="what">${sentence(card, undefined, words)}</p></li>`;
const section = (id: string, title: string, cards: readonly RoomCard[], words: PlainWords): string =>
  cards.length > 0
    ? `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2><ul class="rooms">${cards.map((card) => listed(card, words)).join('\n')}</ul></section>`
    : '';

/** The main part of the home page. `asksForLink`: not everybody may start rooms. */
export function homeMain(cards: readonly RoomCard[], words: PlainWords, asksForLink: boolean): string {
  const on = cards.filter((c) => isRunning(c.status));
  const next = cards
    .filter((c) => c.status === 'scheduled')
    .sort((a, b) => (a.clocks.scheduled ?? 0) - (b.clocks.scheduled ?? 0))
    .slice(0, MAX_LISTED.coming);
  const over = cards
    .filter((c) => c.status === 'ended')
    .sort((a, b) => (b.clocks.ended ?? 0) - (a.clocks.ended ?? 0))
    .slice(0, MAX_LISTED.over);
  return `<main id="home" class="home-page page">
<h1>${words.homeTitle}</h1>
<p class="lede">${words.homeLead}</p>
<div id="rooms">${section('on', words.on, on, words)}
${section('next', words.coming, next, words)}
${section('over', words.over, over, words)}${on.length + next.length + over.length === 0 ? `<p class="ash">${words.nothing}</p>` : ''}</div>
<section id="start" aria-labelledby="start-title"><h2 id="start-title">${words.start}</h2>
<form id="new-room" method="post" action="/api/rooms">
<label>${words.what} <input name="title" required maxlength="140" autocomplete="off" dir="auto"></label>
<label>${words.name} <input name="host" maxlength="60" autocomplete="name" dir="auto"></label>
<label>${words.when} <input name="start" type="datetime-local" aria-describedby="when-hint"></label>
<p class="small ash" id="when-hint">${words.whenHint}</p>
${zoneField(words)}${whoFields(words)}${asksForLink ? operatorField(words) : ''}<button type="submit" class="button">${words.start}</button>
</form></section>
<section class="posts" aria-labelledby="posts-title"><h2 id="posts-title">${words.posts}</h2>
<p><a href="/posts">${words.postsHere}</a> · <a href="/following">${words.postsFollowed}</a></p></section>
</main>`;
}
