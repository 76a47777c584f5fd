import type { Clock } from '../../base/clock.ts';
import { dropFromPost, type Images } from '../../image/index.ts';
import type { Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import type { WordIndex } from '../search/word-index.ts';
import type { PostFault } from './post-fault.ts';
import { EMPTY_POST, type PostDb, type PostRows } from './post-rows.ts';

/** Opens the deletion of posts, which leaves tombstones. */
export function openPostRemoval(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly words: WordIndex;
  readonly rows: PostRows;
  /** Removes the files of images that nobody uses any more. */
  readonly images?: Pick<Images, 'collect'> | undefined;
  readonly notices: NotificationBook;
}) {
  const { clock, words, notices } = deps;
  const { db } = deps.store;
  const { rowOf, hold, counted, unpass } = deps.rows;
  /** Takes the content of a post away; its images go once that lasts. */
  const bury = async (key: number, by: 'author' | 'moderator', reason?: string): Promise<void> => {
    const images = await db.transaction().execute((trx) => emptied(trx, key, by, reason));
    await deps.images?.collect(images);
  };
  /** Takes it away; the ids of its images. */
  async function emptied(
    trx: PostDb,
    key: number,
    by: 'author' | 'moderator',
    reason: string | undefined,
  ): Promise<readonly string[]> {
    await trx
      .updateTable('social_post')
      .set({ ...EMPTY_POST, deleted: clock.wall(), deleted_by: by, reason: reason ?? null, likes: 0 })
      .where('id', '=', key)
      .execute();
    for (const table of ['social_edit', 'social_like', 'social_tag'] as const)
      await trx.deleteFrom(table).where('post', '=', key).execute();
    await trx
      .updateTable('social_profile')
      .set({ pinned_post: null })
      .where('pinned_post', '=', key)
      .execute();
    await words.removePost(trx, key);
    await notices.removed(trx, key);
    return dropFromPost(trx, key);
  }
  return {
    async remove(
      key: number,
      by: { readonly author: string } | 'moderator',
      reason?: string,
    ): Promise<PostFault | undefined> {
      const row = await rowOf(key);
      if (!row) return 'unknown';
      if (by !== 'moderator' && row.author !== by.author) return 'not-author';
      if (row.repost_of !== null) await unpass(row.author, row.repost_of);
      else if (row.deleted === null)
        await bury(key, by === 'moderator' ? 'moderator' : 'author', reason || undefined);
      // A reason is read wherever the post was: moderators put theirs in its place.
      else if (by === 'moderator' && row.deleted_by === 'author' && row.reason !== null)
        await db
          .updateTable('social_post')
          .set({ deleted_by: 'moderator', reason: reason || null })
          .where('id', '=', key)
          .execute();
      // What moderators wrote is theirs.
      else if (reason !== undefined && by !== 'moderator' && row.deleted_by === 'author')
        await db
          .updateTable('social_post')
          .set({ reason: reason || null })
          .where('id', '=', key)
          .execute();
      return undefined;
    },
    async forget(account: string): Promise<void> {
      const likes = await db
        .selectFrom('social_like')
        .select('post')
        .where('account', '=', account)
        .execute();
      for (const { post } of likes)
        await db.transaction().execute(async (trx) => {
          await hold(trx, post);
          await trx
            .deleteFrom('social_like')
            .where('account', '=', account)
            .where('post', '=', post)
            .execute();
          await counted(trx, post, 'likes', -1);
        });
      const own = await db
        .selectFrom('social_post')
        .select(['id', 'repost_of'])
        .where('author', '=', account)
        .where('deleted', 'is', null)
        .execute();
      for (const { id, repost_of } of own)
        if (repost_of !== null) await unpass(account, repost_of);
        else await bury(id, 'author');
      // A reason given earlier is content as well.
      await db.updateTable('social_post').set({ reason: null }).where('author', '=', account).execute();
    },
  };
}
