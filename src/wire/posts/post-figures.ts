/** The figures of a post: what they mean, and how they travel. They are no audience, and are added to none. */
import type { FigureRule } from '../metrics.ts';
import type { PostSums } from './post-events.ts';

const figure = <const Id extends string>(
  id: Id,
  rule: string,
  more: Partial<FigureRule> = {},
): FigureRule & { readonly id: Id } => ({
  ...{ unit: 'events', additive: false, version: 1, since: '2026-12-01', rule, ...more },
  id,
});

/** All figures of a post, in the order of `POST_EVENTS`; none is added to that of another post. */
export const POST_FIGURES = [
  figure(
    'post_impressions',
    'At least half of the card of the post was visible in a visible tab for one second without a break; once per post and page view. Not its author, not staff; embeds are a line of their own.',
  ),
  figure(
    'post_embed_impressions',
    'The same inside pages of other sites: at least half of the embedded post visible in a visible tab for one second without a break, once per page view.',
  ),
  figure(
    'post_opens',
    'The page of the post was opened and visible; once per page view. Not its author, not staff.',
  ),
  figure(
    'post_listens',
    'Somebody pressed the card of the room in the post, and a segment was delivered and the first sound was played within 30 s; once per page view.',
  ),
] as const;
/** The id of a figure of a post. */
export type PostFigureId = (typeof POST_FIGURES)[number]['id'];

/** What was counted of one post so far. */
export interface CountedPost {
  readonly sums: PostSums;
  /** The newest entry of the evidence log that has them, or had them before; absent until one is written. */
  readonly entry?: number;
}

/** What the tally answers about posts; those of which nothing was counted are absent. */
export interface CountedPosts {
  /** Wall-clock ms. */
  readonly at: number;
  readonly posts: Readonly<Record<string, CountedPost>>;
}

/** Most posts in one question to the tally. */
export const MOST_ASKED_POSTS = 100;

/** Counts of posts that are told together: each post's id, and what was counted since the batch before. */
export type PostCountList = readonly (readonly [post: string, ...sums: PostSums])[];

const ID = /^[1-9a-z][0-9a-z]{0,10}$/;

/** The number of a post by its id; undefined for what is none. */
export function postNumber(id: string): number | undefined {
  const number = ID.test(id) ? Number.parseInt(id, 36) : 0;
  return number > 0 && Number.isSafeInteger(number) ? number : undefined;
}
