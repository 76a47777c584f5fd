/** Around the room: profiles, posts and their tombstones, who follows whom, feeds, and search. */
import { failed, failureOf } from '../api/index.ts';
import { reasonOf } from '../base/errors.ts';
import type { PageLanguage } from '../base/negotiation.ts';
import { ms } from '../base/time.ts';
import { find } from '../http/index.ts';
import { imagePath, widthsOf } from '../image/index.ts';
import type { PostPreview } from '../wire/listening/link-preview.ts';
import { openSocialApi } from './api/social-api.ts';
import { type PublicPosts, type PublicQuestion, publicPosts } from './feeds/public-feed.ts';
import { failedPage } from './pages/answer.ts';
import { awayFrame, openPostEmbeds, previewOf } from './pages/embed-page.ts';
import { openSocialPages } from './pages/social-pages.ts';
import { openSocialParts } from './parts.ts';
import { showAvatar } from './people/avatar.ts';
import { ownSocialData } from './people/own-social-data.ts';
import type { Profile } from './people/profiles.ts';
import { reportable } from './posts/post.ts';
import { postKeyOf } from './posts/post-key.ts';
import { openRoomWords } from './search/room-words.ts';
import type { ComplaintSubject, SocialDeps } from './social-deps.ts';

export { socialPaths } from './api/described.ts';
export { postPath } from './api/shown.ts';
export type { PublicPosts, PublicQuestion } from './feeds/public-feed.ts';
export type { Profile } from './people/profiles.ts';
export type { Post } from './posts/post.ts';
export { postIdOf } from './posts/post-key.ts';
export type { Complaint, SocialDeps, SocialPage } from './social-deps.ts';
export type { Facet } from './text/facets.ts';

/** The steps after `/api/` that are answered here. */
const STEPS: ReadonlySet<string | undefined> = new Set([
  'profile',
  'profiles',
  'posts',
  'feeds',
  'search',
  'images',
  'notifications',
  'settings',
]);

/** Counts of followers are looked through once a day. */
const RECOUNT_EVERY = ms(86_400_000);
/** Old notifications are removed so often. */
const SWEEP_MS = ms(6 * 3_600_000);

/** The part, once open. */
export interface Social extends AsyncDisposable {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
  /** A room has changed: search finds it by its new words, or no longer. */
  roomChanged(slug: string): void;
  /** What programs of others are told of a post; undefined where there is none. */
  preview(id: string, language: PageLanguage): Promise<PostPreview | undefined>;
  /** Posts as everybody may read them, for programs; undefined where nobody has that name. */
  publicPosts(asked: PublicQuestion): Promise<PublicPosts | undefined>;
  /** Somebody by the name in their address. */
  person(handle: string): Promise<Profile | undefined>;
  /** Removes a post, or the reason on its tombstone, as a moderator; whose it was, or undefined when there is none. */
  removePost(id: string, reason: string): Promise<string | undefined>;
  /** Takes away what somebody shows of themselves; whose it was, or undefined when nobody has this address. */
  clearProfile(handle: string): Promise<string | undefined>;
  /** Whose a post or a profile is; undefined when there is none. */
  ownerOf(subject: ComplaintSubject, target: string): Promise<string | undefined>;
  /** What can be seen of a post or a profile, as paths to small images. */
  imagesOf(
    subject: ComplaintSubject,
    target: string,
  ): Promise<readonly { readonly path: string; readonly alt: string }[]>;
  /** Notifications of an account that came after its last look; 100: 100 or more. */
  unseen(account: string): Promise<number>;
  /** Everything that is kept about an account. */
  exported(account: string): Promise<object>;
  /** Resolves when what goes on by itself is done: for tests. */
  settled(): Promise<void>;
  /** Forgets an account that is erased: tombstones without reasons stay. */
  forget(account: string): Promise<void>;
}

