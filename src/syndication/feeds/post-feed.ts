import type { PageLanguage } from '../../base/negotiation.ts';
import { escapeHtml } from '../../base/plain-text.ts';
import { type AtomItem, atomFeed } from '../../feeds/index.ts';
import { imagePath, widthsOf } from '../../image/index.ts';
import { type Facet, type Post, type PublicPosts, postIdOf, postPath } from '../../social/index.ts';
import { type PostFeedWords, postFeedWords } from './post-words.ts';

/** Letters of a post that are its title in a reader. */
const MOST_TITLE = 80;

/** What a feed of posts is made of. */
export interface PostFeedFacts extends PublicPosts {
  /** The address of this server, absolute, without a trailing slash. */
  readonly base: string;
  /** Its own path, without a question. */
  readonly path: string;
  /** What stands in its address behind `before=`. */
  readonly before?: string | undefined;
  readonly guid: string;
  /** The id of all posts of this server: that of one post is below it, in whichever feed it is. */
  readonly ids: string;
  readonly language: PageLanguage;
}

interface Telling {
  readonly facts: PostFeedFacts;
  readonly words: PostFeedWords;
}

/** The id of a post: the same in every feed, and after a move. */
const idOf = ({ facts }: Telling, post: Post): string => `urn:uuid:${facts.ids}#${postIdOf(post.key)}`;

const linked = (base: string, facet: Facet, said: string): string => {
  const to =
    facet.kind === 'mention'
      ? `${base}/@${facet.handle}`
      : facet.kind === 'tag'
        ? `${base}/search?q=${encodeURIComponent(`#${facet.tag}`)}`
        : facet.url;
  return `<a href="${escapeHtml(to)}">${escapeHtml(said)}</a>`;
};

/** A text with its links, which are absolute; each paragraph in its own direction. */
function textOf(base: string, text: string, facets: readonly Facet[]): string {
  let html = '';
  let at = 0;
  for (const facet of facets) {
    if (facet.from < at || facet.to > text.length) continue;
    html += escapeHtml(text.slice(at, facet.from)) + linked(base, facet, text.slice(facet.from, facet.to));
    at = facet.to;
  }
  html += escapeHtml(text.slice(at));
  return html
    .split('\n\n')
    .map((paragraph) => `<p dir="auto">${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}

const goneLine = ({ words }: Telling, { deleted }: Post): string =>
  deleted ? words.deleted(deleted.by, deleted.at) : '';

/** What a post says, or what is left of it. */
function htmlOf(post: Post, telling: Telling): string {
  const { facts, words } = telling;
  const { base, rooms } = facts;
  const { deleted, content, reposted, quoted } = post;
  const nameOf = (one: Post): string => escapeHtml(one.author?.name ?? words.erased);
  const inside = (one: Post, before: string): string =>
    `<p><a href="${escapeHtml(base + postPath(one))}">${before}</a></p><blockquote>${htmlOf(one, telling)}</blockquote>`;
  if (deleted)
    return `<p>${goneLine(telling, post)}</p>${
      deleted.reason === undefined ? '' : `<p dir="auto">${escapeHtml(words.reason(deleted.reason))}</p>`
    }`;
  if (reposted) return inside(reposted, words.answers(nameOf(reposted)));
  const room = content?.room === undefined ? undefined : rooms.get(content.room);
  const at = room && `${base}/r/${room.slug}`;
  const card = room
    ? `<p>${words.room} <a href="${escapeHtml(String(at))}">${escapeHtml(room.title)}</a>${
        content?.clip === undefined
          ? ''
          : ` · <a href="${escapeHtml(`${at}/clip/${content.clip}`)}">${words.clip}</a>`
      }</p>`
    : '';
  const images = (content?.images ?? []).map(({ id, width, height, alt }) => {
    const [large = 0, usual = large] = widthsOf({ width });
    return `<p><a href="${base}${imagePath(id, large)}"><img src="${base}${imagePath(id, usual)}" width="${width}" height="${height}" alt="${escapeHtml(alt)}"></a></p>`;
  });
  const edited = content?.edited === undefined ? '' : `<p><small>${words.edited(content.edited)}</small></p>`;
  return `${content ? textOf(base, content.text, content.facets) : ''}${images.join('')}${card}${
    quoted ? inside(quoted, words.answers(nameOf(quoted))) : ''
  }${edited}`;
}

/** A title for readers that show nothing else. */
function titleOf(post: Post, telling: Telling): string {
  const { words } = telling;
  if (post.deleted) return goneLine(telling, post);
  if (post.reposted) return words.shared(post.author?.name ?? words.erased);
  const letters = [...(post.content?.text.replace(/\s+/g, ' ').trim() ?? '')];
  return letters.length > MOST_TITLE ? `${letters.slice(0, MOST_TITLE - 1).join('')}…` : letters.join('');
}

function itemOf(post: Post, telling: Telling): AtomItem {
  const { base } = telling.facts;
  const { author, content, deleted, created } = post;
  return {
    ...{
      id: idOf(telling, post),
      title: titleOf(post, telling),
      link: base + postPath(post.reposted ?? post),
    },
    ...{ published: created, updated: Math.max(created, deleted?.at ?? content?.edited ?? created) },
    author: author ? { name: author.name, uri: `${base}/@${author.handle}` } : { name: telling.words.erased },
    html: htmlOf(post, telling),
    enclosures: (content?.images ?? []).map(({ id, width, alt }) => ({
      ...{ href: base + imagePath(id, widthsOf({ width })[0] ?? 0), type: 'image/webp' },
      ...(alt === '' ? {} : { title: alt }),
    })),
    tags: [...new Set(content?.facets.flatMap((facet) => (facet.kind === 'tag' ? [facet.tag] : [])) ?? [])],
  };
}

/**
 * Posts for readers, the newest first. A deleted post stays as an entry with the same id that says when it was deleted:
 * readers replace the text that they have by it.
 */
export function postFeed(facts: PostFeedFacts): string {
  const { base, path, person, posts, next, before, guid, language } = facts;
  const words = postFeedWords(language);
  const telling = { facts, words };
  const self = base + path;
  const older = (id: string): string => `${self}?before=${id}`;
  const times = posts.flatMap(({ created, deleted, content }) => [
    created,
    deleted?.at ?? 0,
    content?.edited ?? 0,
  ]);
  const host = new URL(base).host;
  const link = person ? `${base}/@${person.handle}` : `${base}/posts`;
  return atomFeed({
    ...{ id: `urn:uuid:${guid}`, self: before === undefined ? self : older(before), link, language },
    title: person ? words.ofPerson(person.name) : words.ofServer(host),
    about: person?.bio || words.about,
    updated: times.reduce((a, b) => Math.max(a, b), person?.created ?? 0),
    author: person ? { name: person.name, uri: link } : { name: host },
    icon: `${base}/_/icon-192.png`,
    ...(next === undefined && before === undefined ? {} : { first: self }),
    ...(next === undefined ? {} : { next: older(next) }),
    entries: posts.map((post) => itemOf(post, telling)),
  });
}
