import { escapeHtml } from '../../base/plain-text.ts';
import type { EmbedWish } from '../../wire/listening/embed-wish.ts';
import { isRunning, type RoomCard, type RoomState } from '../../wire/room.ts';
import type { PlainWords } from '../plain-words.ts';
import { byline, isolated, nameData, titleOf } from '../room-words.ts';
import { sentence } from '../sentence.ts';
import { away, embedDocument } from './embed-document.ts';

/** Sound for browsers without scripts. */
function plainAudio({ slug, status }: RoomCard, words: PlainWords): string {
  const at = `/r/${slug}`;
  const listen = (file: string, types: string, says: string): string =>
    `<noscript><p><audio controls preload="none">${types}</audio></p><p><a href="${at}/${file}">${says}</a></p></noscript>`;
  if (isRunning(status))
    return listen(
      'radio.mp3',
      `<source src="${at}/radio.mp3" type="audio/mpeg"><source src="${at}/radio.aac" type="audio/aac">`,
      words.listen,
    );
  return status === 'ended'
    ? listen('replay.m4a', `<source src="${at}/replay.m4a" type="audio/mp4">`, words.replay)
    : '';
}

/** The player inside a page of another site: everything it needs, and nothing around it. `tags`: what it loads. */
export function roomEmbed(
  card: RoomCard,
  state: RoomState | undefined,
  words: PlainWords,
  wish: EmbedWish,
  tags: string,
): string {
  const title = titleOf(card, words);
  const { slug, status, hosts, clocks, welcome } = card;
  const data = `${nameData(slug)} data-status="${status}" data-title="${escapeHtml(card.title)}" data-hosts="${escapeHtml(JSON.stringify(hosts))}" data-clocks="${escapeHtml(JSON.stringify(clocks))}"${welcome ? ' data-welcome="1"' : ''}`;
  const main = `<main class="embed" ${data}>
<p class="mark"></p>
<h1 dir="auto">${away(`/r/${slug}`, escapeHtml(title))}</h1>
<p class="hosts">${byline(card, words)}</p>
<p class="what" role="status">${sentence(card, state, words)}</p>
<p class="remind"${status === 'scheduled' ? '' : ' hidden'}><a class="button" href="/r/${slug}/remind" target="_blank" rel="noopener">${words.remindMe}</a></p>
${plainAudio(card, words)}
<p class="said small" dir="auto" data-says="${escapeHtml(words.hostSays('{words}'))}" hidden></p>
<p class="more small" hidden>${away(`/r/${slug}`, words.embedMore)}</p>
<p class="ways small ash">${away(`/r/${slug}`, words.embedRoom)} · ${away(`/r/${slug}/numbers`, words.numbers)} · ${away('/privacy', words.privacy)}</p>
</main>`;
  return embedDocument(wish, isolated(title), tags, main);
}
