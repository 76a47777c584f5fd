import type { Kysely } from 'kysely';
import type { Schema, Store } from '../../store/index.ts';
import type { NotificationBook } from '../notifications/notification-writing.ts';
import type { Relations } from '../people/relations.ts';

/** The database, or a transaction in it. */
export type PostDb = Kysely<Schema>;
type Column = 'replies' | 'reposts' | 'quotes' | 'likes';

/** The columns of a post without content. */
export const EMPTY_POST = {
  text: '',
  facets: '[]',
  room: null,
  clip: null,
  images: null,
  edited: null,
} as const;
/** The columns that are empty in most posts. */
export const BLANK_POST = {
  ...{ ...EMPTY_POST, reply_to: null, root: null, quote_of: null, repost_of: null, request: null },
  ...{ deleted: null, deleted_by: null, reason: null },
} as const;

/** Opens the rows of posts: what writing, marking and removing share. */
export function openPostRows({
  store,
  relations,
  notices,
}: {
  readonly store: Store;
  readonly relations: Relations;
  readonly notices: NotificationBook;
}) {
  const { db, engine } = store;
  /**
   * Holds posts until the end of the transaction, in one order, so that two that count on the same posts do not wait for each
   * other; SQLite has one writer anyway. False when one of them was deleted meanwhile.
   */
  const hold = async (trx: PostDb, ...keys: readonly (number | undefined)[]): Promise<boolean> => {
    const wanted = [...new Set(keys.filter((key) => key !== undefined))];
    if (wanted.length === 0) return true;
    const query = trx.selectFrom('social_post').select('deleted').where('id', 'in', wanted).orderBy('id');
    const rows = await (engine === 'postgres' ? query.forNoKeyUpdate() : query).execute();
    return rows.length === wanted.length && rows.every(({ deleted }) => deleted === null);
  };
  const rowOf = (key: number, from: PostDb = db) =>
    from.selectFrom('social_post').selectAll().where('id', '=', key).executeTakeFirst();
  const counted = async (trx: PostDb, key: number, column: Column, by: 1 | -1): Promise<void> => {
    await trx
      .updateTable('social_post')
      .set((e) => ({ [column]: e(column, '+', by) }))
      .where('id', '=', key)
      .execute();
  };
  /** A post that somebody answers, quotes, likes or passes on: of a repost the post itself. */
  async function target(account: string, key: number) {
    const first = await rowOf(key);
    const row = first && first.repost_of !== null ? await rowOf(first.repost_of) : first;
    if (!row) return 'unknown';
    if (row.deleted !== null) return 'deleted';
    return row.author !== account && (await relations.blocked(account, row.author)) ? 'blocked' : row;
  }
  /** Takes a repost back. */
  async function unpass(account: string, key: number): Promise<void> {
    await db.transaction().execute(async (trx) => {
      await hold(trx, key);
      const { numDeletedRows } = await trx
        .deleteFrom('social_post')
        .where('author', '=', account)
        .where('repost_of', '=', key)
        .executeTakeFirst();
      if (numDeletedRows === 0n) return;
      await counted(trx, key, 'reposts', -1);
      const post = await rowOf(key, trx);
      if (post) notices.tookBack(post.author, 'repost', account, key);
    });
  }
  return { rowOf, hold, counted, target, unpass };
}

/** See `openPostRows`. */
export type PostRows = ReturnType<typeof openPostRows>;
