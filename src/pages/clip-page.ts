import { escapeHtml } from '../base/plain-text.ts';
import { clipEmbedCode } from '../wire/listening/embed-code.ts';
import type { Clip } from '../wire/replay/edits.ts';
import type { ReplayOutline } from '../wire/replay/outline.ts';
import type { RoomCard } from '../wire/room.ts';
import { codeBox } from './embed/code-box.ts';
import { oembedLinks } from './embed/oembed-links.ts';
import { LISTEN, type Shell } from './page-shell.ts';
import type { PlainWords } from './plain-words.ts';
import { clockText, replayWords } from './replay-words.ts';
import { byline, isolated, titleOf } from './room-words.ts';
import { instant } from './sentence.ts';

/** What the pages of a replay need: the frame, and the public address without a trailing slash, or nothing. */
export interface ClipFrame {
  readonly shell: Shell;
  readonly base: string;
}

/**
 * The page of a clip: its sound, where it is from, and what previews of links show. It needs no script; one copies its code. Without the
 * clip: the page where one was.
 */
export function clipPage(
  frame: ClipFrame,
  card: RoomCard,
  clip: (Clip & { readonly at: number | undefined }) | undefined,
  words: PlainWords,
): string {
  if (!clip) return goneClipPage(frame, card, words);
  const { shell, base } = frame;
  const own = replayWords(words.language);
  const at = `/r/${card.slug}/clip/${clip.id}`;
  const title = isolated(clip.title);
  const length = clockText((clip.to - clip.from) / 1000 + 0.5);
  const about = own.clipOf(length, instant(clip.made, words.language));
  const sound = base
    ? `<meta property="og:audio" content="${escapeHtml(base + at)}.m4a">\n<meta property="og:audio:type" content="audio/mp4">\n${oembedLinks(base, base + at, title)}`
    : '';
  const main = `<main class="room-page clip-page page">
<p class="mark">${about}</p>
<h1 dir="auto">${escapeHtml(clip.title)}</h1>
${clip.text ? `<p dir="auto">${escapeHtml(clip.text)}</p>\n` : ''}<p class="hosts">${byline(card, words)}</p>
<audio controls preload="metadata" src="${at}.m4a"></audio>
<p class="actions"><a class="button" href="/r/${card.slug}${clip.at === undefined ? '' : `?t=${Math.floor(clip.at)}`}">${own.fromRoom}</a> <a class="button quiet" href="${at}.m4a" download="${card.slug}-${clip.id}.m4a">${own.download}</a></p>
${base && card.access !== 'private' ? codeBox(clipEmbedCode(base + at, title), words) : ''}<p><a href="/r/${card.slug}">${own.wholeRoom}${words.language === 'fr' ? '\u00a0' : ''}: <span dir="auto">${escapeHtml(titleOf(card, words))}</span></a></p>
</main>`;
  return shell(
    words,
    {
      ...{ title, path: at, extra: sound },
      about: [clip.text ?? '', isolated(titleOf(card, words)), about].filter(Boolean).join(' · '),
      image: { path: `${at}.png`, says: `${clip.title}. ${about}` },
    },
    { sources: ['web/people/copy-code.ts'], scripted: true, styles: LISTEN.sources },
    main,
  );
}

function goneClipPage({ shell }: ClipFrame, card: RoomCard, words: PlainWords): string {
  const own = replayWords(words.language);
  const extra = '<meta name="robots" content="noindex">\n';
  return shell(
    words,
    { title: own.goneTitle, about: own.gone, path: `/r/${card.slug}`, extra },
    { ...LISTEN, scripted: false },
    `<main class="plain page"><h1>${own.goneTitle}</h1><p>${own.gone}</p><p><a class="button" href="/r/${card.slug}">${own.wholeRoom}</a></p></main>`,
  );
}

/** Chapters, clips and what was left out, for readers without scripts; empty where there is nothing of it. */
export function outlinePart(card: RoomCard, outline: ReplayOutline | undefined, words: PlainWords): string {
  if (!outline) return '';
  const own = replayWords(words.language);
  const file = `/r/${card.slug}/replay.m4a`;
  const chapters = outline.chapters.map(
    ({ at, title }) =>
      `<li><a href="${file}#t=${Math.max(0, Math.floor(at - outline.lead))}">${clockText(at)} <span dir="auto">${escapeHtml(title)}</span></a></li>`,
  );
  const clips = outline.clips.map(
    ({ id, title }) => `<li><a href="/r/${card.slug}/clip/${id}" dir="auto">${escapeHtml(title)}</a></li>`,
  );
  const trims = outline.trims.map(
    ({ at, seconds, made, note }) =>
      `<p class="small">${own.trimmed({ made, length: clockText(seconds), at: clockText(at), note: `<span dir="auto">${escapeHtml(note)}</span>` })}</p>`,
  );
  const list = (title: string, items: readonly string[]): string =>
    items.length > 0 ? `<h2>${title}</h2><ol>${items.join('')}</ol>` : '';
  const all = [list(own.chapters, chapters), list(own.clips, clips), ...trims].join('');
  return all === '' ? '' : `<noscript>${all}</noscript>\n`;
}
