import type { RoomCard } from '../../wire/room.ts';
import { roomsIn } from '../api/shown.ts';
import type { SocialParts } from '../parts.ts';
import type { Profile } from '../people/profiles.ts';
import type { Post } from '../posts/post.ts';
import { postIdOf, postKeyOf } from '../posts/post-key.ts';
import { pageOfPosts } from './pages-of-posts.ts';

/** Posts as everybody may read them, the newest first; tombstones are among them. */
export interface PublicPosts {
  /** Whose they are; absent: everybody's. */
  readonly person?: Profile;
  readonly posts: readonly Post[];
  /** The rooms whose cards they carry. */
  readonly rooms: ReadonlyMap<string, RoomCard>;
  /** The id of a post before which the next page begins; absent on the last. */
  readonly next?: string;
}

/** Which posts. */
export interface PublicQuestion {
  /** Of one person, by the name in their address. */
  readonly handle?: string | undefined;
  /** Only those before this post, by its id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

/** Reads a page; undefined where nobody has that name, or no post can have that id. */
export async function publicPosts(
  parts: SocialParts,
  { handle, before, limit }: PublicQuestion,
): Promise<PublicPosts | undefined> {
  const from = before === undefined ? undefined : postKeyOf(before);
  if (before !== undefined && from === undefined) return undefined;
  const person = handle === undefined ? undefined : await parts.profiles.byHandle(handle);
  if (handle !== undefined && !person) return undefined;
  const list = person
    ? ({ kind: 'author', account: person.account, replies: false } as const)
    : ({ kind: 'local' } as const);
  const { posts, next } = await pageOfPosts(parts, list, undefined, limit, from);
  return {
    ...(person ? { person } : {}),
    posts,
    rooms: await parts.rooms.cards(roomsIn(posts)),
    ...(next === undefined ? {} : { next: postIdOf(next) }),
  };
}
