import type { Clock } from '../../base/clock.ts';
import type { Images } from '../../image/index.ts';
import type { Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import type { Profiles } from '../people/profiles.ts';
import type { Relations } from '../people/relations.ts';
import type { WordIndex } from '../search/word-index.ts';
import type { PostFault, PostWish } from './post-fault.ts';
import type { ImageWish } from './post-images.ts';
import { openPostKeys } from './post-key.ts';
import { openPostMarks } from './post-marks.ts';
import { openPostRemoval } from './post-removal.ts';
import { openPostRows } from './post-rows.ts';
import { openPostWriting } from './post-writing.ts';

/** Makes posts, and what people do with them. */
export interface PostBook {
  /** The number of the new post. */
  write(author: string, wish: PostWish): Promise<number | PostFault>;
  /** `isCurrent`: whether it is still the version that was read. */
  edit(
    author: string,
    key: number,
    text: string,
    isCurrent?: (version: number) => boolean,
    /** Undefined: those that it has stay. */
    images?: readonly ImageWish[],
  ): Promise<PostFault | undefined>;
  /**
   * Leaves a tombstone; its author may give it another reason later. A repost leaves none. `reason`: empty for none,
   * undefined to keep what is there.
   */
  remove(
    key: number,
    by: { readonly author: string } | 'moderator',
    reason?: string,
  ): Promise<PostFault | undefined>;
  like(account: string, key: number, on: boolean): Promise<PostFault | undefined>;
  repost(account: string, key: number, on: boolean): Promise<PostFault | undefined>;
  /** Makes tombstones of all posts of an erased account, and takes back its likes. */
  forget(account: string): Promise<void>;
}

/** Opens the book. */
export async function openPostBook(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly words: WordIndex;
  readonly profiles: Profiles;
  readonly relations: Relations;
  readonly images?: Pick<Images, 'collect'> | undefined;
  readonly notices: NotificationBook;
}): Promise<PostBook> {
  const newest = await deps.store.db
    .selectFrom('social_post')
    .select((e) => e.fn.max('id').as('id'))
    .executeTakeFirst();
  const rows = openPostRows(deps);
  const all = { ...deps, rows, keys: openPostKeys(deps.clock, newest?.id ?? 0) };
  return { ...openPostWriting(all), ...openPostRemoval(all), ...openPostMarks(all) };
}
