import { type Kysely, sql } from 'kysely';
import type { Schema, Store } from '../../store/index.ts';
import { type AskedWords, searchWords } from '../text/search-words.ts';

/** What can be searched. */
export type SearchKind = 'post' | 'person' | 'room';

/** So many of the newest posts are looked at one by one before the whole index is asked (PostgreSQL). */
const NEWEST = 20_000;
/** Numbers of what is no post: below those of all posts. */
const MOST_OTHERS = 1_000_000_000;

/** The words of posts, people and rooms, and who has them. */
export interface WordIndex {
  /** Puts the words of a post in, or in place of those before; as a part of what `trx` does. */
  putPost(trx: Kysely<Schema>, post: number, text: string): Promise<void>;
  removePost(trx: Kysely<Schema>, post: number): Promise<void>;
  /** The same of a person or a room. */
  put(kind: 'person' | 'room', ref: string, text: string): Promise<void>;
  remove(kind: 'person' | 'room', ref: string): Promise<void>;
  /** Numbers of posts with all words, the newest first; below `before`. */
  posts(asked: AskedWords, limit: number, before: number): Promise<number[]>;
  /** References of people or rooms, the newest first. */
  others(kind: 'person' | 'room', asked: AskedWords, limit: number): Promise<string[]>;
  /** The references of a kind that are there. */
  all(kind: 'person' | 'room'): Promise<Set<string>>;
}

/** A word in quotes is no operator of FTS5. Words are letters, digits and marks alone. */
const onSqlite = ({ words, beginning }: AskedWords): string =>
  [...words.map((word) => `"${word}"`), ...(beginning === undefined ? [] : [`"${beginning}" *`])].join(
    ' AND ',
  );
const onPostgres = ({ words, beginning }: AskedWords): string =>
  [...words.map((word) => `'${word}'`), ...(beginning === undefined ? [] : [`'${beginning}':*`])].join(' & ');

/** Opens the index; FTS5 on SQLite, `tsvector` on PostgreSQL. Texts come in one form (`search-words.ts`) to both. */
export function openWordIndex({ db, engine }: Pick<Store, 'db' | 'engine'>): WordIndex {
  const table = (kind: SearchKind) => sql.table(`social_${kind}_fts`);

  async function matches(
    kind: SearchKind,
    asked: AskedWords,
    limit: number,
    before: number,
  ): Promise<number[]> {
    if (engine === 'sqlite') {
      const { rows } = await sql<{ id: number }>`select rowid as id from ${table(kind)}
        where ${table(kind)} match ${onSqlite(asked)} and rowid < ${before}
        order by rowid desc limit ${limit}`.execute(db);
      return rows.map(({ id }) => id);
    }
    const query = sql`${onPostgres(asked)}::tsquery`;
    // A word that many posts have is found among the newest of them at once; for one that few have, the index is fast.
    const { rows: newest } = await sql<{ id: number }>`
      select id from (select id, words from ${table(kind)} where id < ${before} order by id desc limit ${NEWEST}) newest
      where words @@ ${query} order by id desc limit ${limit}`.execute(db);
    if (newest.length === limit) return newest.map(({ id }) => id);
    const { rows } = await sql<{ id: number }>`
      with found as materialized (select id from ${table(kind)} where words @@ ${query})
      select id from found where id < ${before} order by id desc limit ${limit}`.execute(db);
    return rows.map(({ id }) => id);
  }

  const write = async (trx: Kysely<Schema>, id: number, kind: SearchKind, ref: string, text: string) => {
    const words = searchWords(text).join(' ');
    await trx
      .insertInto('social_search')
      .values({ id, kind, ref, words })
      .onConflict((c) => c.column('id').doUpdateSet({ words }))
      .execute();
  };
  const idOf = async (kind: 'person' | 'room', ref: string): Promise<number | undefined> =>
    (
      await db
        .selectFrom('social_search')
        .select('id')
        .where('ref', '=', ref)
        .where('kind', '=', kind)
        .executeTakeFirst()
    )?.id;
  const putOther = async (kind: 'person' | 'room', ref: string, text: string): Promise<void> => {
    const last = db
      .selectFrom('social_search')
      .select((e) => e.fn.max('id').as('last'))
      .where('id', '<', MOST_OTHERS);
    const id = (await idOf(kind, ref)) ?? ((await last.executeTakeFirst())?.last ?? 0) + 1;
    await write(db, id, kind, ref, text);
  };
  /** One after the other: each takes the number after the last. */
  let turn: Promise<unknown> = Promise.resolve();

  return {
    putPost: (trx, post, text) => write(trx, post, 'post', '', text),
    async removePost(trx, post) {
      await trx.deleteFrom('social_search').where('id', '=', post).execute();
    },
    put(kind, ref, text) {
      const mine = turn.then(() => putOther(kind, ref, text));
      turn = mine.catch(() => undefined);
      return mine;
    },
    async remove(kind, ref) {
      await db.deleteFrom('social_search').where('ref', '=', ref).where('kind', '=', kind).execute();
    },
    posts: (asked, limit, before) => matches('post', asked, limit, before),
    async others(kind, asked, limit) {
      const ids = await matches(kind, asked, limit, MOST_OTHERS);
      if (ids.length === 0) return [];
      const rows = await db
        .selectFrom('social_search')
        .select(['id', 'ref'])
        .where('id', 'in', ids)
        .execute();
      const refs = new Map(rows.map(({ id, ref }) => [id, ref]));
      return ids.flatMap((id) => refs.get(id) ?? []);
    },
    async all(kind) {
      const rows = await db.selectFrom('social_search').select('ref').where('kind', '=', kind).execute();
      return new Set(rows.map(({ ref }) => ref));
    },
  };
}
