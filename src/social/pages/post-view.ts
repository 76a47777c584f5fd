import { escapeHtml } from '../../base/plain-text.ts';
import { button, day, moment, own, sentTo, time } from '../../form/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import { postPath } from '../api/shown.ts';
import type { Post, Tombstone } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import type { Facet } from '../text/facets.ts';
import type { SocialWords } from '../words/social-words.ts';
import { avatarHtml } from './avatar-view.ts';
import { imagesHtml } from './image-view.ts';
import { figuresHtml, fromPost, markAttribute, type PostCounted } from './post-counted.ts';

/** What posts of a page are drawn with. */
export interface PostDrawing {
  readonly words: SocialWords;
  readonly rooms: ReadonlyMap<string, RoomCard>;
  /** True for somebody who may act. */
  readonly acts: boolean;
  /** The page to come back to. */
  readonly back: string;
  readonly counted: PostCounted;
  /** True on the page of a post: whoever looks at it has opened it. */
  readonly opens?: boolean;
}

/** Characters of a link that are shown. */
const SHOWN_LINK = 48;

function facetHtml(facet: Facet, said: string): string {
  if (facet.kind === 'mention') return `<a href="/@${facet.handle}">${escapeHtml(said)}</a>`;
  if (facet.kind === 'tag')
    return `<a href="/search?q=${encodeURIComponent(`#${facet.tag}`)}">${escapeHtml(said)}</a>`;
  const bare = said.replace(/^https?:\/\/(?:www\.)?/i, '');
  const short = [...bare].length > SHOWN_LINK ? `${[...bare].slice(0, SHOWN_LINK - 1).join('')}…` : bare;
  return `<a href="${escapeHtml(facet.url)}" rel="ugc nofollow noopener noreferrer">${escapeHtml(short)}</a>`;
}

