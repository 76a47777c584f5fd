import { AVATAR_SIDES, imagePath } from '../../image/index.ts';
import { type CountedPost, POST_FIGURES } from '../../wire/posts/post-figures.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { PersonCard, Profile } from '../people/profiles.ts';
import type { Relation } from '../people/relations.ts';
import type { Post, PostVersion } from '../posts/post.ts';
import type { PostImage } from '../posts/post-images.ts';
import { postIdOf } from '../posts/post-key.ts';
import type { Facet } from '../text/facets.ts';
import { shownImage } from './shown-image.ts';

/** What answers are made with: the origin before paths, and cards of rooms. */
export interface Showing {
  readonly base: string;
  readonly rooms: ReadonlyMap<string, RoomCard>;
}

const iso = (at: number): string => new Date(at).toISOString();

/** The path of a post; of an erased author as well. */
export const postPath = ({ key, author }: Pick<Post, 'key' | 'author'>): string =>
  `/@${author?.handle ?? 'erased'}/${postIdOf(key)}`;

/** Slugs of the rooms whose cards posts carry. */
export const roomsIn = (posts: readonly Post[]): string[] =>
  posts.flatMap((post) => [
    ...(post.content?.room === undefined ? [] : [post.content.room]),
    ...roomsIn([post.quoted ?? [], post.reposted ?? []].flat()),
  ]);

const shownFacet = (facet: Facet): object => {
  if (facet.kind !== 'mention') return facet;
  const { account: _, ...rest } = facet;
  return rest;
};

/** A room as posts and profiles show it. */
export const shownRoom = (card: RoomCard, base: string): object => ({
  ...{ slug: card.slug, title: card.title, hosts: card.hosts, status: card.status },
  url: `${base}/r/${card.slug}`,
  clocks: Object.fromEntries(Object.entries(card.clocks).map(([name, at]) => [name, iso(at)])),
});

/** Somebody as posts and lists show them. */
export const shownPerson = ({ handle, name, avatar }: PersonCard, base: string): object => ({
  ...{ handle, name, url: `${base}/@${handle}` },
  ...(avatar === undefined ? {} : { avatar: base + imagePath(avatar, AVATAR_SIDES[0]) }),
});

const shownImages = (images: readonly PostImage[], base: string): object[] =>
  images.map((image) => ({ ...shownImage(image, base), alt: image.alt }));

/** A post as programs read it. */
export function shownPost(post: Post, showing: Showing): object {
  const { base, rooms } = showing;
  const { content, deleted, author } = post;
  const room = content?.room === undefined ? undefined : rooms.get(content.room);
  return {
    ...{ id: postIdOf(post.key), url: `${base}${postPath(post)}`, created: iso(post.created) },
    author: author ? shownPerson(author, base) : null,
    ...(content
      ? {
          ...{ text: content.text, facets: content.facets.map(shownFacet), version: content.version },
          ...(content.images ? { images: shownImages(content.images, base) } : {}),
          ...(content.edited === undefined ? {} : { edited: iso(content.edited) }),
          ...(room ? { room: shownRoom(room, base) } : {}),
          ...(room && content.clip !== undefined
            ? { clip: { id: content.clip, url: `${base}/r/${room.slug}/clip/${content.clip}` } }
            : {}),
        }
      : {}),
    ...(deleted ? { deleted: { ...deleted, at: iso(deleted.at) } } : {}),
    ...(post.replyTo === undefined ? {} : { replyTo: postIdOf(post.replyTo) }),
    ...(post.root === undefined ? {} : { root: postIdOf(post.root) }),
    ...(post.quoted ? { quoted: shownPost(post.quoted, showing) } : {}),
    ...(post.quotes === undefined ? {} : { quotes: postIdOf(post.quotes) }),
    ...(post.reposted ? { reposted: shownPost(post.reposted, showing) } : {}),
    counts: post.counts,
    ...(post.mine ? { mine: post.mine } : {}),
  };
}

/** What was counted of a post at `at` (wall-clock ms), as programs read it: in the shape of a room's figures. */
export const shownFigures = (id: string, figures: CountedPost | undefined, at: number): object => ({
  ...{ post: id, at: iso(at) },
  metrics: Object.fromEntries(
    POST_FIGURES.map(({ id, unit }, n) => {
      const value = figures?.sums[n] ?? 0;
      const entry = figures?.entry === undefined ? {} : { entry: figures.entry };
      const figure = { value, unit, net: value, gross: value, method: 'counted' };
      return [id, { ...figure, definition: `/numbers#${id}`, ...entry }];
    }),
  ),
});

/** What a post said before. */
export const shownVersion = ({ version, text, facets, images, at }: PostVersion, base: string): object => ({
  ...{ version, text, facets: facets.map(shownFacet), at: iso(at) },
  ...(images ? { images: shownImages(images, base) } : {}),
});

/** A profile as programs read it. */
export function shownProfile(
  profile: Profile,
  counts: { readonly followers: number; readonly following: number },
  base: string,
  relation?: Relation,
): object {
  return {
    ...shownPerson(profile, base),
    ...{ bio: profile.bio, links: profile.links, created: iso(profile.created).slice(0, 10) },
    ...(profile.seen === undefined ? {} : { lastActive: profile.seen }),
    ...(profile.pinnedPost === undefined ? {} : { pinnedPost: postIdOf(profile.pinnedPost) }),
    ...(profile.pinnedRoom === undefined ? {} : { pinnedRoom: profile.pinnedRoom }),
    ...counts,
    ...(relation ? { relation } : {}),
  };
}
