import { escapeHtml } from '../../base/plain-text.ts';
import type { AccountCard } from '../../wire/account.ts';
import { FROM_POST } from '../../wire/posts/post-events.ts';
import type { CountedPost } from '../../wire/posts/post-figures.ts';
import type { SocialParts } from '../parts.ts';
import type { Post } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import type { SocialDeps } from '../social-deps.ts';
import type { SocialWords } from '../words/social-words.ts';

/** What a page says, and tells, of how often posts were seen. */
export interface PostCounted {
  /** The mark by which whoever looks at the page counts; undefined for the author of the post and for staff. */
  mark(post: Post): string | undefined;
  /** What was counted, by post; undefined while nobody can say. */
  readonly figures: ReadonlyMap<string, CountedPost> | undefined;
}

/** Marks for a visitor, and figures for everybody. `rooms`: those that have a card. */
export async function countedOf(
  { deps }: SocialParts,
  account: AccountCard | undefined,
  posts: readonly Post[],
  rooms: { has(slug: string): boolean },
): Promise<PostCounted> {
  const ids = posts.map((post) => postIdOf((post.reposted ?? post).key));
  const figures = ids.length === 0 ? new Map() : await deps.figures?.(ids);
  return { figures, mark: marksFor(deps, account, rooms) };
}

/** Marks for a visitor; none where the post is theirs, or where they are staff. */
export const marksFor =
  (
    deps: Pick<SocialDeps, 'mark'>,
    account: AccountCard | undefined,
    rooms: { has(slug: string): boolean },
  ): PostCounted['mark'] =>
  ({ key, author, content }) => {
    if (!content || account?.role === 'operator') return undefined;
    if (account && author?.account === account.id) return undefined;
    const { room } = content;
    return deps.mark?.(postIdOf(key), room !== undefined && rooms.has(room) ? room : undefined);
  };

/** The attribute by which a script finds what is to be watched. */
export const markAttribute = ({ mark }: PostCounted, post: Post): string => {
  const made = mark(post);
  return made === undefined ? '' : ` data-mark="${escapeHtml(made)}"`;
};

/** What is added to the address of a room, so that a listen that begins there counts for the post. */
export const fromPost = ({ mark }: PostCounted, post: Post): string => {
  const made = mark(post);
  return made === undefined ? '' : `#${FROM_POST}=${made}`;
};

/** What was counted of a post, for everybody: in a shape that no audience has, with the way to what it means. */
export function figuresHtml(words: SocialWords, { figures }: PostCounted, post: Post): string {
  const { counted } = words;
  const said = (text: string): string =>
    `<p class="impressions"><a href="/numbers">${text}<span class="visually-hidden"> · ${counted.what}</span></a></p>`;
  if (!figures) return said(counted.unknown);
  const [impressions, embeds, opens, listens] = figures.get(postIdOf(post.key))?.sums ?? [0, 0, 0, 0];
  return said(
    [
      counted.impressions(impressions),
      ...(opens > 0 ? [counted.opens(opens)] : []),
      ...(listens > 0 ? [counted.listens(listens)] : []),
      ...(embeds > 0 ? [counted.embeds(embeds)] : []),
    ]
      .map((part) => `<span>${part}</span>`)
      .join(' · '),
  );
}
