import type { Context } from 'hono';
import type { z } from 'zod';
import {
  type Attempted,
  isRefusal,
  type PageWanted,
  pageOf,
  pageWanted,
  refuse,
  refused,
} from '../../api/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import { type Complained, complain } from '../complaints.ts';
import { MOST_PAGE_POSTS, PAGE_POSTS, type PostList, pageOfPosts } from '../feeds/pages-of-posts.ts';
import type { SocialParts } from '../parts.ts';
import type { Profile } from '../people/profiles.ts';
import type { ComposeFault } from '../posts/composing.ts';
import type { Post } from '../posts/post.ts';
import { postKeyOf } from '../posts/post-key.ts';
import type { NEW_COMPLAINT } from './requests.ts';
import { roomsIn, type Showing, shownPost } from './shown.ts';

/** Somebody who is signed in and has an address. */
export interface SocialMember {
  readonly account: AccountCard;
  readonly profile: Profile;
}

/** Why a text was not taken, in words. */
const TEXTS: Readonly<Partial<Record<ComposeFault, string>>> = {
  empty: 'text: nothing of it can be read',
  'too-long': 'text: at most 500 characters',
  'too-many-marks':
    'text: more than 8 marks are on one letter, or one character is made of more than 40 parts',
  broken: 'text: it has half of a surrogate pair',
  'too-many-links': 'text: at most 20 links',
  'too-many-mentions': 'text: at most 20 people are mentioned in one post',
  'too-many-tags': 'text: at most 20 hashtags',
  'too-many-images': 'images: at most 4, each once',
  'no-image': 'images: use the ids that POST /api/images gave this account in the last 24 hours',
  'bad-alt': 'images: a description is longer than 1,000 characters, or cannot be read',
  'no-room': 'room: no room that everybody may see has this address',
  'no-clip': 'clip: the room has no such clip',
  'too-many-edits': 'text: this post was edited 50 times already',
};

/** A fault as an answer. */
export function faulty(fault: ComposeFault): Response {
  if (fault === 'unknown') return refuse('not-found', 'There is no such post.');
  if (fault === 'deleted') return refuse('post-deleted');
  if (fault === 'not-author') return refuse('not-author');
  if (fault === 'blocked') return refuse('blocked');
  if (fault === 'changed') return refuse('etag-mismatch', 'Somebody has edited it since: read it again.');
  return refuse('unprocessable', TEXTS[fault]);
}

/** What the routes of the API do alike. */
export interface Answers {
  readonly parts: SocialParts;
  readonly base: string;
  /** Who asks, where that is known. */
  reader(c: Context): Promise<AccountCard | undefined>;
  /** Who asks, and their profile; a refusal without. */
  member(c: Context): Promise<SocialMember | Response>;
  /** The number of the post in the path. */
  key(c: Context): number | Response;
  /** The profile in the path. */
  profile(c: Context): Promise<Profile | Response>;
  showing(posts: readonly Post[]): Promise<Showing>;
  shown(post: Post): Promise<object>;
  /** A page of a list of posts; `more`: members of the answer beside them. */
  list(c: Context, list: PostList, reader: string | undefined, more?: object): Promise<Response>;
  /** Takes a complaint of anybody. */
  complain(c: Context, about: Complained, wish: z.output<typeof NEW_COMPLAINT>): Promise<Response>;
  /** The refusal while `account` has to wait; undefined when it may act once more. */
  paced(c: Context, kind: 'posts' | 'acts' | 'images', account: AccountCard): Response | undefined;
}

/** Which page of a list a request wants. */
export const wantedPage = (c: Context): Attempted<PageWanted> =>
  pageWanted(c.req.query(), MOST_PAGE_POSTS, PAGE_POSTS);

/** Opens what the routes do alike. */
export function openAnswers(parts: SocialParts): Answers {
  const { deps, profiles, paces, rooms } = parts;
  const base = (deps.publicUrl ?? '').replace(/\/+$/, '');
  const showing: Answers['showing'] = async (list) => ({ base, rooms: await rooms.cards(roomsIn(list)) });
  return {
    ...{ parts, base, showing },
    reader: (c) => deps.account(c.req.raw),
    async member(c) {
      const account = await deps.account(c.req.raw);
      if (!account) return refuse('account-needed');
      const profile = await profiles.of(account.id);
      if (!profile) return refuse('profile-needed');
      await profiles.visited(account.id, account.name);
      return { account, profile };
    },
    key: (c) => postKeyOf(c.req.param('id') ?? '') ?? refuse('not-found', 'There is no such post.'),
    profile: async (c) =>
      (await profiles.byHandle(c.req.param('handle') ?? '')) ??
      refuse('not-found', 'Nobody has this address.'),
    shown: async (post) => shownPost(post, await showing([post])),
    async list(c, list, reader, more = {}) {
      const wanted = wantedPage(c);
      if (isRefusal(wanted)) return refused(wanted);
      const page = await pageOfPosts(parts, list, reader, wanted.limit, wanted.after?.at);
      const ways = await showing(page.posts);
      return pageOf(
        c,
        'posts',
        page.posts.map((post) => shownPost(post, ways)),
        page.next === undefined ? undefined : { at: page.next, key: '' },
        more,
      );
    },
    async complain(c, about, { reason, words = '' }) {
      if (reason === 'other' && words === '') return refuse('unprocessable', 'words: say what it is');
      const filed = await complain(deps, c.req.raw, about, reason, words);
      return 'wait' in filed
        ? refuse('too-often', filed.wrong, { 'retry-after': `${filed.wait}` })
        : c.json(filed, 201);
    },
    paced(c, kind, account) {
      const wait = paces[kind].take(c, account.id);
      return wait === undefined ? undefined : refuse('too-often', undefined, { 'retry-after': `${wait}` });
    },
  };
}
