import type { PostsEntry } from '../wire/evidence-entry.ts';

/** Posts of other accounts that are counted of one room; beyond it those of new posts are not. */
export const MOST_POSTS = 256;
/** The longest name of a post, in characters. */
const MOST_NAME = 80;
/** Minutes between two entries. */
const EVERY_MINUTES = 10;

/** Impressions by post. */
export type PostImpressions = Readonly<Record<string, number>>;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** What a door says of posts, without what no door of ours would say. */
export function cleanPosts(told: unknown): PostImpressions {
  if (typeof told !== 'object' || told === null) return {};
  const posts = Object.entries(told).filter(
    ([of, many]) => of.length > 0 && of.length <= MOST_NAME && isCount(many),
  );
  return Object.fromEntries(posts.slice(0, MOST_POSTS));
}

/** Joins two sets of posts by `join`, a sum or a maximum; a post that only one has keeps its count. */
export function joinPosts(
  a: PostImpressions = {},
  b: PostImpressions = {},
  join: (a: number, b: number) => number,
): PostImpressions {
  const all = new Map(Object.entries(a));
  for (const [of, many] of Object.entries(b)) {
    const known = all.get(of);
    if (known !== undefined) all.set(of, join(known, many));
    else if (all.size < MOST_POSTS) all.set(of, many);
  }
  return Object.fromEntries(all);
}

/** An entry about posts without its place in the room's chain. */
export type PostsFigures = Omit<PostsEntry, 'room' | 'seq' | 'previous'>;

/** The entry of a minute that is over: every ten minutes when a post has grown since `written`; else undefined. */
export function postsToWrite(
  posts: PostImpressions,
  written: PostImpressions,
  minute: number,
): PostsFigures | undefined {
  if ((minute + 1) % EVERY_MINUTES !== 0) return undefined;
  const list = Object.entries(posts).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (!list.some(([of, many]) => many > (written[of] ?? 0))) return undefined;
  return {
    ...{ v: 1, kind: 'posts', at: (minute + 1) * 60_000 },
    posts: list.map(([of, net]) => ({
      of,
      total: { post_impressions: { net, gross: net, method: 'counted' } },
    })),
  };
}
