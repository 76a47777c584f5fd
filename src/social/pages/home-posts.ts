import { type PostPage, pageOfPosts } from '../feeds/pages-of-posts.ts';
import type { SocialParts } from '../parts.ts';
import { socialWords } from './answer.ts';
import { postsHtml } from './list-pages.ts';
import { drawingOf, navHtml, type SocialVisit, visitOf } from './visit.ts';

/** Posts of those one follows, and the newest of everybody. */
const MOST = { followed: 10, here: 5 } as const;
/** Strangers all get the same posts, which are read so often at most, ms. */
const KEPT_MS = 5_000;

const headers = (cache: string): Record<string, string> => ({
  ...{ 'content-type': 'text/html; charset=utf-8', 'cache-control': cache },
  ...{ vary: 'accept-language, cookie', 'x-robots-tag': 'noindex' },
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
});

/** A section with its posts and the way to the others. */
function sectionHtml(id: string, title: string, posts: string, path: string, more: string): string {
  return `<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${posts}<p><a href="${path}">${more}</a></p></section>`;
}

/** The posts of the home page, as HTML without a frame: the page itself is the same for everybody, and these are not. */
export function openHomePosts(parts: SocialParts): (request: Request) => Promise<Response> {
  const kept = new Map<string, { readonly at: number; readonly html: Promise<string> }>();

  /** Without the ways on: this place has its own. */
  async function listHtml(visit: SocialVisit, page: PostPage, empty: string, mark = 0): Promise<string> {
    if (page.posts.length === 0) return `<p class="ash">${empty}</p>`;
    const drawing = { ...(await drawingOf(parts, visit, page.posts)), back: '/' };
    return postsHtml(drawing, page, visit.url, { empty, mark, alone: true });
  }

  async function followedHtml(visit: SocialVisit, account: string, page: PostPage): Promise<string> {
    const { words } = visit;
    const mark = await parts.visits.mark(account);
    const list = await listHtml(visit, page, words.followingEmpty, mark);
    return sectionHtml('posts-followed', words.following, list, '/following', words.allFollowed);
  }

  async function hereHtml(visit: SocialVisit, shown: ReadonlySet<number>): Promise<string> {
    const { words, account } = visit;
    const page = await pageOfPosts(parts, { kind: 'local' }, account?.id, MOST.here + shown.size, undefined);
    // A post stands on the page once.
    const posts = page.posts.filter(({ key }) => !shown.has(key)).slice(0, MOST.here);
    if (posts.length === 0 && shown.size > 0) return '';
    const list = await listHtml(visit, { posts }, words.hereEmpty);
    return sectionHtml('posts-here', words.here, list, '/posts', words.allHere);
  }

  const forStrangers = (visit: SocialVisit): Promise<string> => {
    const { language } = visit.words;
    const at = parts.deps.clock.wall() as number;
    const old = kept.get(language);
    if (old && at - old.at < KEPT_MS) return old.html;
    const html = hereHtml(visit, new Set());
    kept.set(language, { at, html });
    html.catch(() => kept.delete(language));
    return html;
  };

  return async (request) => {
    // In the language of the page around, whatever its reader has chosen for others.
    const visit = { ...(await visitOf(parts, request)), words: socialWords(request) };
    const { account, profile } = visit;
    if (!account) return new Response(await forStrangers(visit), { headers: headers('public, max-age=5') });
    // The page around is the same for everybody: what is one's own begins here.
    let html = navHtml(visit);
    const shown = new Set<number>();
    if (profile) {
      const list = { kind: 'home', account: account.id } as const;
      const page = await pageOfPosts(parts, list, account.id, MOST.followed, undefined);
      for (const { key } of page.posts) shown.add(key);
      html += await followedHtml(visit, account.id, page);
    }
    return new Response(html + (await hereHtml(visit, shown)), { headers: headers('private, no-cache') });
  };
}
