import { escapeHtml } from '../../base/plain-text.ts';
import type { EmbedWish } from '../../wire/listening/embed-wish.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { PlainWords } from '../plain-words.ts';
import { clockText, replayWords } from '../replay-words.ts';
import { byline, isolated, titleOf } from '../room-words.ts';
import { instant } from '../sentence.ts';
import { away, embedDocument } from './embed-document.ts';

/** A clip inside a page of another site, with no script; without it: what stands where one was. */
export function clipEmbed(
  card: RoomCard,
  clip: Clip | undefined,
  words: PlainWords,
  wish: EmbedWish,
  tags: string,
): string {
  const own = replayWords(words.language);
  const room = `/r/${card.slug}`;
  const title = titleOf(card, words);
  const ways = (...links: string[]): string => `<p class="ways small ash">${links.join(' · ')}</p>`;
  const whole = `${own.wholeRoom}${words.language === 'fr' ? '\u00a0' : ''}: <bdi>${escapeHtml(title)}</bdi>`;
  if (!clip)
    return embedDocument(
      wish,
      own.goneTitle,
      tags,
      `<main class="embed"><h1>${own.goneTitle}</h1><p class="what">${own.gone}</p>${ways(away(room, whole))}</main>`,
    );
  const at = `${room}/clip/${clip.id}`;
  const length = clockText((clip.to - clip.from) / 1000 + 0.5);
  const main = `<main class="embed">
<p class="mark">${own.clipOf(length, instant(clip.made, words.language))}</p>
<h1 dir="auto">${away(at, escapeHtml(clip.title))}</h1>
<p class="hosts">${byline(card, words)}</p>
<audio controls preload="metadata" src="${at}.m4a" aria-label="${escapeHtml(isolated(clip.title))}"></audio>
${ways(away(room, whole), away('/privacy', words.privacy))}
</main>`;
  return embedDocument(wish, isolated(clip.title), tags, main);
}