/** Opens the part on the store. */
export async function open(deps: SocialDeps): Promise<Social> {
  const { log } = deps;
  const running = new Set<Promise<unknown>>();
  const later = (
    work: Promise<void>,
    failure = 'the words of a room could not be written: search may miss it',
  ): void => {
    const one = work
      .catch((error: unknown) => log.warn({ error: reasonOf(error) }, failure))
      .finally(() => running.delete(one));
    running.add(one);
  };
  const parts = await openSocialParts(deps, later);
  const api = openSocialApi(parts);
  const pages = openSocialPages(parts);
  const embeds = openPostEmbeds(parts);
  const roomWords = openRoomWords({ ...deps, words: parts.words });
  const settled = async (): Promise<void> => {
    while (running.size > 0) await Promise.all(running);
  };
  later(roomWords.catchUp());
  const recount = deps.clock.every(RECOUNT_EVERY, () =>
    later(
      parts.relations.recount().then((wrong) => {
        if (wrong > 0) log.warn({ wrong }, 'counts of followers were wrong, and are right again');
      }),
      'counts of followers could not be looked through: it is tried again tomorrow',
    ),
  );
  const sweep = deps.clock.every(SWEEP_MS, () =>
    later(parts.notices.sweep(), 'old notifications could not be removed: it is tried again'),
  );
  return {
    takes(path) {
      const [, api, step] = path.split('/');
      if (api === 'api') return STEPS.has(step);
      return find(path)?.address.id.startsWith('social-') === true;
    },
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const [isApi, isFrame] = [pathname.startsWith('/api/'), pathname.startsWith('/embed/')];
      try {
        if (isFrame) return await embeds(request);
        return await (isApi ? api.fetch(request) : pages(request));
      } catch (error) {
        const why = failureOf(deps, request, error, 'a request about posts could not be answered');
        if (isFrame) return awayFrame(deps, request);
        return isApi ? failed(why) : failedPage(deps, request, why);
      }
    },
    roomChanged(slug) {
      later(roomWords.changed(slug));
      later(
        parts.events.changed(slug),
        'what became of a room could not be written: its followers may miss it',
      );
    },
    async preview(id, language) {
      const key = postKeyOf(id.toLowerCase());
      const post = key === undefined ? undefined : await parts.reader.one(key);
      return post && previewOf(post.reposted ?? post, language);
    },
    publicPosts: (asked) => publicPosts(parts, asked),
    person: (handle) => parts.profiles.byHandle(handle),
    async removePost(id, reason) {
      const key = postKeyOf(id);
      const post = key === undefined ? undefined : await parts.reader.one(key);
      if (!post || reportable(post) === undefined) return undefined;
      return (await parts.book.remove(post.key, 'moderator', reason)) ? undefined : post.author?.account;
    },
    async clearProfile(handle) {
      const owner = (await parts.profiles.byHandle(handle))?.account;
      if (owner === undefined) return undefined;
      await parts.profiles.clear(owner);
      if (deps.images) await showAvatar({ ...deps, images: deps.images }, owner, undefined);
      return owner;
    },
    async ownerOf(subject, target) {
      if (subject === 'profile') return (await parts.profiles.byHandle(target))?.account;
      const key = postKeyOf(target);
      return key === undefined ? undefined : (await parts.reader.one(key))?.author?.account;
    },
    async imagesOf(subject, target) {
      if (subject === 'profile') {
        const id = (await parts.profiles.byHandle(target))?.avatar;
        return id === undefined ? [] : [{ path: imagePath(id, 96), alt: '' }];
      }
      const key = postKeyOf(target);
      const post = key === undefined ? undefined : await parts.reader.one(key);
      return (post?.content?.images ?? []).map((image) => ({
        path: imagePath(image.id, widthsOf(image).at(-1) ?? 0),
        alt: image.alt,
      }));
    },
    settled,
    unseen: (account) => parts.notifications.unseen(account),
    exported: async (account) => ({
      ...(await ownSocialData(deps.store, account)),
      ...(deps.images ? { images: await deps.images.exported(account) } : {}),
    }),
    async forget(account) {
      await parts.book.forget(account);
      await parts.relations.forget(account);
      await parts.notices.forget(account);
      await parts.profiles.forget(account);
      await deps.images?.forget(account);
    },
    async [Symbol.asyncDispose]() {
      recount[Symbol.dispose]();
      sweep[Symbol.dispose]();
      parts.mails[Symbol.dispose]();
      await settled();
    },
  };
}
