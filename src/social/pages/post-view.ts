import { escapeHtml } from '../../base/plain-text.ts';
import { button, day, moment, own, sentTo, time } from '../../form/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import { postPath } from '../api/shown.ts';
import type { Post, Tombstone } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import type { Facet } from '../text/facets.ts';
import type { AskedWords } from '../text/search-words.ts';
import type { SocialWords } from '../words/social-words.ts';
import { avatarHtml } from './avatar-view.ts';
import { imagesHtml } from './image-view.ts';
import { markedHtml } from './marked.ts';
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
  /** Posts that the page has above those that answer them. */
  readonly above?: ReadonlySet<number>;
  /** What was searched, marked where it is found. */
  readonly asked?: AskedWords | undefined;
}

/** Characters of a link that are shown. */
const SHOWN_LINK = 48;

function facetHtml(facet: Facet, said: string, asked: AskedWords | undefined): string {
  if (facet.kind === 'mention') return `<a href="/@${facet.handle}">${markedHtml(said, asked)}</a>`;
  if (facet.kind === 'tag')
    return `<a href="/search?q=${encodeURIComponent(`#${facet.tag}`)}">${markedHtml(said, asked)}</a>`;
  const bare = said.replace(/^https?:\/\/(?:www\.)?/i, '');
  const short = [...bare].length > SHOWN_LINK ? `${[...bare].slice(0, SHOWN_LINK - 1).join('')}…` : bare;
  return `<a href="${escapeHtml(facet.url)}" rel="ugc nofollow noopener noreferrer">${markedHtml(short, asked)}</a>`;
}

/** A text with its links; each paragraph in its own direction. */
export function textHtml(text: string, facets: readonly Facet[], asked?: AskedWords): string {
  let html = '';
  let at = 0;
  for (const facet of facets) {
    if (facet.from < at || facet.to > text.length) continue;
    html += markedHtml(text.slice(at, facet.from), asked);
    html += facetHtml(facet, text.slice(facet.from, facet.to), asked);
    at = facet.to;
  }
  html += markedHtml(text.slice(at), asked);
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
export function roomCardHtml(
  words: SocialWords,
  card: RoomCard,
  clip?: string,
  from = '',
  asked?: AskedWords,
): string {
  const { slug, title, hosts, status, clocks } = card;
  const live = status === 'live';
  const when =
    status === 'scheduled' && clocks.scheduled !== undefined ? ` · ${moment(words, clocks.scheduled)}` : '';
  return `<div class="room-card"><p class="mark${live ? ' live' : ''}">${words.statuses[status]}${when}</p>
<p><a href="/r/${slug}${from}"><strong dir="auto">${markedHtml(title, asked)}</strong></a></p>${hosts.length === 0 ? '' : `<p class="ash small" dir="auto">${hosts.map(own).join(', ')}</p>`}${
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
  const asked = isQuoted ? undefined : drawing.asked;
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
  return `<div class="said">${content ? textHtml(content.text, content.facets, asked) : ''}</div>${imagesHtml(words, content?.images, isQuoted, asked)}${room ? roomCardHtml(words, room, content?.clip, fromPost(counted, post)) : ''}${quoted}`;
}

/** How many answered, passed on, quoted and liked a post; none of it stands there before there is any. */
function countsHtml({ words }: PostDrawing, post: Post): string {
  const path = postPath(post);
  const { replies, reposts, quotes, likes } = post.counts;
  const said = [
    ...(replies > 0 ? [`<a href="${path}#answer">${words.counts('replies', replies)}</a>`] : []),
    ...(reposts > 0 ? [`<span>${words.counts('reposts', reposts)}</span>`] : []),
    ...(quotes > 0 ? [`<a href="${path}?show=quotes">${words.counts('quotes', quotes)}</a>`] : []),
    ...(likes > 0 ? [`<span>${words.counts('likes', likes)}</span>`] : []),
  ];
  return said.length === 0 ? '' : `<p class="counts small ash">${said.join(' ')}</p>`;
}

/** What somebody may do with a post, for whoever may. */
function actsHtml({ words, acts, back }: PostDrawing, post: Post): string {
  if (!acts) return '';
  const path = postPath(post);
  const here = `${back}#p-${postIdOf(post.key)}`;
  const { reposts, likes } = post.counts;
  const act = (name: string, text: string, figure: string): string =>
    `<li>${sentTo(path, { act: name, back: here }, button(text, 'quiet bare', `aria-label="${escapeHtml(`${text}, ${figure}`)}"`), 'inline')}</li>`;
  const link = (href: string, text: string): string =>
    `<li><a class="button quiet bare" href="${href}">${text}</a></li>`;
  const passed = post.mine?.reposted === true;
  const liked = post.mine?.liked === true;
  return `<ul class="acts">${link(`${path}#answer`, words.reply)}${act(
    passed ? 'unrepost' : 'repost',
    passed ? words.unrepost : words.repost,
    words.counts('reposts', reposts),
  )}${link(`${path}?show=quote`, words.quote)}${act(
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
    !main && shown.replyTo !== undefined && !drawing.above?.has(shown.replyTo)
      ? `<p class="ash small"><a href="/@post/${postIdOf(shown.replyTo)}">${words.answers}</a></p>`
      : '';
  const label = escapeHtml(words.postOf(shown.author?.name ?? words.erasedAuthor));
  const foot = shown.deleted
    ? ''
    : `<div class="counted">${countsHtml(drawing, shown)}${figuresHtml(words, counted, shown)}</div>${actsHtml(drawing, shown)}`;
  const opened = main && drawing.opens ? ' data-opened' : '';
  return `<article class="post${main ? ' main' : ''}" id="p-${postIdOf(post.key)}" aria-label="${label}"${markAttribute(counted, shown)}${opened}>${by}${answers}${headHtml(words, shown, 2)}${bodyHtml(drawing, shown)}${foot}</article>`;
}