/** A text with its links; each paragraph in its own direction. */
export function textHtml(text: string, facets: readonly Facet[]): string {
  let html = '';
  let at = 0;
  for (const facet of facets) {
    if (facet.from < at || facet.to > text.length) continue;
    html += escapeHtml(text.slice(at, facet.from)) + facetHtml(facet, text.slice(facet.from, facet.to));
    at = facet.to;
  }
  html += escapeHtml(text.slice(at));
  return html
    .split('\n\n')
    .map((paragraph) => `<p dir="auto">${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** When a post was deleted, and by whom, in a sentence. */
export const deletedLine = (words: SocialWords, { at, by }: Tombstone): string =>
  by === 'author' ? words.deletedByAuthor(day(words, at)) : words.deletedByModerator(day(words, at));

/** What is left of a deleted post. */
export const tombstoneHtml = (words: SocialWords, tombstone: Tombstone): string =>
  `<div class="tombstone"><p>${deletedLine(words, tombstone)}</p>${
    tombstone.reason === undefined
      ? ''
      : `<p dir="auto">${words.reasonGiven(escapeHtml(tombstone.reason))}</p>`
  }</div>`;

/** The card of a room; it says what the room is doing now. `from`: what its address says of the post that has it. */
export function roomCardHtml(words: SocialWords, card: RoomCard, clip?: string, from = ''): string {
  const { slug, title, hosts, status, clocks } = card;
  const live = status === 'live';
  const when =
    status === 'scheduled' && clocks.scheduled !== undefined ? ` · ${moment(words, clocks.scheduled)}` : '';
  return `<div class="room-card"><p class="mark${live ? ' live' : ''}">${words.statuses[status]}${when}</p>
<p><a href="/r/${slug}${from}"><strong dir="auto">${escapeHtml(title)}</strong></a></p>${hosts.length === 0 ? '' : `<p class="ash small" dir="auto">${hosts.map(own).join(', ')}</p>`}${
    clip === undefined ? '' : `<p><a href="/r/${slug}/clip/${escapeHtml(clip)}">${words.toClip}</a></p>`
  }</div>`;
}

const authorHtml = (words: SocialWords, { author }: Post): string =>
  author
    ? `${avatarHtml(author)}<a class="who" href="/@${author.handle}">${own(author.name)}</a> <span class="ash">@${author.handle}</span>`
    : `<span class="who">${words.erasedAuthor}</span>`;

function headHtml(words: SocialWords, post: Post, level: 2 | 3): string {
  const path = postPath(post);
  const edited =
    post.content?.edited === undefined ? '' : ` · <a href="${path}?show=history">${words.edited}</a>`;
  return `<header><h${level} class="by">${authorHtml(words, post)}</h${level}><p class="ash small"><a href="${path}">${time(words, post.created)}</a>${edited}</p></header>`;
}

/** What a post says, or what is left of it. */
function bodyHtml(drawing: PostDrawing, post: Post, isQuoted = false): string {
  const { words, rooms, counted } = drawing;
  if (post.deleted) return tombstoneHtml(words, post.deleted);
  const { content } = post;
  const room = content?.room === undefined ? undefined : rooms.get(content.room);
  const quoted = post.quoted
    ? `<blockquote class="quoted"${markAttribute(counted, post.quoted)}>${headHtml(words, post.quoted, 3)}${bodyHtml(drawing, post.quoted, true)}</blockquote>`
    : post.quotes === undefined
      ? ''
      : isQuoted
        ? `<p class="small"><a href="/@post/${postIdOf(post.quotes)}">${words.quotesAnother}</a></p>`
        : `<blockquote class="quoted"><p class="ash">${words.notShown}</p></blockquote>`;
  return `<div class="said">${content ? textHtml(content.text, content.facets) : ''}</div>${imagesHtml(words, content?.images, isQuoted)}${room ? roomCardHtml(words, room, content?.clip, fromPost(counted, post)) : ''}${quoted}`;
}

/** Likes and reposts as buttons for whoever may press them; as figures for everybody. */
function footHtml({ words, acts, back }: PostDrawing, post: Post): string {
  const path = postPath(post);
  const { replies, reposts, quotes, likes } = post.counts;
  const here = `${back}#p-${postIdOf(post.key)}`;
  const act = (name: string, text: string, figure: string): string =>
    `<li>${acts ? sentTo(path, { act: name, back: here }, `${button(text, 'quiet', `aria-label="${escapeHtml(`${text}, ${figure}`)}"`)}`, 'inline') : ''}<span class="small ash">${figure}</span></li>`;
  const liked = post.mine?.liked === true;
  const passed = post.mine?.reposted === true;
  return `<ul class="acts"><li><a href="${path}#answer">${words.reply}</a> <span class="small ash">${words.counts('replies', replies)}</span></li>${act(
    passed ? 'unrepost' : 'repost',
    passed ? words.unrepost : words.repost,
    words.counts('reposts', reposts),
  )}<li>${acts ? `<a href="${path}?show=quote">${words.quote}</a> ` : ''}<a class="small" href="${path}?show=quotes">${words.counts('quotes', quotes)}</a></li>${act(
    liked ? 'unlike' : 'like',
    liked ? words.unlike : words.like,
    words.counts('likes', likes),
  )}</ul>`;
}

/** A post alone, with nothing to press in it but links. */
export const postArticle = (drawing: PostDrawing, post: Post): string =>
  `<article class="post"${markAttribute(drawing.counted, post)}>${
    post.replyTo === undefined
      ? ''
      : `<p class="ash small"><a href="/@post/${postIdOf(post.replyTo)}">${drawing.words.answers}</a></p>`
  }${headHtml(drawing.words, post, 2)}${bodyHtml(drawing, post)}</article>`;

/** One post of a list. `main`: the one that the page is about. */
export function postHtml(drawing: PostDrawing, post: Post, main = false): string {
  const { words, counted } = drawing;
  const shown = post.reposted ?? post;
  const by =
    post.reposted && post.author
      ? `<p class="ash small passed">${words.reposted(`<a href="/@${post.author.handle}">${own(post.author.name)}</a>`)}</p>`
      : '';
  const answers =
    !main && shown.replyTo !== undefined
      ? `<p class="ash small"><a href="/@post/${postIdOf(shown.replyTo)}">${words.answers}</a></p>`
      : '';
  const label = escapeHtml(words.postOf(shown.author?.name ?? words.erasedAuthor));
  const foot = shown.deleted ? '' : `${figuresHtml(words, counted, shown)}${footHtml(drawing, shown)}`;
  const opened = main && drawing.opens ? ' data-opened' : '';
  return `<article class="post${main ? ' main' : ''}" id="p-${postIdOf(post.key)}" aria-label="${label}"${markAttribute(counted, shown)}${opened}>${by}${answers}${headHtml(words, shown, 2)}${bodyHtml(drawing, shown)}${foot}</article>`;
}
