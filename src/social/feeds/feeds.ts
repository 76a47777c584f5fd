import { sql } from 'kysely';
import type { Store } from '../../store/index.ts';

/** So many of the newest posts of everybody are looked at before those who are followed are asked one by one. */
const WINDOW = 2_000;

/** Numbers of posts, the newest first, all below `before`. Each list is a walk along one index. */
export interface Feeds {
  /** Posts and reposts of those whom an account follows, and its own. */
  home(account: string, limit: number, before: number): Promise<number[]>;
  /** Posts and reposts of everybody here. */
  local(limit: number, before: number): Promise<number[]>;
  /** Posts and reposts of one account; `replies`: its answers instead. */
  of(author: string, limit: number, before: number, replies?: boolean): Promise<number[]>;
  tagged(tag: string, limit: number, before: number): Promise<number[]>;
  /** Answers to a post, the oldest first, all above `after`. */
  repliesTo(post: number, limit: number, after: number): Promise<number[]>;
  quotesOf(post: number, limit: number, before: number): Promise<number[]>;
}

/**
 * Opens the feeds.
 *
 * Home is put together when it is read. Where those who are followed post much, their posts are among the newest of
 * everybody, and the first look finds them. Where they post little, each is asked for the newest post below the cursor (one
 * step into an index); only those with the newest ones can be on the page, and are asked for more.
 */
export function openFeeds({ db, engine }: Pick<Store, 'db' | 'engine'>): Feeds {
  const numbers = (rows: readonly { readonly id: number }[]): number[] => rows.map(({ id }) => id);
  const ofAuthor = (author: string, limit: number, before: number) =>
    db
      .selectFrom('social_post')
      .select('id')
      .where('author', '=', author)
      .where('reply_to', 'is', null)
      .where('id', '<', before)
      .orderBy('id', 'desc')
      .limit(limit);

  async function amongNewest(account: string, limit: number, before: number): Promise<number[]> {
    const { rows } = await sql<{ id: number }>`
      select id from (
        select id, author from social_post where reply_to is null and id < ${before} order by id desc limit ${WINDOW}
      ) as newest
      where author = ${account} or exists (
        select 1 from social_follow where follower = ${account} and followee = newest.author
      )
      order by id desc limit ${limit}`.execute(db);
    return numbers(rows);
  }

  /** The newest post below the cursor of each who is followed, and of the account itself. */
  const newestOfEach = (account: string, before: number) => sql`
    select followee as author, (
      select id from social_post where author = followee and reply_to is null and id < ${before}
      order by id desc limit 1
    ) as id
    from (select followee from social_follow where follower = ${account} union all select ${account}) as followed`;

  /** Whoever is not among the `limit` with the newest posts has none on the page. */
  async function oneByOne(account: string, limit: number, before: number): Promise<number[]> {
    const chosen = sql`select author from (${newestOfEach(account, before)}) as newest
      order by id desc nulls last limit ${limit}`;
    if (engine === 'postgres') {
      const { rows } = await sql<{ id: number }>`
        select part.id from (${chosen}) as chosen cross join lateral (
          select id from social_post where author = chosen.author and reply_to is null and id < ${before}
          order by id desc limit ${limit}
        ) as part
        order by part.id desc limit ${limit}`.execute(db);
      return numbers(rows);
    }
    // SQLite has no lateral joins, and asking it once more costs little.
    const { rows } = await sql<{ author: string }>`${chosen}`.execute(db);
    const found: number[] = [];
    for (const { author } of rows) found.push(...numbers(await ofAuthor(author, limit, before).execute()));
    return found.toSorted((one, other) => other - one).slice(0, limit);
  }

  return {
    async home(account, limit, before) {
      const near = await amongNewest(account, limit, before);
      return near.length === limit ? near : oneByOne(account, limit, before);
    },
    local: async (limit, before) =>
      numbers(
        await db
          .selectFrom('social_post')
          .select('id')
          .where('reply_to', 'is', null)
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
      ),
    of: async (author, limit, before, replies = false) =>
      numbers(
        await (replies
          ? db
              .selectFrom('social_post')
              .select('id')
              .where('author', '=', author)
              .where('reply_to', 'is not', null)
              .where('id', '<', before)
              .orderBy('id', 'desc')
              .limit(limit)
          : ofAuthor(author, limit, before)
        ).execute(),
      ),
    async tagged(tag, limit, before) {
      const rows = await db
        .selectFrom('social_tag')
        .select('post as id')
        .where('tag', '=', tag)
        .where('post', '<', before)
        .orderBy('post', 'desc')
        .limit(limit)
        .execute();
      return numbers(rows);
    },
    repliesTo: async (post, limit, after) =>
      numbers(
        await db
          .selectFrom('social_post')
          .select('id')
          .where('reply_to', '=', post)
          .where('id', '>', after)
          .orderBy('id')
          .limit(limit)
          .execute(),
      ),
    quotesOf: async (post, limit, before) =>
      numbers(
        await db
          .selectFrom('social_post')
          .select('id')
          .where('quote_of', '=', post)
          .where('id', '<', before)
          .orderBy('id', 'desc')
          .limit(limit)
          .execute(),
      ),
  };
}
