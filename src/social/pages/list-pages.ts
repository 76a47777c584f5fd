import { escapeHtml } from '../../base/plain-text.ts';
import { goOn, lineField, own, refusedNote } from '../../form/index.ts';
import { PAGE_POSTS, type PostPage, pageOfPosts } from '../feeds/pages-of-posts.ts';
import type { SocialParts } from '../parts.ts';
import type { PersonCard } from '../people/profiles.ts';
import { postIdOf } from '../posts/post-key.ts';
import { searcher } from '../search/searcher.ts';
import { tagOf } from '../text/facets.ts';
import { type AskedWords, askedWords } from '../text/search-words.ts';
import { avatarHtml } from './avatar-view.ts';
import { markedHtml } from './marked.ts';
import { type PostDrawing, postHtml, roomCardHtml } from './post-view.ts';
import { drawingOf, keyIn, type SocialVisit, shown } from './visit.ts';

/** The list of posts of a page, with the way to the next; `mark`: the newest post that was seen before. */
export function postsHtml(
  drawing: PostDrawing,
  page: PostPage,
  url: URL,
  {
    empty,
    mark = 0,
    first = true,
    alone = false,
  }: {
    readonly empty: string;
    readonly mark?: number;
    readonly first?: boolean;
    /** Part of another page, which says itself where the others are. */
    readonly alone?: boolean;
  },
): string {
  const { words } = drawing;
  const { posts, next } = page;
  const items: string[] = [];
  let marked = mark === 0;
  for (const post of posts) {
    if (!marked && post.key <= mark) {
      marked = true;
      // On a page that begins below the mark, everything was seen.
      if (items.length > 0 || first)
        items.push(
          `<li class="since"><p id="since">${items.length === 0 ? words.nothingNew : words.sinceMark}</p></li>`,
        );
    }
    items.push(`<li>${postHtml(drawing, post)}</li>`);
  }
  if (alone) return `<ol class="feed">${items.join('')}</ol>`;
  const query = new URLSearchParams(url.searchParams);
  if (next !== undefined) query.set('before', postIdOf(next));
  const ways = [
    ...(next === undefined
      ? []
      : [
          `<a class="button quiet" rel="next" href="${escapeHtml(`${url.pathname}?${query}`)}">${words.older}</a>`,
        ]),
    ...(first ? [] : [`<a href="${escapeHtml(withoutBefore(url))}">${words.toTop}</a>`]),
  ];
  if (posts.length === 0 && first) return `<p class="ash">${empty}</p>`;
  return `<ol class="feed">${items.join('')}</ol>${next === undefined ? `<p class="ash small">${words.end}</p>` : ''}${ways.length === 0 ? '' : `<p class="answers">${ways.join(' ')}</p>`}`;
}

const withoutBefore = (url: URL): string => {
  const query = new URLSearchParams(url.searchParams);
  query.delete('before');
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
};

/** Views of a page, of which one is shown. */
export const tabsHtml = (
  label: string,
  tabs: readonly (readonly [href: string, text: string, on: boolean])[],
): string =>
  `<nav class="tabs" aria-label="${escapeHtml(label)}"><ul>${tabs
    .map(
      ([href, text, on]) =>
        `<li><a href="${escapeHtml(href)}"${on ? ' aria-current="page"' : ''}>${text}</a></li>`,
    )
    .join('')}</ul></nav>`;

/** Somebody in a list of people; `asked`: what is marked in their name. */
export const personHtml = (
  card: Pick<PersonCard, 'handle' | 'name' | 'avatar'>,
  asked?: AskedWords,
): string =>
  `<li class="person">${avatarHtml(card)}<a class="who" href="/@${card.handle}"><bdi>${markedHtml(card.name, asked)}</bdi></a> <span class="ash">@${markedHtml(card.handle, asked)}</span></li>`;

/** Posts of those whom one follows. */
export async function followingPage(parts: SocialParts, visit: SocialVisit): Promise<Response> {
  const { words, account, profile, url } = visit;
  if (!account) return goOn('/sign-in');
  if (!profile) return goOn('/compose');
  const before = keyIn(url, 'before');
  const page = await pageOfPosts(
    parts,
    { kind: 'home', account: account.id },
    account.id,
    PAGE_POSTS,
    before,
  );
  const newest = page.posts[0]?.key;
  const mark =
    before === undefined && newest !== undefined
      ? await parts.visits.look(account.id, newest)
      : await parts.visits.mark(account.id);
  const drawing = await drawingOf(parts, visit, page.posts);
  return shown(parts, visit, {
    ...{ title: words.following, about: words.about.following },
    inside: `<h1>${words.following}</h1><p class="ash">${words.followingLead}</p>${postsHtml(drawing, page, url, { empty: words.followingEmpty, mark, first: before === undefined })}`,
  });
}

