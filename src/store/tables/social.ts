import { type CreateTableBuilder, type Generated, type Kysely, PostgresAdapter, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/*
 * Posts have numbers instead of UUIDs: a number says when the post was made (`social/posts/post-key.ts`), so that every
 * feed is a walk along one index of integers.
 */

/** What somebody shows of themselves. It begins when an account chooses its address. */
export interface SocialProfileTable {
  account: string;
  /** The name in `/@name`, in lower case. */
  handle: string;
  bio: string;
  /** JSON list of addresses. */
  links: string;
  /** The number of a post of theirs, or the slug of a room. */
  pinned_post: number | null;
  pinned_room: string | null;
  /** The id of the picture that they show of themselves (step 0082). */
  avatar: string | null;
  /** The day of the last visit, as `2026-12-01`; null: not known. */
  seen: string | null;
  /** Wall-clock ms, as all times of these tables. */
  created: number;
  /** How many follow them, and how many they follow; changed with the rows of `social_follow`. */
  followers: Generated<number>;
  following: Generated<number>;
}

/** Where somebody was in their home feed: `mark` is the newest post of the visit before. */
export interface SocialVisitTable {
  account: string;
  mark: number;
  /** The newest post that this visit has shown. */
  newest: number;
  at: number;
}

/** One post. A deleted one keeps its row without content: its tombstone. */
export interface SocialPostTable {
  id: number;
  author: string;
  text: string;
  /** JSON: links, mentions and hashtags of the text. */
  facets: string;
  reply_to: number | null;
  /** The first post of the conversation; null for that one. */
  root: number | null;
  quote_of: number | null;
  repost_of: number | null;
  /** The room or clip whose card it carries. */
  room: string | null;
  clip: string | null;
  /** JSON list of its images with their descriptions, in order; null: none (step 0082). */
  images: string | null;
  /** When it was last edited. */
  edited: number | null;
  version: Generated<number>;
  /** When it was deleted. */
  deleted: number | null;
  /** `author` or `moderator`. */
  deleted_by: string | null;
  reason: string | null;
  replies: Generated<number>;
  reposts: Generated<number>;
  quotes: Generated<number>;
  likes: Generated<number>;
  /** Under which a request that is sent again finds what it has made. */
  request: string | null;
}

/** What a post said before an edit. */
export interface SocialEditTable {
  post: number;
  version: number;
  text: string;
  facets: string;
  images: string | null;
  /** When it was written. */
  at: number;
}

/** A post that somebody likes. */
export interface SocialLikeTable {
  post: number;
  account: string;
  at: number;
}

/** Somebody who follows somebody. */
export interface SocialFollowTable {
  follower: string;
  followee: string;
  at: number;
}

/** Somebody whom somebody does not want to read (`mute`), or to have anything to do with (`block`). */
export interface SocialShieldTable {
  account: string;
  target: string;
  kind: string;
  at: number;
}

/** A post with a hashtag. */
export interface SocialTagTable {
  tag: string;
  post: number;
}

/**
 * Words that are searched. The indexes themselves are the tables `social_post_fts`, `social_person_fts` and
 * `social_room_fts`, which triggers fill: FTS5 on SQLite, `tsvector` on PostgreSQL. They are not data, and are not copied.
 */
export interface SocialSearchTable {
  /** Of a post its number; of others a number of their own. */
  id: number;
  /** `post`, `person` or `room`. */
  kind: string;
  /** The account or the slug; of a post nothing. */
  ref: string;
  /** In the form of `social/text/search-words.ts`. */
  words: string;
}

/** The tables of profiles and posts. */
export interface SocialTables {
  social_profile: SocialProfileTable;
  social_visit: SocialVisitTable;
  social_post: SocialPostTable;
  social_edit: SocialEditTable;
  social_like: SocialLikeTable;
  social_follow: SocialFollowTable;
  social_shield: SocialShieldTable;
  social_tag: SocialTagTable;
  social_search: SocialSearchTable;
}

const owned = <T extends string, C extends string, N extends string>(
  table: CreateTableBuilder<T, C>,
  name: N,
) => table.addColumn(name, 'text', (c) => c.notNull().references('account.id').onDelete('cascade'));

/** Posts, people and rooms have an index each, so that a common word of posts keeps nobody waiting for a person. */
const KINDS = ['post', 'person', 'room'] as const;

/** The name of the index of a kind. */
const indexOf = (kind: (typeof KINDS)[number]): string => `social_${kind}_fts`;

/** Marks are parts of words: without them, words of Indian scripts would fall apart. Spec: sqlite.org/fts5.html, 4.3.1. */
const onSqlite = (kind: (typeof KINDS)[number]): readonly string[] => [
  `create virtual table ${indexOf(kind)} using fts5(words, content='social_search', content_rowid='id',
    tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co M*'", prefix='2 3 4', detail='none')`,
  `create trigger social_${kind}_added after insert on social_search when new.kind = '${kind}'
    begin insert into ${indexOf(kind)} (rowid, words) values (new.id, new.words); end`,
  `create trigger social_${kind}_removed after delete on social_search when old.kind = '${kind}'
    begin insert into ${indexOf(kind)} (${indexOf(kind)}, rowid, words) values ('delete', old.id, old.words); end`,
  `create trigger social_${kind}_changed after update on social_search when old.kind = '${kind}'
    begin
      insert into ${indexOf(kind)} (${indexOf(kind)}, rowid, words) values ('delete', old.id, old.words);
      insert into ${indexOf(kind)} (rowid, words) values (new.id, new.words);
    end`,
];

const onPostgres = (kind: (typeof KINDS)[number]): readonly string[] => [
  `create table ${indexOf(kind)} (id bigint primary key, words tsvector not null)`,
  `create index ${indexOf(kind)}_words on ${indexOf(kind)} using gin (words)`,
  `create function social_${kind}_indexed() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then delete from ${indexOf(kind)} where id = old.id; end if;
      if tg_op <> 'DELETE' then
        insert into ${indexOf(kind)} values
          (new.id, array_to_tsvector(array_remove(string_to_array(new.words, ' '), '')));
      end if;
      return null;
    end $$`,
  `create trigger social_${kind}_added after insert on social_search
    for each row when (new.kind = '${kind}') execute function social_${kind}_indexed()`,
  `create trigger social_${kind}_gone after update or delete on social_search
    for each row when (old.kind = '${kind}') execute function social_${kind}_indexed()`,
];

/** What creates them. */
export const socialSteps: Record<string, Migration> = {
  '0070-social': {
    async up(db: Kysely<unknown>) {
      const isPostgres = db.getExecutor().adapter instanceof PostgresAdapter;
      // The rowid of SQLite is an `integer`, and nothing else is.
      const number = isPostgres ? 'bigint' : 'integer';
      const table = (name: string) => db.schema.createTable(name);
      await table('social_profile')
        .addColumn('account', 'text', (c) => c.primaryKey().references('account.id').onDelete('cascade'))
        .addColumn('handle', 'text', (c) => c.notNull().unique())
        .addColumn('bio', 'text', (c) => c.notNull())
        .addColumn('links', 'text', (c) => c.notNull())
        .addColumn('pinned_post', 'bigint')
        .addColumn('pinned_room', 'text')
        .addColumn('seen', 'text')
        .addColumn('created', 'bigint', (c) => c.notNull())
        .execute();
      await table('social_visit')
        .addColumn('account', 'text', (c) => c.primaryKey().references('account.id').onDelete('cascade'))
        .addColumn('mark', 'bigint', (c) => c.notNull())
        .addColumn('newest', 'bigint', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .execute();
      await owned(
        table('social_post').addColumn('id', number, (c) => c.primaryKey()),
        'author',
      )
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('facets', 'text', (c) => c.notNull())
        .addColumn('reply_to', 'bigint')
        .addColumn('root', 'bigint')
        .addColumn('quote_of', 'bigint')
        .addColumn('repost_of', 'bigint')
        .addColumn('room', 'text')
        .addColumn('clip', 'text')
        .addColumn('edited', 'bigint')
        .addColumn('version', 'integer', (c) => c.notNull().defaultTo(1))
        .addColumn('deleted', 'bigint')
        .addColumn('deleted_by', 'text')
        .addColumn('reason', 'text')
        .addColumn('replies', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('reposts', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('quotes', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('likes', 'integer', (c) => c.notNull().defaultTo(0))
        .addColumn('request', 'text', (c) => c.unique())
        .execute();
      await table('social_edit')
        .addColumn('post', 'bigint', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('text', 'text', (c) => c.notNull())
        .addColumn('facets', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('social_edit_key', ['post', 'version'])
        .execute();
      await owned(
        table('social_like').addColumn('post', 'bigint', (c) => c.notNull()),
        'account',
      )
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('social_like_key', ['account', 'post'])
        .execute();
      await owned(owned(table('social_follow'), 'follower'), 'followee')
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('social_follow_key', ['follower', 'followee'])
        .execute();
      await owned(owned(table('social_shield'), 'account'), 'target')
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('at', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('social_shield_key', ['account', 'target', 'kind'])
        .execute();
      await table('social_tag')
        .addColumn('tag', 'text', (c) => c.notNull())
        .addColumn('post', 'bigint', (c) => c.notNull())
        .addPrimaryKeyConstraint('social_tag_key', ['tag', 'post'])
        .execute();
      await table('social_search')
        .addColumn('id', number, (c) => c.primaryKey())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('ref', 'text', (c) => c.notNull())
        .addColumn('words', 'text', (c) => c.notNull())
        .execute();
      await indexes(db);
      for (const kind of KINDS)
        for (const statement of (isPostgres ? onPostgres : onSqlite)(kind))
          await sql.raw(statement).execute(db);
    },
  },
  '0094-follow-counts': {
    async up(db: Kysely<unknown>) {
      for (const name of ['followers', 'following'])
        await db.schema
          .alterTable('social_profile')
          .addColumn(name, 'integer', (c) => c.notNull().defaultTo(0))
          .execute();
      await sql`update social_profile set
        followers = (select count(*) from social_follow where followee = social_profile.account),
        following = (select count(*) from social_follow where follower = social_profile.account)`.execute(db);
    },
  },
};

/** The indexes; those of posts hold only the posts that their question is about. */
async function indexes(db: Kysely<unknown>): Promise<void> {
  const some = (name: string, columns: readonly string[], where: string): Promise<unknown> =>
    sql`create index ${sql.ref(`social_post_${name}`)} on social_post
      (${sql.join(columns.map((column) => sql.ref(column)))}) where ${sql.raw(where)}`.execute(db);
  await some('feed', ['id', 'author'], 'reply_to is null');
  await some('author_feed', ['author', 'id'], 'reply_to is null');
  await some('author_replies', ['author', 'id'], 'reply_to is not null');
  await some('replies_to', ['reply_to', 'id'], 'reply_to is not null');
  await some('quotes_of', ['quote_of', 'id'], 'quote_of is not null');
  await sql`create unique index social_post_repost on social_post (author, repost_of)
    where repost_of is not null`.execute(db);
  const index = (on: string, ...columns: string[]) =>
    db.schema
      .createIndex(`${on}_${columns.join('_')}`)
      .on(on)
      .columns(columns)
      .execute();
  await index('social_like', 'post', 'at');
  await index('social_follow', 'followee', 'at');
  await index('social_shield', 'target', 'kind');
  await index('social_tag', 'post');
  await index('social_search', 'ref');
}
