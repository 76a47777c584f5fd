import type { Clock } from '../../base/clock.ts';
import { isDuplicate, type Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import type { PostFault } from './post-fault.ts';
import type { PostKeys } from './post-key.ts';
import { BLANK_POST, type PostRows } from './post-rows.ts';

const once = async (work: () => Promise<PostFault | undefined>): Promise<PostFault | undefined> => {
  try {
    return await work();
  } catch (error) {
    // Twice at the same moment: it is done.
    if (!isDuplicate(error)) throw error;
    return undefined;
  }
};

/** Opens likes and reposts. */
export function openPostMarks(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly rows: PostRows;
  readonly keys: PostKeys;
  readonly notices: NotificationBook;
}) {
  const { clock, keys, notices } = deps;
  const { db } = deps.store;
  const { rowOf, hold, counted, target, unpass } = deps.rows;
  return {
    async like(account: string, key: number, on: boolean): Promise<PostFault | undefined> {
      const post = await target(account, key);
      if (typeof post === 'string') return on || post === 'unknown' ? post : undefined;
      return once(() =>
        db.transaction().execute(async (trx) => {
          const isThere = await hold(trx, post.id);
          if (on) {
            if (!isThere) return 'deleted';
            await trx
              .insertInto('social_like')
              .values({ post: post.id, account, at: clock.wall() })
              .execute();
            await counted(trx, post.id, 'likes', 1);
            await notices.many(trx, post.author, 'like', account, post.id);
            return undefined;
          }
          const { numDeletedRows } = await trx
            .deleteFrom('social_like')
            .where('account', '=', account)
            .where('post', '=', post.id)
            .executeTakeFirst();
          if (numDeletedRows === 0n) return undefined;
          await counted(trx, post.id, 'likes', -1);
          notices.tookBack(post.author, 'like', account, post.id);
          return undefined;
        }),
      );
    },
    async repost(account: string, key: number, on: boolean): Promise<PostFault | undefined> {
      const post = await target(account, key);
      if (post === 'unknown') return post;
      if (!on) {
        const first = await rowOf(key);
        await unpass(account, first?.repost_of ?? key);
        return undefined;
      }
      if (typeof post === 'string') return post;
      return once(() =>
        db.transaction().execute(async (trx) => {
          if (!(await hold(trx, post.id))) return 'deleted';
          await trx
            .insertInto('social_post')
            .values({ ...BLANK_POST, id: keys.next(), author: account, repost_of: post.id })
            .execute();
          await counted(trx, post.id, 'reposts', 1);
          await notices.many(trx, post.author, 'repost', account, post.id);
          return undefined;
        }),
      );
    },
  };
}
