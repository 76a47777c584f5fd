import type { SocialParts } from '../parts.ts';
import type { Post } from '../posts/post.ts';
import type { AskedWords } from '../text/search-words.ts';

/** Posts on a page. */
export const PAGE_POSTS = 30;
/** Most posts on a page that a program asks for. */
export const MOST_PAGE_POSTS = 100;
/** The first page begins above all posts. */
export const TOP = Number.MAX_SAFE_INTEGER;
/** A page is filled in so many turns at most; with many who are not read it may be shorter. */
const MOST_TURNS = 4;

/** A page of a list of posts. */
export interface PostPage {
  readonly posts: readonly Post[];
  /** The number before (or, of replies, after) which the next page begins; absent on the last. */
  readonly next?: number;
}

/** Which list. */
export type PostList =
  | { readonly kind: 'home'; readonly account: string }
  | { readonly kind: 'local' }
  | { readonly kind: 'author'; readonly account: string; readonly replies: boolean }
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'replies' | 'quotes'; readonly post: number }
  | { readonly kind: 'words'; readonly asked: AskedWords };

/** Lists in which somebody does not meet whom they mute; to a profile they have come for just that person. */
const SIFTED: ReadonlySet<PostList['kind']> = new Set(['home', 'local', 'tag', 'words', 'replies', 'quotes']);

const keysOf = (
  { feeds, words }: SocialParts,
  list: PostList,
  limit: number,
  at: number,
): Promise<number[]> => {
  switch (list.kind) {
    case 'home':
      return feeds.home(list.account, limit, at);
    case 'local':
      return feeds.local(limit, at);
    case 'author':
      return feeds.of(list.account, limit, at, list.replies);
    case 'tag':
      return feeds.tagged(list.tag, limit, at);
    case 'replies':
      return feeds.repliesTo(list.post, limit, at);
    case 'quotes':
      return feeds.quotesOf(list.post, limit, at);
    case 'words':
      return words.posts(list.asked, limit, at);
  }
};

/** A post without what its reader does not read inside; undefined when all of it is such. */
function sifted(post: Post, unread: ReadonlySet<string>): Post | undefined {
  const isUnread = (one: Post | undefined): boolean =>
    one?.author !== undefined && unread.has(one.author.account);
  if (isUnread(post) || isUnread(post.reposted)) return undefined;
  if (!post.quoted || !isUnread(post.quoted)) return post;
  const { quoted, ...rest } = post;
  return { ...rest, quotes: quoted.key };
}

/** One page of a list, as `reader` sees it. */
export async function pageOfPosts(
  parts: SocialParts,
  list: PostList,
  reader: string | undefined,
  limit: number,
  from: number = list.kind === 'replies' ? 0 : TOP,
): Promise<PostPage> {
  const unread = SIFTED.has(list.kind) ? await parts.relations.away(reader) : new Set<string>();
  const posts: Post[] = [];
  let at = from;
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const keys = await keysOf(parts, list, limit + 1, at);
    const found = await parts.reader.read(keys, reader);
    for (const post of found) {
      if (posts.length === limit) return { posts, next: at };
      const kept = sifted(post, unread);
      if (kept) posts.push(kept);
      at = post.key;
    }
    if (keys.length <= limit) return { posts };
  }
  return { posts, next: at };
}