/** Posts of everybody here. */
export async function herePage(parts: SocialParts, visit: SocialVisit): Promise<Response> {
  const { words, account, url } = visit;
  const before = keyIn(url, 'before');
  const page = await pageOfPosts(parts, { kind: 'local' }, account?.id, PAGE_POSTS, before);
  const drawing = await drawingOf(parts, visit, page.posts);
  return shown(parts, visit, {
    ...{ title: words.here, about: words.about.here, listed: true },
    feeds: [{ type: 'application/atom+xml', path: '/posts.atom', title: words.here }],
    inside: `<h1>${words.here}</h1><p class="ash">${words.hereLead}${account ? '' : ` ${words.signInToFollow}`}</p>${postsHtml(drawing, page, url, { empty: words.hereEmpty, first: before === undefined })}`,
  });
}

const KINDS = ['posts', 'people', 'rooms'] as const;
type Kind = (typeof KINDS)[number];

/** Search; `#word` finds a hashtag. */
export async function searchPage(parts: SocialParts, visit: SocialVisit): Promise<Response> {
  const { words, url } = visit;
  const typed = (url.searchParams.get('q') ?? '').slice(0, 200);
  const kind = KINDS.find((one) => one === url.searchParams.get('kind')) ?? 'posts';
  const asked = typed === '' ? undefined : askedWords(typed);
  const wait = asked && parts.paces.searches.take(undefined, searcher(visit.request, visit.account?.id));
  const form = `<form method="get" action="/search" role="search" class="card">${kind === 'posts' ? '' : `<input type="hidden" name="kind" value="${kind}">`}${lineField(words.searchFor, 'q', 'type="search" required maxlength="200"', { id: 'q', value: typed, hint: words.searchHint })}<p><button class="button">${words.search}</button></p></form>`;
  const to = (one: Kind): string => `/search?${new URLSearchParams({ q: typed, kind: one })}`;
  const tabs = tabsHtml(
    words.searchIn,
    KINDS.map((one) => [to(one), words.kinds[one], one === kind]),
  );
  const results =
    typed === ''
      ? ''
      : wait !== undefined
        ? refusedNote(words.searchedTooOften(wait))
        : asked
          ? `<section aria-label="${words.found}"><h2>${words.found}</h2>${await foundHtml(parts, visit, typed, kind)}</section>`
          : refusedNote(words.searchFaulty);
  return shown(
    parts,
    visit,
    {
      title: typed === '' ? words.search : `${typed} · ${words.search}`,
      ...{ about: words.about.search, listed: typed === '' },
      inside: `<h1>${words.search}</h1>${form}${tabs}${results}`,
    },
    wait === undefined ? {} : { status: 429, headers: { 'retry-after': `${wait}` } },
  );
}

async function foundHtml(parts: SocialParts, visit: SocialVisit, typed: string, kind: Kind): Promise<string> {
  const { words, account, url } = visit;
  const none = `<p>${words.nothingFound(own(typed))}</p><p class="ash">${words.searchTry}</p>`;
  const asked = askedWords(typed);
  if (!asked) return none;
  if (kind === 'posts') {
    const before = keyIn(url, 'before');
    const tag = /^\s*[#＃](\S+)\s*$/u.exec(typed)?.[1];
    const list =
      tag === undefined ? ({ kind: 'words', asked } as const) : ({ kind: 'tag', tag: tagOf(tag) } as const);
    const page = await pageOfPosts(parts, list, account?.id, PAGE_POSTS, before);
    if (page.posts.length === 0 && before === undefined) return none;
    const drawing = { ...(await drawingOf(parts, visit, page.posts)), asked };
    return postsHtml(drawing, page, url, { empty: '', first: before === undefined });
  }
  const refs = await parts.words.others(kind === 'people' ? 'person' : 'room', asked, PAGE_POSTS);
  if (kind === 'rooms') {
    const cards = await parts.rooms.cards(refs);
    const items = refs.flatMap((slug) => {
      const card = cards.get(slug);
      return card && card.access === undefined
        ? [`<li>${roomCardHtml(words, card, undefined, '', asked)}</li>`]
        : [];
    });
    return items.length === 0 ? none : `<ul class="feed">${items.join('')}</ul>`;
  }
  const cards = await parts.profiles.cards(refs);
  const unread = await parts.relations.away(account?.id);
  const items = refs.flatMap((ref) => {
    const card = unread.has(ref) ? undefined : cards.get(ref);
    return card ? [personHtml(card, asked)] : [];
  });
  return items.length === 0 ? none : `<ul class="rows">${items.join('')}</ul>`;
}
