import type { Selectable } from 'kysely';
import type { SocialPostTable, Store } from '../../store/index.ts';
import type { PersonCard, Profiles } from '../people/profiles.ts';
import type { Facet } from '../text/facets.ts';
import type { Post, PostVersion } from './post.ts';
import { imagesIn } from './post-images.ts';
import { madeAt } from './post-key.ts';

/** Posts as somebody sees them. */
export interface PostReader {
  /** The posts with these numbers, in that order; those that are none are left out. */
  read(keys: readonly number[], reader?: string): Promise<Post[]>;
  one(key: number, reader?: string): Promise<Post | undefined>;
  /** The posts above one, from the first of the conversation on; at most `most`. */
  above(key: number, most: number, reader?: string): Promise<Post[]>;
  /** What it said before its edits, the oldest first. */
  history(key: number): Promise<PostVersion[]>;
}

const facetsOf = (text: string): readonly Facet[] => JSON.parse(text) as Facet[];

type Row = Selectable<SocialPostTable>;

/** A row with what is nested in it, two steps down; `mine`: what the reader has done with a post. */
function shownAs(
  row: Row,
  rows: ReadonlyMap<number, Row>,
  people: ReadonlyMap<string, PersonCard>,
  mine: (key: number) => Post['mine'],
  depth = 0,
  isQuoted = false,
): Post {
  const author = people.get(row.author);
  const nested = (key: number | null, asQuoted: boolean): Post | undefined => {
    const inner = key === null || depth >= 2 ? undefined : rows.get(key);
    return inner && shownAs(inner, rows, people, mine, depth + 1, asQuoted);
  };
  const quoted = row.deleted === null && !isQuoted ? nested(row.quote_of, true) : undefined;
  const reposted = nested(row.repost_of, false);
  const isErased = author === undefined || author.handle.startsWith('erased_');
  const seen = mine(row.id);
  return {
    ...{ key: row.id, created: madeAt(row.id) },
    ...(isErased ? {} : { author }),
    ...(row.deleted === null
      ? {
          content: {
            ...{ text: row.text, facets: facetsOf(row.facets), version: row.version },
            ...(row.images === null ? {} : { images: imagesIn(row.images) }),
            ...(row.room === null ? {} : { room: row.room }),
            ...(row.clip === null ? {} : { clip: row.clip }),
            ...(row.edited === null ? {} : { edited: row.edited }),
          },
        }
      : {
          deleted: {
            at: row.deleted,
            by: row.deleted_by === 'moderator' ? 'moderator' : 'author',
            ...(row.reason === null ? {} : { reason: row.reason }),
          },
        }),
    ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
    ...(row.root === null ? {} : { root: row.root }),
    ...(quoted ? { quoted } : {}),
    ...(row.deleted === null && row.quote_of !== null && !quoted ? { quotes: row.quote_of } : {}),
    ...(reposted ? { reposted } : {}),
    counts: { replies: row.replies, reposts: row.reposts, quotes: row.quotes, likes: row.likes },
    ...(seen ? { mine: seen } : {}),
  };
}

/** What a reader has done with posts. */
async function doneBy({ db }: Pick<Store, 'db'>, reader: string | undefined, keys: readonly number[]) {
  if (reader === undefined || keys.length === 0) return () => undefined;
  const liked = await db
    .selectFrom('social_like')
    .select('post')
    .where('account', '=', reader)
    .where('post', 'in', [...keys])
    .execute();
  const passed = await db
    .selectFrom('social_post')
    .select('repost_of')
    .where('author', '=', reader)
    .where('repost_of', 'in', [...keys])
    .execute();
  const [likes, reposts] = [
    new Set(liked.map(({ post }) => post)),
    new Set(passed.map((one) => one.repost_of)),
  ];
  return (key: number): Post['mine'] => ({ liked: likes.has(key), reposted: reposts.has(key) });
}

/** Opens the reader. */
export function openPostReader({
  store,
  profiles,
}: {
  readonly store: Store;
  readonly profiles: Profiles;
}): PostReader {
  const { db } = store;
  const rowsOf = async (keys: readonly number[]) =>
    keys.length === 0
      ? []
      : db
          .selectFrom('social_post')
          .selectAll()
          .where('id', 'in', [...keys])
          .execute();

  async function withNested(keys: readonly number[]): Promise<Map<number, Row>> {
    const rows = new Map<number, Row>();
    let wanted: readonly number[] = [...new Set(keys)];
    // A repost of a quote: two steps down, and no further.
    for (let depth = 0; depth < 3 && wanted.length > 0; depth += 1) {
      const found = await rowsOf(wanted);
      for (const row of found) rows.set(row.id, row);
      wanted = [...new Set(found.flatMap((row) => row.repost_of ?? row.quote_of ?? []))].filter(
        (key) => !rows.has(key),
      );
    }
    return rows;
  }

  const read: PostReader['read'] = async (keys, reader) => {
    const rows = await withNested(keys);
    const people = await profiles.cards([...rows.values()].map(({ author }) => author));
    const mine = await doneBy(store, reader, [...rows.keys()]);
    return keys.flatMap((key) => {
      const row = rows.get(key);
      return row ? [shownAs(row, rows, people, mine)] : [];
    });
  };
  return {
    read,
    one: async (key, reader) => (await read([key], reader))[0],
    async above(key, most, reader) {
      const keys: number[] = [];
      let at: number | null | undefined = key;
      while (keys.length <= most) {
        const row: { reply_to: number | null } | undefined = await db
          .selectFrom('social_post')
          .select('reply_to')
          .where('id', '=', at)
          .executeTakeFirst();
        at = row?.reply_to;
        if (at === null || at === undefined) break;
        keys.unshift(at);
      }
      return read(keys.slice(-most), reader);
    },
    async history(key) {
      const rows = await db
        .selectFrom('social_edit')
        .selectAll()
        .where('post', '=', key)
        .orderBy('version')
        .execute();
      return rows.map(({ version, text, facets, images, at }) => ({
        ...{ version, text, facets: facetsOf(facets), at },
        ...(images === null ? {} : { images: imagesIn(images) }),
      }));
    },
  };
}
